"""Money that is on its way: how much of a member's pending commission is released on which day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from game.rules.calendar_windows import DEFAULT_ZONE
from game.services.ledger.money_reads import CurrencyBalance, read_balances
from game.services.rulesets.charter import load_charter
from models.session import Transaction

DAYS_SHOWN = 10
"""Of each currency the nearest days; what is later is in the pending sum all the same."""
# What waits was paid within the longest hold of the company: that keeps the index range short.
COMING = """
SELECT currency, due_on, left_minor FROM (
  SELECT currency, due_on, sum(kept_minor - paid_minor)::bigint AS left_minor,
    row_number() OVER (PARTITION BY currency ORDER BY due_on) AS place
  FROM (
    SELECT currency, kept_minor, paid_minor, (due_at AT TIME ZONE coalesce((
      SELECT value FROM company_fact
      WHERE company_id = %(company)s AND kind = 'time_zone' ORDER BY at DESC LIMIT 1
    ), %(zone)s))::date AS due_on
    FROM payment_effect
    WHERE company_id = %(company)s AND member_id = %(member)s AND account = 'pending'
      AND kept_minor > paid_minor AND at >= %(since)s AND due_at > %(now)s
  ) waiting GROUP BY currency, due_on
) days WHERE place <= %(days)s ORDER BY currency, due_on
"""


@dataclass(frozen=True, slots=True)
class Coming:
    """`amount_minor` becomes payable on a day of the company's calendar."""

    due_on: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class BalanceAhead:
    """A balance, and when its pending part is released."""

    balance: CurrencyBalance
    coming: Sequence[Coming]


def read_balances_ahead(
    tx: Transaction, company_id: str, member_id: int, now: datetime
) -> list[BalanceAhead]:
    """The member's balances by currency with what is coming, in three queries."""
    coming: dict[str, list[Coming]] = {}
    for currency, due_on, amount in _read(tx, company_id, member_id, now):
        coming.setdefault(currency, []).append(Coming(due_on, amount))
    balances = read_balances(tx, company_id, member_id)
    return [BalanceAhead(one, coming.get(one.currency, ())) for one in balances]


def _read(
    tx: Transaction, company_id: str, member_id: int, now: datetime
) -> list[tuple[str, date, int]]:
    longest = max(rules.hold for rules in load_charter(tx, company_id).rules.all())
    values = {
        "company": company_id,
        "member": member_id,
        "zone": DEFAULT_ZONE,
        "since": now - longest,
        "now": now,
        "days": DAYS_SHOWN,
    }
    return [(currency, due_on, amount) for currency, due_on, amount in tx.rows(COMING, values)]
