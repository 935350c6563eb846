"""Payouts: what of a balance may be paid, who has to agree, and how a payout goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from game.rules.money import half_even
from game.rules.refusals import Refusal

State = Literal["requested", "approved", "sending", "paid", "failed", "rejected"]
Method = Literal["whop", "manual"]

FOLLOWS: Mapping[str, frozenset[str]] = {
    "requested": frozenset({"approved", "rejected"}),
    "approved": frozenset({"sending", "paid", "rejected"}),
    "sending": frozenset({"approved", "paid", "failed"}),
    "paid": frozenset({"failed"}),
    "failed": frozenset({"paid"}),
    "rejected": frozenset(),
}
"""What may come after a state. Of a transfer Whop has the last word, also after the first one."""

BOOKED = frozenset({"requested", "approved", "sending", "paid"})
"""States in which the money has left `payable`; in all others it lies there again."""
UNDECIDED = ("requested", "approved", "sending")

EARLIER = ""
"""Instead of a payment: what is owed for payments that earn this member nothing any more."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a payment's commission has in `payable`: kept less paid out, below zero for a debt.

    `usd_kept_cents` values all that is kept, `usd_value_cents` the full `commission_minor`.
    """

    payment_id: str
    kept_minor: int
    paid_minor: int
    commission_minor: int
    usd_kept_cents: int
    usd_value_cents: int

    @property
    def minor(self) -> int:
        return self.kept_minor - self.paid_minor

    @property
    def usd_cents(self) -> int:
        """What is left in US cents: the kept part's value less the paid part's."""
        if not self.paid_minor or not self.commission_minor:
            return self.usd_kept_cents
        paid = half_even(self.paid_minor * self.usd_value_cents, self.commission_minor)
        return self.usd_kept_cents - paid


@dataclass(frozen=True, slots=True)
class Draft:
    """A payout of a whole balance. `parts`: (payment id, amount), which add up to the amount."""

    amount_minor: int
    usd_cents: int
    parts: tuple[tuple[str, int], ...]


def draft(payable_minor: int, lefts: Sequence[Left]) -> Draft | None:
    """Put a payout of everything payable together; None where nothing is.

    Debts are filled first: they are parts below zero. What the balance differs from its payments
    by is a debt of payments that were credited to somebody else since.
    """
    if payable_minor <= 0:
        return None
    parts = [(left.payment_id, left.minor) for left in lefts if left.minor]
    known = sum(amount for _, amount in parts)
    usd_cents = sum(left.usd_cents for left in lefts)
    if known != payable_minor:
        parts.append((EARLIER, payable_minor - known))
        if known > 0:
            usd_cents = half_even(usd_cents * payable_minor, known)
    return Draft(payable_minor, max(usd_cents, 0), tuple(parts))


def needs_second(usd_cents: int, limit_usd_cents: int, *, pays_requester: bool) -> bool:
    """Say whether two people have to agree: to a large amount, or to paying one of the two.

    An amount whose worth nobody knows counts as large.
    """
    return pays_requester or usd_cents > limit_usd_cents or usd_cents == 0


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who agreed first, and when."""

    by: str
    at: datetime


def agree(
    first: Agreement | None, by: str, signed_in_at: datetime, *, two: bool, is_alone: bool
) -> Literal["first", "last"]:
    """Say whether this agreement is the last one needed.

    Refuses `second_person_needed`: the first to agree cannot be the second, unless nobody else is
    a creator; and `fresh_sign_in_needed`: who is alone agrees again after signing in anew.
    """
    if not two:
        return "last"
    if first is None:
        return "first"
    if first.by != by:
        return "last"
    if not is_alone:
        raise Refusal("second_person_needed", "Another creator has to agree to this payout.")
    if signed_in_at <= first.at:
        raise Refusal("fresh_sign_in_needed", "Sign in again, then confirm this payout.")
    return "last"


def told_state(status: str) -> State | None:
    """Read what a transfer's status makes of its payout; None = nothing is decided yet."""
    found: Mapping[str, State] = {"succeeded": "paid", "failed": "failed"}
    return found.get(status)


def check_move(state: str, wanted: State) -> None:
    """Refuse `payout_state` (details: state) where the one does not follow upon the other."""
    if wanted not in FOLLOWS[state]:
        raise Refusal("payout_state", f"This payout is {state}.", {"state": state})
