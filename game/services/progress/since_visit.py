"""What came of a member's links since they were last here: a read of the newest of their books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from game.services.ledger.money_reads import Money
from game.services.rulesets.charter import load_charter
from models.session import Transaction

NEWEST_RECEIPTS = 2_000
"""How far back the books are read; who stayed away for longer than that fills is told of these."""
DAY = timedelta(days=1)

# A visit is noted once a local day, at its first moment. Of today's the one before counts.
LAST_VISIT = """
SELECT at FROM member_fact
WHERE company_id = %(company)s AND member_id = %(member)s AND kind = 'visit' AND key < %(today)s
ORDER BY key DESC LIMIT 1
"""

# A click's key begins with its day, which leads to the few that can be newer.
CLICKS = """
SELECT count(*) FROM member_fact
WHERE company_id = %(company)s AND member_id = %(member)s AND kind = 'click'
  AND key >= %(from_day)s AND at > %(since)s
"""

EARNED = """
WITH newest AS (
  SELECT member_id, key, kind, xp, inputs FROM (
    SELECT member_id, key, kind, xp, inputs, posted_at FROM receipt
    WHERE company_id = %(company)s AND member_id = %(member)s
    ORDER BY seq DESC LIMIT %(most)s) AS r
  WHERE posted_at > %(since)s),
money AS (
  SELECT m.currency, sum(CASE WHEN debit = 'expense' THEN amount_minor
                              WHEN credit = 'expense' THEN -amount_minor ELSE 0 END) AS amount
  FROM newest n JOIN movement m ON m.company_id = %(company)s AND m.member_id = n.member_id
    AND m.key = n.key GROUP BY 1)
SELECT (SELECT coalesce(sum(xp), 0)::bigint FROM newest),
  (SELECT count(*) FROM newest WHERE kind = 'payment' AND (inputs ->> 'completes')::boolean),
  m.currency, m.amount::bigint, b.exponent
FROM (SELECT) AS one LEFT JOIN money m ON m.amount <> 0
LEFT JOIN balance b ON b.company_id = %(company)s AND b.member_id = %(member)s
  AND b.currency = m.currency
ORDER BY m.currency
"""

USUAL = """
SELECT base_minor, currency, exponent FROM payment_effect
WHERE company_id = %s AND member_id = %s AND kind = 'conversion' AND base_minor > 0
ORDER BY at DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class SinceVisit:
    """News of the time since the visit before this one; `since` None = this is the first.

    `usual_sale`: what the member's newest buyer paid, to look ahead with; None = nobody yet.
    """

    since: datetime | None
    clicks: int
    sales: int
    xp: int
    commission: list[Money]
    usual_sale: Money | None


def read_since_visit(tx: Transaction, company_id: str, member_id: int, now: datetime) -> SinceVisit:
    """What happened since the member's last visit of an earlier local day. Five queries."""
    today = load_charter(tx, company_id).zones.day(now)
    asked: dict[str, object] = {
        "company": company_id,
        "member": member_id,
        "today": str(today),
        "most": NEWEST_RECEIPTS,
    }
    usual = tx.rows(USUAL, (company_id, member_id))
    sale = Money(*usual[0]) if usual else None
    visits = tx.rows(LAST_VISIT, asked)
    if not visits:
        return SinceVisit(None, 0, 0, 0, [], sale)
    [(before,)] = visits
    asked |= {"since": before, "from_day": str((before - DAY).date())}
    [(clicks,)] = tx.rows(CLICKS, asked)
    earned = tx.rows(EARNED, asked)
    money = [
        Money(amount, currency, exponent) for *_, currency, amount, exponent in earned if currency
    ]
    return SinceVisit(before, clicks, earned[0][1], earned[0][0], money, sale)
