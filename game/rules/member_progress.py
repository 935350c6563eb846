"""What follows from a member's new figures: quests given and moved, a streak, badges, levels.

Values in, values out: what is known of a member goes in, what became true of them comes out. All
of it are moments, recorded once, when first true.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from game.rules.achievements import locked_left, unlocked
from game.rules.calendar_windows import Day, Zones
from game.rules.creations import SpecialQuest, SpecialWindow
from game.rules.effects import NoticeDrafts, QuestOffer, Standing, Unlock
from game.rules.facts import MemberHistory
from game.rules.levels import level_now
from game.rules.metrics import BADGE_METRICS, DAY_COUNTS, QUEST_METRICS, MemberFigures
from game.rules.multipliers import multiplier_at, value_at
from game.rules.quests import Due, QuestWorld, offers, progress, special_offer
from game.rules.requirements import Requirement, metrics_of, progress_of
from game.rules.ruleset import Rules, RuleSet
from game.rules.streaks import Activity, longest, longest_run

PLACES = {name: place for place, name in enumerate(DAY_COUNTS)}
NOTHING_COUNTED = (0,) * len(DAY_COUNTS)


class CountedDay(NamedTuple):
    """A stretch of a member's days: its first moment, its counts in the order of DAY_COUNTS.

    `starts_at` None: not written since that is kept, so its date says which windows hold it.
    """

    starts_at: datetime | None
    counts: Sequence[int]

    @property
    def is_active(self) -> bool:
        """Whether it makes its day part of a streak."""
        claimed = self.counts[PLACES["quests_claimed"]] - self.counts[PLACES["quests_granted"]]
        return self.counts[PLACES["conversions"]] + claimed > 0


Days = Mapping[Day, CountedDay]
Numbers = Mapping[tuple[str, str], int]
"""The ids of given quests that were stored, by `Given.place`; one that is missing was there."""


@dataclass(frozen=True, slots=True)
class OpenQuest:
    """A quest that is not finished and whose window is not closed; `progress` so far.

    `id` 0: given just now. `baseline`: for levels, the highest level when it was given. `terms`:
    what a quest asks that a creator wrote, in the version numbered `entry`.
    """

    id: int
    template: str
    target_type: str
    target: int
    baseline: int
    reward_xp: int
    rule_version: int
    starts_at: datetime
    ends_at: datetime
    first_day: date
    last_day: date
    progress: int
    entry: int | None = None
    terms: Requirement | None = None

    @property
    def is_complete(self) -> bool:
        return self.progress >= self.target


class Given(NamedTuple):
    """A quest given just now: as it was drawn, and how far it is already."""

    offer: QuestOffer
    quest: OpenQuest

    @property
    def place(self) -> tuple[str, str]:
        """(window, slot): of these a member has one at a time."""
        return (self.offer.window, self.offer.slot)


@dataclass(frozen=True, slots=True)
class Known:
    """A member before a posting, and what the posting gathered for them.

    `whose`: (company id, member id). `gains` are added to the figures. `days`: what is stored of
    the windows of `quests` and `due`. `counted`: what the stretches that the posting counts in
    become. `active`: the stored stretches that make streaks, around those which `woken` names; all
    of them where `reads_all`. `first_active` is the first of them ever, None where there is none.
    `offered`: quests of creators that are open, whoever they are for, and not given yet.
    """

    whose: tuple[str, int]
    figures: MemberFigures
    history: MemberHistory
    gains: Mapping[str, int]
    days: Days
    counted: Days
    active: Collection[Day]
    first_active: Day | None
    reads_all: bool
    quests: Sequence[OpenQuest]
    unlocked: frozenset[str]
    due: Due | None
    offered: Sequence[tuple[SpecialQuest, SpecialWindow]] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What became true of a member.

    `figures`: the new ones. `moved`: stored quests that come further. `levels`: those new in this
    run, ascending. `rules`: the version all of it is by.
    """

    rules: RuleSet
    figures: MemberFigures
    given: tuple[Given, ...]
    moved: tuple[OpenQuest, ...]
    unlocks: tuple[Unlock, ...]
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ProgressState:
    """A member after a batch's receipts, before badges.

    `level_reached` is the highest level of this run, `level_ever` of all runs. `metrics` are the
    figures badges look at; `level_ever` and `prestige` need not be among them. `multiplier_bp` is
    the multiplier without ability that holds now.
    """

    lifetime_xp: int
    prestige_level: int
    level_reached: int
    level_ever: int
    metrics: Mapping[str, int]
    unlocked: frozenset[str]
    multiplier_bp: int


@dataclass(frozen=True, slots=True)
class MemberAdvance:
    """What became true: badges with their XP, and each level new in this run, ascending."""

    unlocks: tuple[Unlock, ...]
    lifetime_xp: int
    levels: tuple[int, ...]
    level_reached: int
    level_ever: int


