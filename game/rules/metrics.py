"""What this build records, and so what quests and achievements can be about.

A metric that is not in these tables is a word of the rule book that nothing counts yet: its quests
are not dealt and its achievements are not shown, as nobody could reach them. Whoever makes the
game record one adds its row here, and only here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

DAY_COUNTS = (
    "conversions",
    "commission_usd_cents",
    "lessons",
    "visits",
    "clicks",
    "messages",
    "quests_claimed",
    "quests_granted",
    "achievements",
    "xp",
    "referrals",
    "kept_usd_cents",
)
"""What is counted of each stretch of a member's local days; the last three are what boards rank."""

NEWEST_OF = {"xp": "xp_at", "referrals": "referrals_at", "kept_usd_cents": "kept_at"}
"""What of a day boards rank, and the column that holds the newest fact in it."""


@dataclass(slots=True)
class MemberFigures:
    """What is kept of a member and changes: a column of `member` each, of the same name."""

    lifetime_xp: int
    prestige_level: int
    character_class: str | None
    level_reached: int
    level_ever: int
    total_referrals: int
    earned_usd_cents: int
    quests_claimed: int
    guilds_joined: int
    guild_led: int
    best_streak: int
    streaks_read: bool
    clicks: int
    weekly_firsts: int
    xp_at: datetime | None
    referrals_at: datetime | None
    commission_at: datetime | None
    board_seq: int
    quests_through: date | None
    quests_part: int
    notice_seq: int


FIGURES = tuple(field.name for field in fields(MemberFigures))


@dataclass(frozen=True, slots=True)
class QuestMetric:
    """What a quest's progress is read from.

    `count`: the count of a local day it sums up; empty = the level, which is no count. `may_fall`:
    corrections may lower the count later.
    """

    count: str
    may_fall: bool = False


@dataclass(frozen=True, slots=True)
class BadgeMetric:
    """What an achievement's progress is read from: a figure of the member.

    `is_set`: not the figure itself, but whether there is one.
    """

    figure: str
    is_set: bool = False

    @property
    def sql(self) -> str:
        """The value as SQL over `member`."""
        return f"({self.figure} IS NOT NULL)::int" if self.is_set else self.figure


QUEST_METRICS: Mapping[str, QuestMetric] = {
    "referrals": QuestMetric("conversions", may_fall=True),
    "commission": QuestMetric("commission_usd_cents", may_fall=True),
    "lessons": QuestMetric("lessons", may_fall=True),
    "visits": QuestMetric("visits"),
    "clicks": QuestMetric("clicks"),
    "messages": QuestMetric("messages"),
    "quests": QuestMetric("quests_claimed"),
    "achievements": QuestMetric("achievements"),
    "level": QuestMetric(""),
}
"""By `target_type` of a quest template."""

BADGE_METRICS: Mapping[str, BadgeMetric] = {
    "conversions": BadgeMetric("total_referrals"),
    "earned_usd_cents": BadgeMetric("earned_usd_cents"),
    "level_ever": BadgeMetric("level_ever"),
    "quests_claimed": BadgeMetric("quests_claimed"),
    "streak": BadgeMetric("best_streak"),
    "guild_joined": BadgeMetric("guilds_joined"),
    "guild_led": BadgeMetric("guild_led"),
    "prestige": BadgeMetric("prestige_level"),
    "class_chosen": BadgeMetric("character_class", is_set=True),
    "weekly_first": BadgeMetric("weekly_firsts"),
}
"""By `metric` of an achievement."""
