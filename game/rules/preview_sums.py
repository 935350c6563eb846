"""Adding up what a draft of the rules changes: by today's rules ("now") and by the draft ("then").

All figures are whole: XP, US cents, minor units of a currency. Nothing here posts anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from game.rules.effects import PaymentEffect

PERCENT = 100
SAYS_SOMETHING = 20
"""Fewer payments or quests than this say nothing about a trend, so no warning is made of them."""
MUCH_MORE_PERCENT = 25
DOMINATES_PERCENT = 60
TOO_EASY_PERCENT, TOO_HARD_PERCENT = 60, 35
"""Where a template's completion rate should lie: 35 to 60 %."""


@dataclass(slots=True)
class Pair:
    """One figure by today's rules and by the draft."""

    now: int = 0
    then: int = 0

    def add(self, now: int, then: int) -> None:
        """Take a further part of the figure in."""
        self.now += now
        self.then += then

    @property
    def percent_more(self) -> int:
        """How much more the draft gives, in whole percent, rounded down; 0 where now is nothing."""
        return (self.then - self.now) * PERCENT // self.now if self.now > 0 else 0


def pairs() -> dict[Any, Pair]:
    """Figures by key; one that was not added to yet is nothing."""
    return defaultdict(Pair)


@dataclass(slots=True)
class Sums:
    """What the steps of a preview add up.

    `money` by currency, `exponents` beside it. `quests` by template: how many were given, and in
    `quests_done` how many of them were finished by today's target and would be by the draft's.
    """

    payments: int = 0
    quests: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    exponents: dict[str, int] = field(default_factory=dict)
    money: dict[str, Pair] = field(default_factory=pairs)
    class_xp: dict[str, Pair] = field(default_factory=pairs)
    class_usd_cents: dict[str, Pair] = field(default_factory=pairs)
    quests_done: dict[str, Pair] = field(default_factory=pairs)

    def payment(self, now: PaymentEffect | None, then: PaymentEffect | None) -> None:
        """Take in what one payment is worth both ways; None = to nobody."""
        either = now or then
        if either is None:
            return
        self.payments += 1
        self.exponents[either.currency] = either.exponent
        self.money[either.currency].add(*_both(now, then, "kept_minor"))
        self.class_xp[either.character_class].add(*_both(now, then, "xp_kept"))
        self.class_usd_cents[either.character_class].add(*_both(now, then, "usd_kept_cents"))

    def quest(self, template: str, *, now: bool, then: bool) -> None:
        """Take in whether one quest is finished both ways."""
        self.quests[template] += 1
        self.quests_done[template].add(int(now), int(then))


def warnings(sums: Sums, xp: Pair) -> list[dict[str, Any]]:
    """What a creator should look at twice before publishing: a code and its figures each."""
    found: list[dict[str, Any]] = []
    for currency, pair in sorted(sums.money.items()):
        if sums.payments >= SAYS_SOMETHING and pair.percent_more >= MUCH_MORE_PERCENT:
            found.append({"code": "pays_much_more", "of": currency, "percent": pair.percent_more})
    if sums.payments >= SAYS_SOMETHING and xp.percent_more >= MUCH_MORE_PERCENT:
        found.append({"code": "levels_inflate", "of": "xp", "percent": xp.percent_more})
    for code, figures in (
        ("class_dominates_xp", sums.class_xp),
        ("class_dominates_money", sums.class_usd_cents),
    ):
        found += _dominant(code, figures, sums.payments)
    for template, given in sorted(sums.quests.items()):
        share = sums.quests_done[template].then * PERCENT // given
        if given >= SAYS_SOMETHING and not TOO_HARD_PERCENT <= share <= TOO_EASY_PERCENT:
            code = "quest_too_easy" if share > TOO_EASY_PERCENT else "quest_too_hard"
            found.append({"code": code, "of": template, "percent": share})
    return found


def _dominant(code: str, figures: Mapping[str, Pair], payments: int) -> list[dict[str, Any]]:
    """A class that takes the larger part of a figure while others are played, too."""
    whole = sum(max(pair.then, 0) for pair in figures.values())
    if payments < SAYS_SOMETHING or whole <= 0 or len(figures) <= 1:
        return []
    return [
        {"code": code, "of": name, "percent": pair.then * PERCENT // whole}
        for name, pair in sorted(figures.items())
        if pair.then * PERCENT > whole * DOMINATES_PERCENT
    ]


def _both(now: PaymentEffect | None, then: PaymentEffect | None, name: str) -> tuple[int, int]:
    return (getattr(now, name) if now else 0, getattr(then, name) if then else 0)