def advance(state: ProgressState, rules: RuleSet) -> MemberAdvance:
    """Follow XP to levels, levels to badges, badges to XP, until nothing more becomes true.

    Ends because each badge is unlocked once. Calling it with its own result finds nothing new.
    """
    xp = state.lifetime_xp
    known = set(state.unlocked)
    unlocks: list[Unlock] = []
    while True:
        level = level_now(xp, state.prestige_level, rules)
        level_ever = max(state.level_ever, level)
        figures = {**state.metrics, "level_ever": level_ever, "prestige": state.prestige_level}
        fresh = unlocked(Standing(figures), known, rules, state.multiplier_bp)
        if not fresh:
            break
        unlocks += fresh
        known.update(unlock.key for unlock in fresh)
        xp += sum(unlock.xp for unlock in fresh)
    return MemberAdvance(
        unlocks=tuple(unlocks),
        lifetime_xp=xp,
        levels=tuple(range(state.level_reached + 1, level + 1)),
        level_reached=max(state.level_reached, level),
        level_ever=level_ever,
    )


def added(days: Days, gathered: Mapping[Day, Mapping[str, int]], zones: Zones) -> Days:
    """Add what was gathered to the stretches it is for; those alone, as they become."""
    return {
        stretch: CountedDay(
            zones.starts(stretch),
            [
                counts[name] + old
                for name, old in zip(
                    DAY_COUNTS,
                    days[stretch].counts if stretch in days else NOTHING_COUNTED,
                    strict=True,
                )
            ],
        )
        for stretch, counts in gathered.items()
        if any(counts.values())
    }


def woken(days: Days, counted: Days) -> list[Day]:
    """List the stretches that make a streak as they become, and did not as they are stored."""
    return [
        stretch
        for stretch, day in counted.items()
        if day.is_active and not (stretch in days and days[stretch].is_active)
    ]


def fallen_asleep(days: Days, counted: Days) -> bool:
    """Say whether a stretch that makes a streak, as it is stored, does so no longer.

    It may have been the first ever, or have kept its week's freeze: then every streak may be
    another one.
    """
    return any(
        stretch in days and days[stretch].is_active and not day.is_active
        for stretch, day in counted.items()
    )


def give(  # noqa: PLR0913, PLR0917 - to whom, what they lack, by which rules
    whose: tuple[str, int],
    level_ever: int,
    already: frozenset[str],
    due: Due,
    rules: Rules,
    zones: Zones,
    now: datetime,
) -> list[Given]:
    """Draw the quests that a member of this highest level and with these badges lacks."""
    world = QuestWorld(
        lessons_recent=due.lessons_recent,
        in_guild=due.in_guild,
        locked_achievements=locked_left(already, rules.at(now)),
    )
    drawn = offers(*whose, now, level_ever, world, due.windows, rules, zones)
    return [given(offer, level_ever) for offer in drawn]


def give_special(
    offered: Iterable[tuple[SpecialQuest, SpecialWindow]],
    character_class: str | None,
    level_ever: int,
    rules: Rules,
) -> list[Given]:
    """Give those quests of creators whose audience a member is in."""
    return [
        given(special_offer(quest, window, level_ever, rules.at(window.starts_at)), level_ever)
        for quest, window in offered
        if quest.audience.admits(character_class, level_ever)
    ]


def given(offer: QuestOffer, level_ever: int) -> Given:
    """Make a quest of what was drawn or written, for a member of this highest level."""
    asks_levels = offer.target_type == "level" or (
        offer.terms is not None and "level" in metrics_of(offer.terms)
    )
    quest = OpenQuest(
        id=0,
        template=offer.template,
        target_type=offer.target_type,
        target=offer.target,
        baseline=level_ever if asks_levels else 0,
        reward_xp=offer.reward_xp,
        rule_version=offer.rule_version,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        first_day=offer.first_day,
        last_day=offer.last_day,
        progress=0,
        entry=offer.entry,
        terms=offer.terms,
    )
    return Given(offer, quest)


def decide(known: Known, rules: Rules, zones: Zones, now: datetime) -> Decision:
    """Find all that becomes true of a member by what was gathered for them.

    Quests are given first, by the level and the badges of before. Then the days count, streaks
    grow, XP brings levels and badges until nothing more follows. Who is in the audience of a
    creator's quest by then is given it; by all that quests move.
    """
    grown = {name: getattr(known.figures, name) + gain for name, gain in known.gains.items()}
    figures = replace(known.figures, **grown)
    figures.best_streak = max(figures.best_streak, _streak(known, zones))
    figures.streaks_read = True
    drawn: list[Given] = []
    if known.due is not None:
        drawn = give(known.whose, figures.level_ever, known.unlocked, known.due, rules, zones, now)
        figures.quests_through, figures.quests_part = known.due.day
    present = rules.at(now)
    standing = ProgressState(
        lifetime_xp=figures.lifetime_xp,
        prestige_level=figures.prestige_level,
        level_reached=figures.level_reached,
        level_ever=figures.level_ever,
        metrics={
            name: (value is not None) if metric.is_set else value
            for name, metric in BADGE_METRICS.items()
            for value in (getattr(figures, metric.figure),)
        },
        unlocked=known.unlocked,
        multiplier_bp=multiplier_at(known.history, now, present),
    )
    found = advance(standing, present)
    figures.lifetime_xp = found.lifetime_xp
    figures.level_reached, figures.level_ever = found.level_reached, found.level_ever
    played = value_at(known.history.classes, now) or None
    drawn += give_special(known.offered, played, found.level_ever, rules)
    quests = [*known.quests, *(one.quest for one in drawn)]
    steps = _steps(quests, {**known.days, **known.counted}, found, now)
    fresh = steps[len(known.quests) :]
    return Decision(
        rules=present,
        figures=figures,
        given=tuple(Given(one.offer, quest) for one, quest in zip(drawn, fresh, strict=True)),
        moved=tuple(new for old, new in zip(known.quests, steps, strict=False) if new is not old),
        unlocks=found.unlocks,
        levels=found.levels,
    )


