"""Scores as the ledgers had them at an earlier receipt: of each payment the newest posting by then.

A receipt of a payment or a lesson says what it was worth after it; a reward's stays for good. The
dollar value of a payment is on no receipt. It is today's, as long as nothing of what makes it was
told anew since; where something was, that member's figure of then is not known any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from game.rules.boards import Score
from game.rules.takeback import USD
from game.services.rulesets.charter import Charter
from models.session import Transaction

RECEIPTS = """
SELECT r.member_id, r.kind, r.source_id, r.seq, r.xp, r.at, r.inputs,
       e.usd_value_cents, e.usd_kept_cents, e.counts, l.at
FROM receipt r
LEFT JOIN payment_effect e ON r.kind = 'payment' AND e.company_id = r.company_id
  AND e.payment_id = r.source_id
LEFT JOIN lesson_effect l ON r.kind = 'lesson' AND l.company_id = r.company_id
  AND l.member_id = r.member_id AND l.lesson_id = r.source_id
WHERE r.company_id = %s AND (r.xp <> 0 OR r.kind IN ('payment', 'lesson'))
ORDER BY r.seq
"""
USED = """
SELECT EXISTS (SELECT FROM leaderboard_window WHERE company_id = %(company)s)
  OR EXISTS (SELECT FROM league_week WHERE company_id = %(company)s)
"""
WORTH = ("kind", "base_minor", "usd_base_cents", "commission_minor")
"""The inputs that make a payment's dollar value and whether it counts."""
HALF = 2


class Posting(NamedTuple):
    """One receipt, as far as boards look at it."""

    member_id: int
    kind: str
    source_id: str
    seq: int
    xp: int
    at: datetime
    inputs: Any
    usd_value_cents: int | None
    usd_kept_cents: int | None
    counts: bool | None
    lesson_at: datetime | None
    """When the lesson was by what is known today: a move that changes no XP has no receipt."""


@dataclass(frozen=True, slots=True)
class Past:
    """A company's receipts in their order."""

    postings: tuple[Posting, ...]
    newest: dict[tuple[int, str], Posting]
    """Of each payment of a member the newest posting of all."""

    def scores(
        self, category: str, starts_at: datetime, ends_at: datetime, through: int
    ) -> tuple[dict[int, Score], set[int]]:
        """The members' scores of a stretch of time by then; of whom they are not known."""
        amounts: dict[int, int] = defaultdict(int)
        newest: dict[int, datetime] = {}
        unsure: set[int] = set()
        for one, amount, is_sure in self._parts(category, through):
            if not starts_at <= one.at < ends_at:
                continue
            if not is_sure:
                unsure.add(one.member_id)
            amounts[one.member_id] += amount
            if amount:
                newest[one.member_id] = max(one.at, newest.get(one.member_id, one.at))
        scores = {
            member: Score(member, amount, newest.get(member)) for member, amount in amounts.items()
        }
        return scores, unsure

    def _parts(self, category: str, through: int) -> Iterable[tuple[Posting, int, bool]]:
        """Each fact's posting of then, what it is worth there, and whether that is known."""
        valued: dict[tuple[int, str, str], Posting] = {}
        worth: dict[tuple[int, str, str], int] = defaultdict(int)
        for one in self.postings:
            if one.seq > through:
                break
            place = (one.member_id, one.kind, one.source_id)
            if one.kind in ("payment", "lesson"):
                valued[place] = one
                worth[place] += one.xp
            elif category == "xp":
                yield one, one.xp, True
        for place, one in valued.items():
            if category == "xp":
                is_sure = one.lesson_at in (None, one.at)
                yield one, worth[place], is_sure
                if one.lesson_at is not None and not is_sure:
                    yield one._replace(at=one.lesson_at), 0, False
            elif one.kind == "payment":
                yield one, *self._worth(category, one)

    def _worth(self, category: str, one: Posting) -> tuple[int, bool]:
        inputs = one.inputs if isinstance(one.inputs, dict) else {}
        if inputs.get("credited") is False:
            return 0, True
        last = self.newest[one.member_id, one.source_id].inputs
        is_sure = isinstance(last, dict) and all(
            inputs.get(name) == last.get(name) for name in WORTH
        )
        if one.usd_value_cents is None or last.get("credited") is False:
            return 0, False
        num, den = inputs.get("taken", (0, 1))
        if category == "referrals":
            return int(bool(one.counts) and num * HALF < den), is_sure
        if inputs.get("currency") == USD:
            return inputs.get("kept_minor", 0), True
        if not num:
            return one.usd_value_cents, is_sure
        # Of another currency what is kept is valued by the payment's totals, told anew or not.
        is_last = inputs.get("kept_minor") == last.get("kept_minor")
        return one.usd_kept_cents or 0, is_sure and is_last


def read_past(tx: Transaction, charter: Charter) -> Past:
    """A company's receipts; none where nothing was closed or dealt yet."""
    if not tx.rows(USED, {"company": charter.company_id})[0][0]:
        return Past((), {})
    postings = tuple(Posting(*row) for row in tx.rows(RECEIPTS, (charter.company_id,)))
    newest = {(one.member_id, one.source_id): one for one in postings if one.kind == "payment"}
    return Past(postings, newest)
