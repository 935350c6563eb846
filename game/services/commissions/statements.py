"""Monthly statements: what a member had, earned, lost and was paid, and what a company owes.

A month is one of UTC, and what counts is when a movement was booked: a statement of a month that is
over never changes. Everything is a sum of movements, so opening + flows = closing, and the closing
of the running month is the balance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from game.rules.money import in_major
from game.rules.refusals import Refusal
from game.services.ledger.money_reads import Money
from game.services.platform import tables
from game.services.rulesets import wording
from game.services.rulesets.charter import load_charter
from models.session import Transaction

ACCOUNTS = ("pending", "held", "payable", "paid")
MOST_LINES = 50_000
DECEMBER = 12
AGES = ((30, "to 30 days"), (60, "31 to 60 days"), (90, "61 to 90 days"), (None, "over 90 days"))

SUMS = """
SELECT m.currency, b.exponent, m.posted_at < %(start)s AS before, m.debit, m.credit,
  sum(m.amount_minor)::bigint
FROM movement m JOIN balance b USING (company_id, member_id, currency)
WHERE m.company_id = %(company)s
  AND (%(member)s::bigint IS NULL OR m.member_id = %(member)s) AND m.posted_at < %(end)s
GROUP BY 1, 2, 3, 4, 5
"""
LINES = """
SELECT r.posted_at, r.at, r.kind, r.reason, r.source_id, m.payment_id, m.debit, m.credit,
  m.amount_minor, m.currency, b.exponent, r.rule_version
FROM movement m
JOIN receipt r USING (company_id, member_id, key)
JOIN balance b USING (company_id, member_id, currency)
WHERE m.company_id = %(company)s AND m.member_id = %(member)s
  AND m.posted_at >= %(start)s AND m.posted_at < %(end)s
ORDER BY r.seq, m.leg LIMIT %(most)s
"""
OWED_BY_AGE = """
SELECT e.currency, max(e.exponent),
  width_bucket(extract(epoch FROM %(now)s - e.at) / 86400, ARRAY[31, 61, 91]::float8[]) AS age,
  sum(e.kept_minor - e.paid_minor)::bigint
FROM payment_effect e
WHERE e.company_id = %(company)s AND e.kept_minor > e.paid_minor
GROUP BY 1, 3 ORDER BY 1, 3
"""
HEAD = (
    "booked_at", "happened_at", "what", "payment_id", "from", "to", "amount", "currency",
    "rule_version",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Month:
    """A month of UTC, `[start, end)`."""

    name: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class StatementPart:
    """One currency of a statement. opening + earned - taken_back + prizes = closing, in all.

    `paid_out` less `returned` is what left `payable` for `paid`.
    """

    currency: str
    exponent: int
    opening: Mapping[str, int]
    closing: Mapping[str, int]
    earned_minor: int
    taken_back_minor: int
    prizes_minor: int
    paid_out_minor: int
    returned_minor: int


@dataclass(frozen=True, slots=True)
class Age:
    """What is owed of commissions of one age, in one currency."""

    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """A month of a member, or of a company: then with what it owes today, by age."""

    month: str
    parts: Sequence[StatementPart]
    owed_by_age: Sequence[Age] = ()


def month_of(name: str, now: datetime) -> Month:
    """The month named `2026-11`, or the running one (''). Refuses `no_such_month`."""
    try:
        start = datetime.strptime(name, "%Y-%m").replace(tzinfo=UTC) if name else None
    except ValueError:
        start = None
    if name and (start is None or start > now or len(name) != len("2026-11")):
        raise Refusal("no_such_month", "Name a month that has begun, such as 2026-11.")
    start = start or now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (
        start.replace(year=start.year + 1, month=1)
        if start.month == DECEMBER
        else start.replace(month=start.month + 1)
    )
    return Month(f"{start:%Y-%m}", start, following)


def read_statement(
    tx: Transaction, company_id: str, member_id: int | None, month: Month
) -> Statement:
    """The month of a member (None = of everybody in the company together), in one query."""
    values = {
        "company": company_id,
        "member": member_id,
        "start": month.start,
        "end": month.end,
    }
    gathered: dict[tuple[str, int], list[tuple[bool, str, str, int]]] = defaultdict(list)
    for currency, exponent, *moved in tx.rows(SUMS, values):
        gathered[currency, exponent].append(tuple(moved))
    return Statement(month.name, [_part(*key, moved) for key, moved in sorted(gathered.items())])


def read_company_statement(
    tx: Transaction, company_id: str, month: Month, now: datetime
) -> Statement:
    """The month of the company, and what it owes today by the age of the sale, in two queries."""
    whole = read_statement(tx, company_id, None, month)
    ages = [
        Age(AGES[age][1], Money(amount, currency, exponent))
        for currency, exponent, age, amount in tx.rows(
            OWED_BY_AGE, {"company": company_id, "now": now}
        )
    ]
    return Statement(whole.month, whole.parts, ages)


def statement_table(tx: Transaction, company_id: str, member_id: int, month: Month) -> str:
    """Every movement of a member's month as CSV, oldest first, up to 50,000."""
    rules = load_charter(tx, company_id).rules
    rows = tx.rows(
        LINES,
        {
            "company": company_id,
            "member": member_id,
            "start": month.start,
            "end": month.end,
            "most": MOST_LINES,
        },
    )
    return tables.as_csv(
        HEAD,
        (
            (
                posted_at.astimezone(UTC).isoformat(timespec="seconds"),
                at.astimezone(UTC).isoformat(timespec="seconds"),
                wording.receipt_title(kind, reason, source, None, rules),
                payment_id or "",
                debit,
                credit,
                in_major(amount, exponent),
                currency,
                str(version),
            )
            for posted_at, at, kind, reason, source, payment_id, debit, credit, amount,
            currency, exponent, version in rows
        ),
    )  # fmt: skip


def _part(
    currency: str, exponent: int, moved: Sequence[tuple[bool, str, str, int]]
) -> StatementPart:
    opening, closing = dict.fromkeys(ACCOUNTS, 0), dict.fromkeys(ACCOUNTS, 0)
    flows: dict[tuple[str, str], int] = defaultdict(int)
    for is_before, debit, credit, amount in moved:
        for sums in (opening, closing) if is_before else (closing,):
            if debit in sums:
                sums[debit] -= amount
            if credit in sums:
                sums[credit] += amount
        if not is_before:
            flows[debit, credit] += amount
    return StatementPart(
        currency=currency,
        exponent=exponent,
        opening=opening,
        closing=closing,
        earned_minor=sum(n for (debit, _), n in flows.items() if debit == "expense"),
        taken_back_minor=sum(n for (_, credit), n in flows.items() if credit == "expense"),
        prizes_minor=sum(n for (debit, _), n in flows.items() if debit == "pool")
        - sum(n for (_, credit), n in flows.items() if credit == "pool"),
        paid_out_minor=flows["payable", "paid"],
        returned_minor=flows["paid", "payable"],
    )