def drafts(decision: Decision, numbers: Numbers, rules: Rules) -> NoticeDrafts:
    """Tell what became true, in this order: quests given, badges, quests finished, levels."""
    told = drafts_of(decision.given, numbers)
    for unlock in decision.unlocks:
        data = {
            "key": unlock.key,
            "title": decision.rules.achievement(unlock.key).title,
            "reward_xp": unlock.reward_xp,
            "rarity": decision.rules.rarity_of(unlock.reward_xp),
        }
        told.append(("achievement_unlocked", data))
    stored = [(quest.id, quest) for quest in decision.moved]
    stored += [(numbers[one.place], one.quest) for one in decision.given if one.place in numbers]
    for number, quest in stored:
        if quest.is_complete:
            title = title_of(quest, rules)
            data = {"quest_id": str(number), "title": title, "reward_xp": quest.reward_xp}
            told.append(("quest_completed", data))
    told += [("level_up", {"level": one, "previous_level": one - 1}) for one in decision.levels]
    return told


def title_of(quest: OpenQuest, rules: Rules) -> str:
    """A quest's title as the version words it that it was given by."""
    written = rules.catalogue.quest(quest.entry)
    if written is not None:
        return written.title
    return rules.numbered(quest.rule_version).quest(quest.template).title


def drafts_of(given: Iterable[Given], numbers: Numbers) -> NoticeDrafts:
    """Tell of quests given just now, a notice a window."""
    windows: dict[str, list[str]] = {}
    for one in given:
        if one.place in numbers:
            windows.setdefault(one.offer.window, []).append(str(numbers[one.place]))
    return [
        ("quest_available", {"quest_ids": ids, "window": window}) for window, ids in windows.items()
    ]


def _streak(known: Known, zones: Zones) -> int:
    """The longest streak through a day that became active just now; 0 = none did.

    Where all days are known, the longest of all.
    """
    fresh = woken(known.days, known.counted)
    if not fresh and not known.reads_all:
        return 0
    gone = {stretch for stretch, day in known.counted.items() if not day.is_active}
    stretches = {*known.active, *fresh} - gone
    days = {zones.day_of(stretch) for stretch in stretches}
    if known.reads_all:
        return longest(Activity(days, min(days, default=None)), zones)
    firsts = [*fresh] if known.first_active is None else [*fresh, known.first_active]
    activity = Activity(days, zones.day_of(min(firsts)))
    return max(longest_run(activity, zones.day_of(stretch), zones) for stretch in fresh)


def _steps(
    quests: Sequence[OpenQuest], days: Days, found: MemberAdvance, now: datetime
) -> list[OpenQuest]:
    """Move each quest to where its member is now; one that does not move stays the same object.

    Levels and badges are reached now, so outside of a quest's window they do not count.
    """
    sums: dict[tuple[datetime, datetime, date, date], list[int]] = {}
    steps = []
    for quest in quests:
        window = (quest.starts_at, quest.ends_at, quest.first_day, quest.last_day)
        if window not in sums:
            sums[window] = _sums(quest, days)
        is_open = quest.starts_at <= now < quest.ends_at
        asked = [quest.target_type] if quest.terms is None else metrics_of(quest.terms)
        counts = {
            name: _count(name, quest, sums[window], found if is_open else None) for name in asked
        }
        counted = (
            counts[quest.target_type] if quest.terms is None else progress_of(quest.terms, counts)
        )
        reached = progress(counted, quest.target, quest.progress)
        steps.append(quest if reached == quest.progress else replace(quest, progress=reached))
    return steps


def _count(name: str, quest: OpenQuest, sums: Sequence[int], found: MemberAdvance | None) -> int:
    """What a metric is for a quest; `found` None: its window is not open now."""
    metric = QUEST_METRICS.get(name)
    counted = sums[PLACES[metric.count]] if metric and metric.count else 0
    if found is None:
        return counted
    if name == "level":
        return found.level_ever - quest.baseline
    return counted + len(found.unlocks) if name == "achievements" else counted


def _sums(quest: OpenQuest, days: Days) -> list[int]:
    """What is counted in a quest's window, in the order of DAY_COUNTS."""
    inside = [
        counts
        for stretch, (starts_at, counts) in days.items()
        if (
            quest.first_day <= stretch.date <= quest.last_day
            if starts_at is None
            else quest.starts_at <= starts_at < quest.ends_at
        )
    ]
    return [sum(column) for column in zip(NOTHING_COUNTED, *inside, strict=True)]
