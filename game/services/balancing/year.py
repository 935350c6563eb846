"""One member's year, played by the real rules: pricing, quests, streaks, badges, levels, prestige.

What is not played: guilds, boards and their badges, refunds and disputes. Nothing is stored.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from game.rules import calendar_windows as calendar
from game.rules import levels, member_progress
from game.rules.achievements import locked_left
from game.rules.calendar_windows import Zones
from game.rules.effects import Attribution, Kind, QuestOffer
from game.rules.facts import BuyerCase, Change, Lesson, MemberHistory, Payment
from game.rules.lessons import value_lessons
from game.rules.metrics import QUEST_METRICS
from game.rules.multipliers import multiplied, multiplier_at
from game.rules.prestige import may_prestige
from game.rules.pricing import price
from game.rules.quests import ALL_WINDOWS, QuestWorld, offers, progress
from game.rules.rally import rally_flags
from game.rules.ruleset import Rules
from game.rules.ruleset_parts import WindowKind
from game.rules.streaks import Activity, longest_run
from game.services.balancing.players import Day

ZONES = Zones()
DAY = timedelta(days=1)
EVENING = timedelta(hours=23)


@dataclass(slots=True)
class Open:
    """A quest in its window, with the highest level at its beginning."""

    offer: QuestOffer
    baseline: int
    done: int = 0
    is_claimed: bool = False

    @property
    def is_done(self) -> bool:
        return self.done >= self.offer.target


@dataclass(slots=True)
class Outcome:
    """What the year came to. `levels` by day; `reached`: the first day of a level, of any run."""

    levels: list[int] = field(default_factory=list)
    reached: dict[int, int] = field(default_factory=dict)
    xp: Counter[str] = field(default_factory=Counter)
    commission_cents: int = 0
    prestiges: list[int] = field(default_factory=list)
    dealt: Counter[str] = field(default_factory=Counter)
    finished: Counter[str] = field(default_factory=Counter)
    by_template: Counter[tuple[str, bool]] = field(default_factory=Counter)
    best_streak: int = 0


@dataclass(slots=True)
class _Member:
    name: str
    rules: Rules
    history: MemberHistory
    outcome: Outcome = field(default_factory=Outcome)
    lifetime_xp: int = 0
    prestige_level: int = 0
    level_reached: int = 1
    level_ever: int = 1
    figures: Counter[str] = field(default_factory=Counter)
    unlocked: set[str] = field(default_factory=set)
    quests: list[Open] = field(default_factory=list)
    counts: defaultdict[calendar.Day, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    active: set[calendar.Day] = field(default_factory=set)
    buyers: defaultdict[str, list[Payment]] = field(default_factory=lambda: defaultdict(list))
    conversions: list[tuple[str, datetime]] = field(default_factory=list)


def play(
    name: str, character_class: str, year: Sequence[Day], rules: Rules, start: datetime
) -> Outcome:
    """Play a year as this class, chosen at its beginning; prestige is taken whenever it is open."""
    classes = [Change(start, character_class)] if character_class else []
    member = _Member(name, rules, MemberHistory(name, classes=classes))
    member.figures["class_chosen"] = int(bool(character_class))
    for number, day in enumerate(year):
        now = start + number * DAY
        _deal(member, now)
        _live_through(member, day, now)
        _follow(member, now + EVENING, number)
        if day.opens:
            _claim(member, now + EVENING)
        _close(member, now + EVENING)
        _follow(member, now + EVENING, number)
        _begin_anew(member, now + EVENING, number)
        level = levels.level_now(member.lifetime_xp, member.prestige_level, rules.at(now + EVENING))
        member.outcome.levels.append(level)
    return member.outcome


def _deal(member: _Member, now: datetime) -> None:
    world = QuestWorld(
        lessons_recent=True,
        in_guild=False,
        locked_achievements=locked_left(member.unlocked, member.rules.at(now)),
    )
    begun: list[WindowKind] = [
        kind for kind in ALL_WINDOWS if ZONES.window(kind, now).starts_at == now
    ]
    if not member.quests and not member.outcome.dealt:
        begun = list(ALL_WINDOWS)
    given = offers(
        "biz_balance", member.name, now, member.level_ever, world, begun, member.rules, ZONES
    )
    for offer in given:
        member.quests.append(Open(offer, member.level_ever))
        member.outcome.dealt[offer.window] += 1


def _live_through(member: _Member, day: Day, now: datetime) -> None:
    today = ZONES.day(now)
    counts = member.counts[today]
    counts["visits"] += day.opens
    counts["clicks"] += day.clicks
    counts["lessons"] += len(day.lessons)
    lessons = [Lesson(f"{at:%Y%m%d%H%M%S%f}{n}", "", "", at) for n, at in enumerate(day.lessons)]
    for worth in value_lessons(lessons, member.history, member.rules, ZONES):
        _gain(member, "lessons", worth.xp)
    for buyer, payment in day.payments:
        _pay(member, buyer, payment, counts)
    if counts["conversions"] > 0:
        _be_active(member, today)


def _pay(member: _Member, buyer: str, payment: Payment, counts: Counter[str]) -> None:
    payments = member.buyers[buyer]
    payments.append(payment)
    kinds: dict[str, Kind] = {
        one.payment_id: "conversion" if one is payments[0] else "renewal" for one in payments
    }
    if payment is payments[0]:
        member.conversions.append((payment.payment_id, payment.at))
    near = [one for one in member.conversions[-20:] if one[1] > payment.at - 30 * DAY]
    effect = price(
        BuyerCase(buyer, payments),
        Attribution(member.name, payments[0].payment_id, payments[0].at, "code"),
        kinds,
        member.history,
        rally_flags(near, member.rules),
        member.rules,
        ZONES,
        payment.at,
    )[-1]
    _gain(member, "sales" if effect.kind == "conversion" else "renewals", effect.xp_kept)
    member.outcome.commission_cents += effect.usd_kept_cents
    member.figures["conversions"] += effect.counted
    member.figures["earned_usd_cents"] += effect.usd_kept_cents
    counts["conversions"] += effect.counts
    counts["commission_usd_cents"] += effect.usd_value_cents


def _gain(member: _Member, source: str, xp: int) -> None:
    member.lifetime_xp += xp
    member.outcome.xp[source] += xp


def _be_active(member: _Member, day: calendar.Day) -> None:
    member.active.add(day)
    run = longest_run(Activity(member.active, min(member.active)), day, ZONES)
    member.outcome.best_streak = max(member.outcome.best_streak, run)
    member.figures["streak"] = member.outcome.best_streak


def _follow(member: _Member, now: datetime, number: int) -> None:
    """Badges, levels and quests that what was gained leads to."""
    rules = member.rules.at(now)
    found = member_progress.advance(
        member_progress.ProgressState(
            lifetime_xp=member.lifetime_xp,
            prestige_level=member.prestige_level,
            level_reached=member.level_reached,
            level_ever=member.level_ever,
            metrics=member.figures,
            unlocked=frozenset(member.unlocked),
            multiplier_bp=multiplier_at(member.history, now, rules),
        ),
        rules,
    )
    _gain(member, "achievements", found.lifetime_xp - member.lifetime_xp)
    member.unlocked |= {unlock.key for unlock in found.unlocks}
    member.counts[ZONES.day(now)]["achievements"] += len(found.unlocks)
    member.level_reached, member.level_ever = found.level_reached, found.level_ever
    for level in range(len(member.outcome.reached) + 1, member.level_ever + 1):
        member.outcome.reached[level] = number
    for quest in member.quests:
        if quest.offer.starts_at <= now < quest.offer.ends_at and not quest.is_done:
            quest.done = progress(_counted(member, quest), quest.offer.target, quest.done)
            if quest.is_done:
                member.outcome.finished[quest.offer.window] += 1


def _counted(member: _Member, quest: Open) -> int:
    if quest.offer.target_type == "level":
        return member.level_ever - quest.baseline
    count = QUEST_METRICS[quest.offer.target_type].count
    first, last = quest.offer.first_day, quest.offer.last_day
    return sum(
        member.counts[calendar.Day(day)][count]
        for day in (first + DAY * n for n in range((last - first).days + 1))
        if calendar.Day(day) in member.counts
    )


def _claim(member: _Member, now: datetime) -> None:
    """Claim everything that is done: who opens the app sees it waiting."""
    for quest in member.quests:
        if quest.is_done and not quest.is_claimed:
            _reward(member, quest, now)
            member.counts[ZONES.day(now)]["quests_claimed"] += 1
            _be_active(member, ZONES.day(now))


def _close(member: _Member, now: datetime) -> None:
    """Windows that closed: what was done and never claimed is granted."""
    left = []
    for quest in member.quests:
        if quest.offer.closes_at > now:
            left.append(quest)
            continue
        if quest.is_done and not quest.is_claimed:
            _reward(member, quest, quest.offer.ends_at - timedelta(seconds=1))
        member.outcome.by_template[quest.offer.template, quest.is_done] += 1
    member.quests = left


def _reward(member: _Member, quest: Open, at: datetime) -> None:
    quest.is_claimed = True
    multiplier = multiplier_at(member.history, at, member.rules.at(at))
    _gain(member, "quests", multiplied(quest.offer.reward_xp, multiplier))
    member.figures["quests_claimed"] += 1


def _begin_anew(member: _Member, now: datetime, number: int) -> None:
    if not may_prestige(member.lifetime_xp, member.prestige_level, member.rules.at(now)):
        return
    member.prestige_level += 1
    member.level_reached = 1
    begun = [*member.history.prestiges, Change(now, str(member.prestige_level))]
    member.history = MemberHistory(member.name, classes=member.history.classes, prestiges=begun)
    member.outcome.prestiges.append(number)
