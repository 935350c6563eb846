"""Two rule books over one time: what is compared, and what has been added up so far."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from game.rules.preview_sums import Pair, Sums
from game.services.rulesets.charter import Charter


def _pairs() -> dict[int, Pair]:
    return defaultdict(Pair)


@dataclass(slots=True)
class Changes:
    """XP and US cents of members, by their ids, both ways."""

    xp: dict[int, Pair] = field(default_factory=_pairs)
    usd_cents: dict[int, Pair] = field(default_factory=_pairs)


@dataclass(slots=True)
class Comparison:
    """A company by its rules as they were (`today`) and with a draft from `since` on.

    Facts of `[since, until)` are looked at. `sums` grows over the steps.
    """

    today: Charter
    draft: Charter
    since: datetime
    until: datetime
    sums: Sums

    @property
    def company_id(self) -> str:
        return self.today.company_id
