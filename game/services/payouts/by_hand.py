"""Payouts as a table for those who pay by hand: one line a payout."""

from __future__ import annotations

from collections.abc import Iterable

from game.rules.money import in_major
from game.services.payouts.reads import PayoutView
from game.services.platform import tables

HEAD = (
    "payout_id", "state", "username", "whop_user_id", "amount", "currency", "usd_worth",
    "method", "requested_at", "problem",
)  # fmt: skip
CENTS = 2


def as_csv(payouts: Iterable[PayoutView]) -> str:
    """The payouts as CSV."""
    return tables.as_csv(
        HEAD,
        (
            (
                str(one.id),
                one.state,
                one.username,
                one.whop_user_id,
                in_major(one.amount.amount_minor, one.amount.exponent),
                one.amount.currency,
                in_major(one.usd_cents, CENTS),
                one.method,
                one.requested_at.isoformat(timespec="seconds"),
                one.problem,
            )
            for one in payouts
        ),
    )
