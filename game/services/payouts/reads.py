"""Payouts as members and creators see them, and what a company owes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from game.services.ledger.money_reads import Money
from game.services.payouts.limits import second_above_usd_cents
from game.services.payouts.requesting import wanted_of
from game.services.platform.keyset import Key, Page, cut
from game.services.rulesets.charter import load_charter
from models.session import Row, Transaction

NEWEST = 2**63 - 1
ANY_STATE = ""

LIST = """
SELECT p.id, p.member_id, m.username, m.whop_user_id, p.amount_minor, p.currency, p.exponent,
  p.usd_cents, p.method, p.state, p.requested_at, p.requested_by = m.whop_user_id,
  p.needs_second, p.first_by, p.second_by, p.problem, p.closed_at, p.transfer_id,
  (p.state = 'approved' AND p.first_sent_at IS NULL)
FROM payout p JOIN member m ON m.company_id = p.company_id AND m.id = p.member_id
WHERE p.company_id = %(company)s AND p.id < %(before)s
  AND (%(member)s::bigint IS NULL OR p.member_id = %(member)s)
  AND (%(state)s = '' OR p.state = %(state)s)
ORDER BY p.id DESC LIMIT %(rows)s
"""
STEPS = """
SELECT payout_id, state, at, actor, note FROM payout_step
WHERE company_id = %s AND payout_id = ANY(%s) ORDER BY payout_id, number
"""
OWED = """
SELECT b.currency, max(b.exponent), sum(b.pending_minor)::bigint, sum(b.held_minor)::bigint,
  sum(greatest(b.payable_minor, 0))::bigint, sum(greatest(-b.payable_minor, 0))::bigint,
  sum(b.paid_minor)::bigint, coalesce(max(w.on_its_way), 0)::bigint, count(*)
FROM balance b LEFT JOIN (
  SELECT currency, sum(amount_minor)::bigint AS on_its_way FROM payout
  WHERE company_id = %(company)s AND state IN ('requested', 'approved', 'sending')
  GROUP BY currency) w USING (currency)
WHERE b.company_id = %(company)s GROUP BY b.currency ORDER BY b.currency
"""
WAITING = """
SELECT count(*) FILTER (WHERE state = 'requested'),
  count(*) FILTER (WHERE state = 'approved' AND method = 'manual'),
  count(*) FILTER (WHERE problem <> '')
FROM payout WHERE company_id = %s AND state IN ('requested', 'approved', 'sending')
"""
ON_THEIR_WAY = """
SELECT currency, sum(amount_minor)::bigint FROM payout
WHERE company_id = %s AND member_id = %s AND state IN ('requested', 'approved', 'sending')
GROUP BY currency
"""


@dataclass(frozen=True, slots=True)
class StepView:
    """One state a payout took. `actor` is a Whop user id, `whop` or `legends`."""

    state: str
    at: datetime
    actor: str
    note: str


@dataclass(frozen=True, slots=True)
class PayoutView:
    """A payout. `can_be_taken_back`: nobody has asked Whop to pay it yet."""

    id: int
    member_id: int
    username: str
    whop_user_id: str
    amount: Money
    usd_cents: int
    method: str
    state: str
    requested_at: datetime
    is_members_wish: bool
    needs_second: bool
    first_by: str
    second_by: str
    problem: str
    closed_at: datetime | None
    transfer_id: str
    can_be_taken_back: bool
    steps: Sequence[StepView]


@dataclass(frozen=True, slots=True)
class Owed:
    """What a company owes in one currency. `debt` is what members have to earn back first."""

    pending: Money
    held: Money
    payable: Money
    debt: Money
    on_its_way: Money
    paid: Money
    members: int


@dataclass(frozen=True, slots=True)
class Ready:
    """What a batch would pay now in one currency, and what is below the minimum."""

    amount: Money
    payouts: int
    too_small: int


@dataclass(frozen=True, slots=True)
class PayoutOverview:
    """The creator's picture: what is owed, what a batch would pay, what waits for somebody."""

    owed: Sequence[Owed]
    ready: Sequence[Ready]
    to_decide: int
    to_pay_by_hand: int
    with_problem: int
    minimum_usd_cents: int
    second_above_usd_cents: int


def read_payouts(  # noqa: PLR0913, PLR0917 - whose, which, and the page
    tx: Transaction,
    company_id: str,
    member_id: int | None,
    state: str,
    after: Key | None,
    limit: int,
) -> Page[PayoutView]:
    """Payouts, newest first, in two queries; `member_id` None = of the whole company."""
    rows = tx.rows(
        LIST,
        {
            "company": company_id,
            "member": member_id,
            "state": state,
            "before": after[0] if after else NEWEST,
            "rows": limit + 1,
        },
    )
    return cut(_with_steps(tx, company_id, rows), limit, lambda one: (one.id,))


