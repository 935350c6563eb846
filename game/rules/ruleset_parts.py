"""The parts of a rule set: what a company may tune, as values. No number stands here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from game.rules.requirements import Requirement

WindowKind = Literal["daily", "weekly", "monthly"]


DAILY_SLOTS = ("effort", "reach", "result")
"""A day's quests: turn up, be seen, convert."""


@dataclass(frozen=True, slots=True)
class AttributionRules:
    """How old a click may be, and whether known buyers can still be referred."""

    window_days: int
    new_buyers_only: bool


@dataclass(frozen=True, slots=True)
class CommissionRules:
    """What a payment pays. `max_months` None = without end."""

    mode: str
    rate_bp: int
    cap_bp: int
    applies_to: str
    max_months: int | None
    hold_days: int
    min_payout_usd_cents: int


@dataclass(frozen=True, slots=True)
class SaleXp:
    """Points of one kind of payment: a flat part, and a capped part per whole dollar."""

    points: int
    per_dollar: int
    max_dollar_points: int


@dataclass(frozen=True, slots=True)
class LessonXp:
    """Points of a lesson, and how many lessons of a day earn them."""

    points: int
    max_a_day: int


@dataclass(frozen=True, slots=True)
class Ability:
    """A class's extra: `bonus_bp` where its condition holds. `min_usd_cents` is for `big_sale`."""

    name: str
    kind: Literal["conversion", "big_sale", "rally"]
    bonus_bp: int
    min_usd_cents: int


@dataclass(frozen=True, slots=True)
class CharacterClass:
    """One class: its multipliers in basis points, and its ability if it has one."""

    key: str
    title: str
    xp_bp: int
    commission_bp: int
    ability: Ability | None


@dataclass(frozen=True, slots=True)
class RallyRules:
    """So many conversions within so many hours make a rally."""

    conversions: int
    hours: int


@dataclass(frozen=True, slots=True)
class PrestigeRules:
    """From which level of a run, how often, and what each adds to the multiplier."""

    from_level: int
    times: int
    bonus_bp: int


@dataclass(frozen=True, slots=True)
class GuildRules:
    """How large guilds get, how they level, and what a week asks of them together.

    `muster_least`: referrals at least; `rumour_clicks`: for each member.
    """

    max_members: int
    level_coefficient: int
    quest_min_members: int
    quest_reward_xp: int
    muster_least: int
    rumour_clicks: int


@dataclass(frozen=True, slots=True)
class BoardRules:
    """How long late facts count for a window, and whether others see a member's commission."""

    close_hours: int
    show_commission: bool


@dataclass(frozen=True, slots=True)
class LeagueRules:
    """Whether there are leagues, who plays, how large groups are, and how many move.

    One in `move_divisor` goes up and as many down.
    """

    enabled: bool
    min_members: int
    active_days: int
    measured_days: int
    group_size: int
    move_divisor: int


@dataclass(frozen=True, slots=True)
class QuestTemplate:
    """A quest as it is written, before it is scaled and given to a member."""

    key: str
    title: str
    description: str
    window: WindowKind
    slot: str
    difficulty: str
    target_type: str
    target: int
    reward_xp: int
    condition: str


@dataclass(frozen=True, slots=True)
class QuestScaling:
    """How targets and rewards grow with the level, in per cent."""

    start_percent: int
    percent_a_level: int
    max_percent: int
    scaled_targets: frozenset[str]


@dataclass(frozen=True, slots=True)
class QuestRules:
    """The quest board: how many, for whom, and until when late facts count."""

    weekly: int
    monthly: int
    close_hours: int
    lessons_recent_days: int
    difficulty_levels: Mapping[str, int]
    scaling: QuestScaling
    templates: tuple[QuestTemplate, ...]


@dataclass(frozen=True, slots=True)
class Achievement:
    """One badge: unlocked for good when `metric` reaches `threshold`.

    One that a creator made has a `requirement`, of which these two are the short form; a `hidden`
    one is shown to nobody who has not unlocked it.
    """

    key: str
    metric: str
    title: str
    description: str
    threshold: int
    reward_xp: int
    requirement: Requirement | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class RarityBounds:
    """The largest reward that is still common, rare, epic; above is legendary."""

    common: int
    rare: int
    epic: int
