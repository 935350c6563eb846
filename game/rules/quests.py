"""Which quests a member gets for a window, and how far one has come.

The choice looks random and is not: the same member, window and slot always draw the same quest
from the same candidates, so that assigning twice assigns nothing new.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from game.rules.calendar_windows import Day, Window, Zones
from game.rules.creations import SpecialQuest, SpecialWindow
from game.rules.effects import QuestOffer
from game.rules.metrics import QUEST_METRICS
from game.rules.money import half_even
from game.rules.requirements import scaled, target_of
from game.rules.ruleset import Rules, RuleSet
from game.rules.ruleset_parts import DAILY_SLOTS, QuestTemplate, WindowKind

PERCENT = 100
ALL_WINDOWS: tuple[WindowKind, ...] = ("daily", "weekly", "monthly")
NEVER = date.min
"""The day of who has no quests yet."""


@dataclass(frozen=True, slots=True)
class QuestWorld:
    """What decides whether a quest can be finished at all.

    `lessons_recent`: the company had a lesson lately; `locked_achievements`: how many badges the
    member can still unlock.
    """

    lessons_recent: bool
    in_guild: bool
    locked_achievements: int


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody lacks the quests of `windows`; with these they have all up to the local day `day`.

    `since`: the first date of these windows. `lessons_recent`, `in_guild`: as for `QuestWorld`.
    """

    day: Day
    windows: tuple[WindowKind, ...]
    since: date
    lessons_recent: bool = False
    in_guild: bool = False


def lacking(through: Day, zones: Zones, now: datetime) -> Due | None:
    """Find what somebody lacks who has quests up to a day; None = nothing."""
    today = zones.day(now)
    if through >= today:
        return None
    begun = [window for kind in ALL_WINDOWS if (window := zones.window(kind, now)).first > through]
    return Due(
        day=today,
        windows=tuple(window.kind for window in begun),
        since=min(window.first_day for window in begun),
    )


def offers(  # noqa: PLR0913, PLR0917
    company_id: str,
    member_id: int | str,
    moment: datetime,
    level_ever: int,
    facts: QuestWorld,
    windows: Collection[WindowKind],
    rules: Rules,
    zones: Zones,
) -> list[QuestOffer]:
    """Draw the quests of the asked windows that hold a moment, numbers fixed.

    Each window uses the rules of its own start. A slot without a candidate stays empty.
    """
    drawn = []
    for kind in ALL_WINDOWS:
        if kind not in windows:
            continue
        window = zones.window(kind, moment)
        version = rules.at(window.starts_at)
        seed = f"{company_id}|{member_id}|{kind}|{window.first}"
        for slot, template in _draw(kind, seed, level_ever, facts, version):
            drawn.append(offer_of(template, slot, window, level_ever, version))
    return drawn


def _draw(
    kind: WindowKind, seed: str, level_ever: int, facts: QuestWorld, rules: RuleSet
) -> list[tuple[str, QuestTemplate]]:
    candidates = _candidates(kind, level_ever, facts, rules)
    if kind == "daily":
        return [
            (slot, _pick(fitting, f"{seed}|{slot}"))
            for slot in DAILY_SLOTS
            if (fitting := [t for t in candidates if t.slot == slot])
        ]
    many = rules.quests.weekly if kind == "weekly" else rules.quests.monthly
    drawn = []
    for number in range(1, min(many, len(candidates)) + 1):
        slot = kind if many == 1 else f"{kind}_{number}"
        template = _pick(candidates, f"{seed}|{slot}")
        candidates.remove(template)
        drawn.append((slot, template))
    return drawn


def _candidates(
    kind: WindowKind, level_ever: int, facts: QuestWorld, rules: RuleSet
) -> list[QuestTemplate]:
    return [
        template
        for template in rules.quests.templates
        if template.window == kind
        and template.target_type in QUEST_METRICS
        and rules.quests.difficulty_levels[template.difficulty] <= level_ever
        and _can_be_finished(template, facts)
    ]


def _can_be_finished(template: QuestTemplate, facts: QuestWorld) -> bool:
    if template.condition == "lessons_recent":
        return facts.lessons_recent
    if template.condition == "in_guild":
        return facts.in_guild
    if template.condition == "locked_achievements":
        return facts.locked_achievements >= template.target
    return True


def _pick(candidates: Sequence[QuestTemplate], seed: str) -> QuestTemplate:
    number = int.from_bytes(sha256(seed.encode()).digest()[:8], "big")
    in_order = sorted(candidates, key=lambda template: template.key)
    return in_order[number % len(in_order)]


def offer_of(
    template: QuestTemplate, slot: str, window: Window, level: int, rules: RuleSet
) -> QuestOffer:
    """Fix the numbers of a template for a member of this highest level."""
    percent = scale_percent(level, rules)
    target = template.target
    if template.target_type in rules.quests.scaling.scaled_targets:
        target = half_even(target * percent, PERCENT)
    return QuestOffer(
        template=template.key,
        window=template.window,
        slot=slot,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        closes_at=closes_at(window.ends_at, rules),
        first_day=window.first_day,
        last_day=window.last_day,
        target_type=template.target_type,
        target=target,
        reward_xp=template.reward_xp * percent // PERCENT,
        rule_version=rules.version,
    )


def special_offer(
    quest: SpecialQuest, window: SpecialWindow, level_ever: int, rules: RuleSet
) -> QuestOffer:
    """Fix the numbers of a quest a creator wrote for a member; they grow as those of all do."""
    percent = scale_percent(level_ever, rules)
    terms = scaled(quest.requirement, rules.quests.scaling.scaled_targets, percent)
    target_type, target = target_of(terms)
    return QuestOffer(
        template=quest.key,
        window="special",
        slot=quest.key,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        closes_at=closes_at(window.ends_at, rules),
        first_day=window.first_day,
        last_day=window.last_day,
        target_type=target_type,
        target=target,
        reward_xp=quest.reward_xp * percent // PERCENT,
        rule_version=rules.version,
        entry=quest.number,
        terms=terms,
    )


def next_candidate(  # noqa: PLR0913, PLR0917 - what a draw is made from
    kind: WindowKind,
    slot: str,
    template: str,
    level_ever: int,
    facts: QuestWorld,
    rules: RuleSet,
) -> QuestTemplate | None:
    """Find the quest that follows one in the order its slot is drawn from; None = no other."""
    fitting = [one for one in _candidates(kind, level_ever, facts, rules) if one.slot == slot]
    in_order = sorted(fitting, key=lambda one: one.key)
    others = [one for one in in_order if one.key != template]
    return next((one for one in others if one.key > template), others[0] if others else None)


def scale_percent(level: int, rules: RuleSet) -> int:
    """Compute how much larger quests are at a level, in per cent of the template."""
    scaling = rules.quests.scaling
    grown = scaling.start_percent + (level - 1) * scaling.percent_a_level
    return min(scaling.max_percent, grown)


def progress(raw: int, target: int, old: int) -> int:
    """Compute shown progress: it never goes down, and stops at the target."""
    return min(max(raw, old), target)


def closes_at(ends_at: datetime, rules: RuleSet) -> datetime:
    """Say until when late facts count for a window that ended."""
    return ends_at + timedelta(hours=rules.quests.close_hours)
