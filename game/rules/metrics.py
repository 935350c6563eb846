"""What this build records, and so what quests and achievements can be about.

A metric that is not in these tables is a word of the rule book that nothing counts yet: its quests
are not dealt and its achievements are not shown, as nobody could reach them. Whoever makes the
game record one adds its row here, and only here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
    """What an achievement's progress is read from: a figure of the member, as SQL over `member`."""

    figure: str


QUEST_METRICS: Mapping[str, QuestMetric] = {
    "referrals": QuestMetric("conversions", may_fall=True),
    "commission": QuestMetric("commission_usd_cents", may_fall=True),
    "lessons": QuestMetric("lessons", may_fall=True),
    "visits": QuestMetric("visits"),
    "clicks": QuestMetric("clicks"),
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
    "prestige": BadgeMetric("prestige_level"),
    "class_chosen": BadgeMetric("(character_class IS NOT NULL)::int"),
}
"""By `metric` of an achievement."""
