"""Payouts as rows: loaded for a change, changed in memory, and written set-wise.

A payout is changed under the company's turn and its member's lock. What it does to money is a
receipt and a movement between the member's `payable` and `paid`, of no single payment; how much of
each payment it is, stands in `payout_part`, of which `payment_effect.paid_minor` is the sum.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from game.rules.movements import PAID, PAYABLE, Leg
from game.rules.payouts import BOOKED, FOLLOWS
from game.services.commissions.payment_posting import post_paid, posted_from_row, select_posted
from game.services.ledger.posting import MemberKey, NewReceipt, Posting
from game.services.members.store import MemberState, store_members
from game.services.notices.announcing import announce
from game.services.platform import bulk
from game.services.rulesets.charter import Charter
from models.session import Transaction

PayoutKey = tuple[str, int]
"""(company id, payout id)."""

BY_ITSELF = "legends"
WHOP = "whop"
"""Who did it, where no person did."""


@dataclass(slots=True)
class Payout:
    """A row of `payout`, as far as it is changed or looked at after it was made."""

    company_id: str
    id: int
    member_id: int
    currency: str
    exponent: int
    amount_minor: int
    usd_cents: int
    method: str
    state: str
    requested_by: str
    needs_second: bool
    first_by: str
    first_at: datetime | None
    second_by: str
    key: str
    attempts: int
    first_sent_at: datetime | None
    next_attempt_at: datetime | None
    transfer_id: str
    problem: str
    steps: int
    postings: int
    closed_at: datetime | None

    @property
    def place(self) -> PayoutKey:
        return (self.company_id, self.id)

    @property
    def member(self) -> MemberKey:
        return (self.company_id, self.member_id)


COLUMNS = tuple(field.name for field in fields(Payout))
CHANGEABLE = (
    "method state needs_second first_by first_at second_by attempts first_sent_at "
    "next_attempt_at transfer_id problem steps postings closed_at"
)
LOCKED = (
    f"SELECT {', '.join(f'p.{name}' for name in COLUMNS)} "  # noqa: S608 - our own names
    "FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, id) "
    "JOIN payout p USING (company_id, id) ORDER BY p.company_id, p.id FOR NO KEY UPDATE OF p"
)
CREATORS = "SELECT id FROM member WHERE company_id = %s AND role = 'creator' AND banned_at IS NULL"

# What is paid of a payment is the sum of the parts of payouts whose money has left.
PAID_NOW = """
SELECT e.company_id, e.payment_id,
  coalesce(sum(s.paid) FILTER (WHERE s.is_own), 0)::bigint AS paid,
  coalesce(jsonb_object_agg(s.member_id || ' ' || s.currency, s.paid)
    FILTER (WHERE NOT s.is_own AND s.paid <> 0), '{}') AS elsewhere
FROM (
  SELECT t.company_id, t.payment_id, o.member_id, o.currency, sum(p.amount_minor)::bigint AS paid,
    (o.member_id, o.currency) = (x.member_id, x.currency) AS is_own
  FROM touched t
  JOIN payment_effect x USING (company_id, payment_id)
  JOIN payout_part p USING (company_id, payment_id)
  JOIN payout o ON o.company_id = p.company_id AND o.id = p.payout_id
  WHERE o.state = ANY(%(booked)s)
  GROUP BY 1, 2, 3, 4, 6) s
RIGHT JOIN (touched t JOIN payment_effect e USING (company_id, payment_id))
  USING (company_id, payment_id)
GROUP BY e.company_id, e.payment_id
"""
TOUCHED = """
SELECT DISTINCT p.company_id, p.payment_id
FROM unnest(%(companies)s::text[], %(payouts)s::bigint[]) AS k (company_id, payout_id)
JOIN payout_part p USING (company_id, payout_id) WHERE p.payment_id <> ''
"""
LYING_ELSEWHERE = f"""
WITH touched AS ({TOUCHED}), wanted AS ({PAID_NOW})
SELECT {select_posted("e")}, w.paid, w.elsewhere
FROM wanted w JOIN payment_effect e USING (company_id, payment_id)
WHERE e.account <> 'payable' AND e.paid_minor <> w.paid
"""  # noqa: S608 - our own names
RESTATE = f"""
WITH touched AS ({TOUCHED}), wanted AS ({PAID_NOW})
UPDATE payment_effect e SET paid_minor = w.paid, paid_elsewhere = w.elsewhere
FROM wanted w WHERE e.company_id = w.company_id AND e.payment_id = w.payment_id
  AND (e.paid_minor, e.paid_elsewhere) IS DISTINCT FROM (w.paid, w.elsewhere)
"""  # noqa: S608 - our own names


def lock_payouts(tx: Transaction, places: Collection[PayoutKey]) -> dict[PayoutKey, Payout]:
    """Lock and load these payouts; their members must be locked before."""
    if not places:
        return {}
    found = [Payout(*row) for row in tx.rows(LOCKED, bulk.pairs(sorted(places)))]
    return {payout.place: payout for payout in found}


def creators_of(tx: Transaction, company_id: str) -> list[MemberKey]:
    """The members who decide on the company's money."""
    return [(company_id, member_id) for (member_id,) in tx.rows(CREATORS, (company_id,))]


