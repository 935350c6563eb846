"""A member's receipts: each posting with its XP, its money, why, and from what it was computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from game.rules.ruleset import Rules
from game.services.ledger.money_reads import Money
from game.services.ledger.receipt_sums import with_rates
from game.services.platform.keyset import Key, Page, cut
from game.services.rulesets import wording
from game.services.rulesets.charter import load_charter
from models.session import Row, Transaction

PAGE = (
    "WITH page AS MATERIALIZED ("
    "  SELECT * FROM receipt WHERE company_id = %(company)s AND member_id = %(member)s "
    "    AND seq < %(before)s ORDER BY seq DESC LIMIT %(rows)s) "
    "SELECT p.seq, p.at, p.posted_at, p.kind, p.xp, p.reason, p.source_id, p.rule_version, "
    "  p.inputs, q.template, m.kept_minor, m.currency, b.exponent "
    "FROM page p "
    "LEFT JOIN LATERAL ("
    "  SELECT min(v.currency) AS currency, sum(CASE WHEN v.debit = 'expense' THEN v.amount_minor "
    "    WHEN v.credit = 'expense' THEN -v.amount_minor ELSE 0 END)::bigint AS kept_minor "
    "  FROM movement v WHERE v.company_id = p.company_id AND v.member_id = p.member_id "
    "    AND v.key = p.key HAVING count(*) > 0) m ON true "
    "LEFT JOIN balance b ON b.company_id = p.company_id AND b.member_id = p.member_id "
    "  AND b.currency = m.currency "
    "LEFT JOIN quest q ON p.kind = 'quest' AND q.company_id = p.company_id "
    "  AND q.id = CASE WHEN p.kind = 'quest' THEN p.source_id::bigint END "
    "ORDER BY p.seq DESC"
)
NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """One posting. `xp` and `commission` are signed; None = no money moved.

    `at` is the fact's own moment, `posted_at` when it was booked: the list goes by the latter.
    `commission` is the change of what is left to the member: zero where money only changed
    accounts (a hold that is over). `character_class` None = novice, or not a payment.
    """

    id: int
    at: datetime
    posted_at: datetime
    kind: str
    xp: int
    commission: Money | None
    reason: str
    title: str
    payment_id: str | None
    character_class: str | None
    rule_version: int
    multiplier_bp: int | None
    inputs: Mapping[str, Any]


def read_receipts(
    tx: Transaction, company_id: str, member_id: int, after: Key | None, limit: int
) -> Page[ReceiptView]:
    """The member's receipts, newest posting first, in four queries."""
    rows = tx.rows(
        PAGE,
        {
            "company": company_id,
            "member": member_id,
            "before": after[0] if after else NEWEST,
            "rows": limit + 1,
        },
    )
    rules = load_charter(tx, company_id).rules
    return cut([_view(row, rules) for row in rows], limit, lambda receipt: (receipt.id,))


def _view(row: Row, rules: Rules) -> ReceiptView:
    seq, at, posted_at, kind, xp, reason, source, version, inputs = row[:9]
    template, kept, currency, exponent = row[9:]
    of_payment = kind == "payment"
    played = inputs.get("class") if of_payment else None
    return ReceiptView(
        id=seq,
        at=at,
        posted_at=posted_at,
        kind=kind,
        xp=xp,
        commission=Money(kept, currency, exponent) if currency is not None else None,
        reason=reason,
        title=wording.receipt_title(kind, reason, source, template, rules),
        payment_id=source if of_payment else None,
        character_class=None if played == rules.all()[-1].start_class else played,
        rule_version=version,
        multiplier_bp=inputs.get("multiplier_bp"),
        inputs=with_rates(inputs, version, rules) if of_payment else inputs,
    )
