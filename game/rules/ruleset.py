"""The rule set: one company's numbers at one time, parsed once, and its versions over time.

Every number of the game lives in a rule set's JSON document; the default one is the package file
`default_rules.json`, version 1.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

from game.rules import ruleset_reading as reading
from game.rules.creations import NOTHING_MADE, Catalogue
from game.rules.document_reader import InvalidRules, Reader
from game.rules.ruleset_parts import (
    Achievement,
    AttributionRules,
    BoardRules,
    CharacterClass,
    CommissionRules,
    GuildRules,
    LeagueRules,
    LessonXp,
    PrestigeRules,
    QuestRules,
    QuestTemplate,
    RallyRules,
    RarityBounds,
    SaleXp,
)

__all__ = ["InvalidRules", "RuleSet", "Rules", "default_document", "default_rules", "read_rules"]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One version of a company's rules. Rates are basis points, money minor units, XP points."""

    version: int
    attribution: AttributionRules
    commission: CommissionRules
    conversion_xp: SaleXp
    renewal_xp: SaleXp
    lesson_xp: LessonXp
    count_min_usd_cents: int
    classes: Mapping[str, CharacterClass]
    start_class: str
    class_change_days: int
    rally: RallyRules
    level_coefficient: int
    prestige: PrestigeRules
    guilds: GuildRules
    boards: BoardRules
    leagues: LeagueRules
    quests: QuestRules
    achievements: tuple[Achievement, ...]
    rarity: RarityBounds
    hold: timedelta
    """How long a commission waits before it may be paid."""
    click_life: timedelta
    """How long a click can still be credited."""

    def class_of(self, name: str) -> CharacterClass:
        """Find a class; one that this version no longer has plays as the starting class."""
        return self.classes.get(name) or self.classes[self.start_class]

    def achievement(self, key: str) -> Achievement:
        """Find a badge by its key. Raises KeyError for one this version does not have."""
        for badge in self.achievements:
            if badge.key == key:
                return badge
        raise KeyError(key)

    def quest(self, key: str) -> QuestTemplate:
        """Find a quest template by its key. Raises KeyError for one this version has not."""
        for template in self.quests.templates:
            if template.key == key:
                return template
        raise KeyError(key)

    def rarity_of(self, reward_xp: int) -> str:
        """Name how rare a badge of this reward is. Shown only, without effect."""
        if reward_xp <= self.rarity.common:
            return "common"
        if reward_xp <= self.rarity.rare:
            return "rare"
        return "epic" if reward_xp <= self.rarity.epic else "legendary"


def read_rules(document: object) -> RuleSet:
    """Parse and check a rule set's document. Raises InvalidRules with every problem named."""
    problems: list[str] = []
    found = Reader(document, "", problems)
    xp = found.part("xp")
    classes, start, change_days = reading.read_classes(found.part("classes"))
    attribution = reading.read_attribution(found.part("attribution"))
    commission = reading.read_commission(found.part("commission"))
    rules = RuleSet(
        version=found.whole("version", least=1, most=10**9),
        attribution=attribution,
        commission=commission,
        conversion_xp=reading.read_sale_xp(xp.part("conversion")),
        renewal_xp=reading.read_sale_xp(xp.part("renewal")),
        lesson_xp=reading.read_lesson_xp(xp.part("lesson")),
        count_min_usd_cents=xp.whole("count_min_usd_cents"),
        classes=classes,
        start_class=start,
        class_change_days=change_days,
        rally=reading.read_rally(found.part("rally")),
        level_coefficient=reading.read_coefficient(found.part("levels")),
        prestige=reading.read_prestige(found.part("prestige")),
        guilds=reading.read_guilds(found.part_or("guilds", lambda: default_document()["guilds"])),
        boards=reading.read_boards(found.part_or("boards", lambda: default_document()["boards"])),
        leagues=reading.read_leagues(
            found.part_or("leagues", lambda: default_document()["leagues"])
        ),
        quests=reading.read_quests(found.part("quests")),
        achievements=reading.read_achievements(found),
        rarity=reading.read_rarity(found.part("rarity")),
        hold=timedelta(days=commission.hold_days),
        click_life=timedelta(days=attribution.window_days),
    )
    xp.finish()
    found.finish()
    if problems:
        raise InvalidRules(problems)
    return rules


@cache
def _default_text() -> str:
    return resources.files("game.rules").joinpath("default_rules.json").read_text("utf-8")


def default_document() -> dict[str, Any]:
    """Give the default rule set's JSON document, as a copy to start a draft from."""
    document: dict[str, Any] = json.loads(_default_text())
    return document


@cache
def default_rules() -> RuleSet:
    """Give version 1, which holds wherever a company has published nothing."""
    return read_rules(default_document())


class Rules:
    """A company's rule sets over time. A version holds from its moment, inclusive."""

    __slots__ = ("_first", "_merged", "_starts", "_versions", "catalogue")

    def __init__(
        self,
        versions: Sequence[tuple[datetime | None, RuleSet]] = (),
        catalogue: Catalogue = NOTHING_MADE,
    ) -> None:
        """Take versions with the moment each holds from; None = from the very beginning.

        `catalogue`: what the company's creators made beside them.
        """
        self.catalogue = catalogue
        self._merged: dict[tuple[int, int], RuleSet] = {}
        always = [rules for start, rules in versions if start is None]
        dated = [(start, rules) for start, rules in versions if start is not None]
        dated.sort(key=lambda version: (version[0], version[1].version))
        self._first = always[-1] if always else default_rules()
        self._starts = [start for start, _ in dated]
        self._versions = [rules for _, rules in dated]

    def replaced_from(self, moment: datetime, rules: RuleSet) -> Rules:
        """These versions, but from `moment` on only `rules`, as if it had been published then."""
        kept = [
            (start, version)
            for start, version in zip(self._starts, self._versions, strict=True)
            if start < moment
        ]
        return Rules([(None, self._first), *kept, (moment, rules)])

    def numbered(self, version: int) -> RuleSet:
        """Find a version by its number. Raises KeyError for one the company never had."""
        for rules in self.all():
            if rules.version == version:
                return rules
        raise KeyError(version)

    def all(self) -> list[RuleSet]:
        """List every version that ever held, oldest first."""
        return [self._first, *self._versions]

    def at(self, moment: datetime) -> RuleSet:
        """Find the version that held at `moment`, with the achievements made by then."""
        place = bisect_right(self._starts, moment)
        found = self._versions[place - 1] if place else self._first
        if self.catalogue is NOTHING_MADE:
            return found
        key = (place, self.catalogue.place(moment))
        if key not in self._merged:
            made = self.catalogue.achievements(moment)
            self._merged[key] = replace(found, achievements=(*found.achievements, *made))
        return self._merged[key]