class Changes:
    """What one transaction does to payouts: gathered first, then written in a few statements."""

    def __init__(
        self,
        now: datetime,
        members: Mapping[MemberKey, MemberState],
        deciders: Collection[MemberKey],
        charters: Mapping[str, Charter],
    ) -> None:
        """Take the locked members: those of the payouts, and the creators who are told of them."""
        self.posting = Posting(now)
        self._members = members
        self._deciders = frozenset(deciders)
        self._books = charters
        self._payouts: dict[PayoutKey, Payout] = {}
        self._steps: list[dict[str, Any]] = []
        self._moved: set[PayoutKey] = set()

    def touch(self, payout: Payout) -> None:
        """Write what was changed of a payout besides its state."""
        self._payouts[payout.place] = payout

    def step(self, payout: Payout, state: str, actor: str, note: str = "") -> None:
        """Move a payout to a state that may follow upon its present one, and its money with it."""
        if state not in FOLLOWS[payout.state]:
            raise ValueError(f"payout {payout.place}: {state} does not follow {payout.state}")
        was_booked = payout.state in BOOKED
        payout.state = state
        payout.steps += 1
        payout.problem = note if state in ("failed", "approved") else ""
        is_over = state in ("paid", "failed", "rejected")
        payout.closed_at = self.posting.now if is_over else None
        if is_over:
            payout.next_attempt_at = None
        self.touch(payout)
        self._note_step(payout, actor, note)
        if was_booked != (state in BOOKED):
            payout.postings += 1
            self.charter(payout)
        self.tell(payout)

    def made(self, payout: Payout, actor: str) -> None:
        """Note a payout that was just inserted, and move its money."""
        self._note_step(payout, actor, "")
        self.charter(payout)
        self.tell(payout)

    def charter(self, payout: Payout) -> None:
        """Move the money of a payout, from `payable` or back to it."""
        is_out = payout.state in BOOKED
        receipt = NewReceipt(
            member=payout.member,
            key=f"payout:{payout.id}:{payout.postings}",
            kind="payout",
            source_id=str(payout.id),
            reason="payout" if is_out else "payout_returned",
            xp=0,
            at=self.posting.now,
            rule_version=self._books[payout.company_id].rules.at(self.posting.now).version,
            inputs={
                "amount_minor": payout.amount_minor,
                "currency": payout.currency,
                "exponent": payout.exponent,
                "state": payout.state,
            },
        )
        leg = Leg(PAYABLE, PAID, payout.amount_minor)
        if not is_out:
            leg = Leg(PAID, PAYABLE, payout.amount_minor)
        self.posting.add(receipt)
        self.posting.move(receipt, [leg], payout.currency, payout.exponent, None)
        self._moved.add(payout.place)

    def tell(self, payout: Payout) -> None:
        """Tell the member, and the company's creators, how a payout stands."""
        data = {
            "payout_id": str(payout.id),
            "state": payout.state,
            "amount_minor": payout.amount_minor,
            "currency": payout.currency,
            "exponent": payout.exponent,
            "problem": payout.problem,
        }
        for key in self._members:
            if key == payout.member:
                self.posting.changes[key].tell("payout_changed", **data, mine=True)
            elif key[0] == payout.company_id and key in self._deciders:
                self.posting.changes[key].tell("payout_changed", **data, mine=False)

    def write(self, tx: Transaction) -> None:
        """Write all of it, in a number of statements that does not depend on how much it is."""
        rows = [
            {name: getattr(payout, name) for name in ("company_id", "id", *CHANGEABLE.split())}
            for payout in self._payouts.values()
        ]
        bulk.update(tx, "payout", rows, key="company_id id", columns=CHANGEABLE)
        bulk.insert(tx, "payout_step", self._steps)
        self._restate(tx)
        self.posting.write_books(tx)
        drafts = {key: self.posting.changes[key].notices for key in self._members}
        announce(tx, self._members, drafts, self.posting.now)
        store_members(tx, list(self._members.values()))

    def _note_step(self, payout: Payout, actor: str, note: str) -> None:
        self._steps.append(
            {
                "company_id": payout.company_id,
                "payout_id": payout.id,
                "number": payout.steps,
                "state": payout.state,
                "at": self.posting.now,
                "actor": actor,
                "note": note,
            }
        )

    def _restate(self, tx: Transaction) -> None:
        """Say anew how much of each payment is paid; what lies outside `payable` moves with it."""
        if not self._moved:
            return
        companies, payouts = bulk.pairs(sorted(self._moved))
        values = {"companies": companies, "payouts": payouts, "booked": sorted(BOOKED)}
        for *row, paid, elsewhere in tx.rows(LYING_ELSEWHERE, values):
            company, _, posted = posted_from_row(tuple(row))
            post_paid(self.posting, company, posted, paid, elsewhere)
        tx.put(RESTATE, values)