def read_some(tx: Transaction, company_id: str, ids: Sequence[int]) -> list[PayoutView]:
    """These payouts, newest first."""
    wanted = set(ids)
    values = {"company": company_id, "member": None, "state": "", "before": NEWEST}
    listed = LIST.replace("p.id < %(before)s", "p.id = ANY(%(ids)s)")
    rows = tx.rows(listed, values | {"ids": sorted(wanted), "rows": len(wanted)})
    return _with_steps(tx, company_id, rows)


def _with_steps(tx: Transaction, company_id: str, rows: Sequence[Row]) -> list[PayoutView]:
    steps: dict[int, list[StepView]] = defaultdict(list)
    if rows:
        for payout_id, *step in tx.rows(STEPS, (company_id, [row[0] for row in rows])):
            steps[payout_id].append(StepView(*step))
    return [_view(row, steps[row[0]]) for row in rows]


def _view(row: Row, steps: Sequence[StepView]) -> PayoutView:
    (
        payout_id, member_id, username, user_id, amount, currency, exponent, usd_cents, method,
        state, requested_at, is_members_wish, needs_second, first_by, second_by, problem,
        closed_at, transfer_id, can_be_taken_back,
    ) = row  # fmt: skip
    return PayoutView(
        id=payout_id,
        member_id=member_id,
        username=username,
        whop_user_id=user_id,
        amount=Money(amount, currency, exponent),
        usd_cents=usd_cents,
        method=method,
        state=state,
        requested_at=requested_at,
        is_members_wish=is_members_wish,
        needs_second=needs_second,
        first_by=first_by,
        second_by=second_by,
        problem=problem,
        closed_at=closed_at,
        transfer_id=transfer_id,
        can_be_taken_back=can_be_taken_back,
        steps=steps,
    )


def read_overview(tx: Transaction, company_id: str, now: datetime) -> PayoutOverview:
    """The company's payouts as a whole, in six queries."""
    minimum = load_charter(tx, company_id).rules.at(now).commission.min_payout_usd_cents
    owed = []
    for currency, exponent, pending, held, payable, debt, paid, under_way, members in tx.rows(
        OWED, {"company": company_id}
    ):
        owed.append(
            Owed(
                pending=Money(pending, currency, exponent),
                held=Money(held, currency, exponent),
                payable=Money(payable, currency, exponent),
                debt=Money(debt, currency, exponent),
                on_its_way=Money(under_way, currency, exponent),
                paid=Money(paid - under_way, currency, exponent),
                members=members,
            )
        )
    [(to_decide, by_hand, troubled)] = tx.rows(WAITING, (company_id,))
    return PayoutOverview(
        owed,
        _ready(tx, company_id, minimum),
        to_decide,
        by_hand,
        troubled,
        minimum,
        second_above_usd_cents(tx, company_id),
    )


def _ready(tx: Transaction, company_id: str, minimum: int) -> list[Ready]:
    sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in wanted_of(tx, company_id, None):
        counts = sums[one.currency, one.exponent]
        if one.draft.usd_cents >= minimum:
            counts[0] += one.draft.amount_minor
            counts[1] += 1
        else:
            counts[2] += 1
    return [
        Ready(Money(amount, currency, exponent), payouts, too_small)
        for (currency, exponent), (amount, payouts, too_small) in sorted(sums.items())
    ]


@dataclass(frozen=True, slots=True)
class OwnOutlook:
    """What a member can ask for in one currency, and what is on its way to them."""

    worth_usd_cents: int
    minimum_usd_cents: int
    on_its_way_minor: int

    @property
    def can_be_paid(self) -> bool:
        return self.worth_usd_cents >= self.minimum_usd_cents


def read_own_outlook(
    tx: Transaction, company_id: str, member_id: int, now: datetime
) -> defaultdict[str, OwnOutlook]:
    """Of each currency, in four queries; what a member does not have is worth less than nothing."""
    minimum = load_charter(tx, company_id).rules.at(now).commission.min_payout_usd_cents
    under_way: dict[str, int] = dict(tx.rows(ON_THEIR_WAY, (company_id, member_id)))
    worth = {one.currency: one.draft.usd_cents for one in wanted_of(tx, company_id, [member_id])}
    found: defaultdict[str, OwnOutlook] = defaultdict(lambda: OwnOutlook(-1, minimum, 0))
    for currency in under_way.keys() | worth.keys():
        on_its_way = under_way.get(currency, 0)
        found[currency] = OwnOutlook(worth.get(currency, -1), minimum, on_its_way)
    return found
