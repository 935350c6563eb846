"""Payouts are made: a member asks for their balance, or a creator pays everybody who can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID, uuid5

from game.rules.payouts import Draft, Left, Method, draft, needs_second
from game.rules.refusals import Refusal
from game.services.inbox.turns import take_turn
from game.services.ledger.posting import MemberKey
from game.services.members.store import lock_members
from game.services.payouts.audit import note
from game.services.payouts.limits import second_above_usd_cents
from game.services.payouts.sending import can_send, wanted
from game.services.payouts.store import Changes, Payout, creators_of
from game.services.platform import bulk
from game.services.rulesets.charter import load_charters
from models.session import WORKER, Transaction, transaction

TURN_MS = 5_000
"""How long somebody who waits for the answer waits for the company's turn and a member's lock."""
MOST_AT_ONCE = 500
"""Balances a batch pays: a transaction of about a second. What is left is paid by the next one."""
BALANCES_A_STEP = 1_000
"""Balances looked at together, so that a large company's do not lie in memory all at once."""
KEYS = UUID("6f1e7a52-1d0c-4f59-9a51-6d1c6d0c8b11")

BALANCES = """
SELECT b.member_id, b.currency, b.exponent, b.payable_minor FROM balance b
WHERE b.company_id = %(company)s AND b.payable_minor > 0
  AND (%(members)s::bigint[] IS NULL OR b.member_id = ANY(%(members)s::bigint[]))
  AND (%(currency)s = '' OR b.currency = %(currency)s)
  AND (b.member_id, b.currency) > (%(after)s, %(after_currency)s)
ORDER BY b.member_id, b.currency LIMIT %(most)s
"""
LEFTS = """
SELECT e.member_id, e.currency, e.payment_id, e.kept_minor, e.paid_minor, e.commission_minor,
  e.usd_kept_cents, e.usd_value_cents
FROM payment_effect e
WHERE e.company_id = %(company)s AND e.member_id = ANY(%(members)s)
  AND e.kept_minor <> e.paid_minor AND (e.account = 'payable' OR e.kept_minor < e.paid_minor)
ORDER BY e.at, e.payment_id
"""
NEW = (
    "company_id", "member_id", "currency", "exponent", "amount_minor", "usd_cents", "method",
    "state", "requested_by", "needs_second", "first_by", "first_at", "key", "next_attempt_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """A balance that may become a payout."""

    member_id: int
    currency: str
    exponent: int
    draft: Draft


@dataclass(frozen=True, slots=True)
class Made:
    """The payouts that were made, by id; at least `left` more balances reach the minimum."""

    ids: Sequence[int]
    left: int = 0


def request_mine(
    company_id: str, member_id: int, user_id: str, currency: str, now: datetime
) -> Made:
    """Ask for everything payable in `currency`, or in each one that reaches the minimum ('').

    Refuses `nothing_payable`, `below_minimum` (details: worth and minimum in US cents).
    """
    with transaction(WORKER, company_id, lock_ms=TURN_MS) as tx:
        take_turn(tx, company_id)
        minimum = _minimum(tx, company_id, now)
        found = list(wanted_of(tx, company_id, [member_id], currency))
        if not found:
            raise Refusal("nothing_payable", "Nothing is ready to be paid out.")
        enough = [one for one in found if one.draft.usd_cents >= minimum]
        if not enough:
            details = {
                "worth_usd_cents": max(one.draft.usd_cents for one in found),
                "minimum_usd_cents": minimum,
            }
            raise Refusal("below_minimum", "This is less than the smallest payout.", details)
        return Made(_make(tx, company_id, enough, _default_method(), user_id, None, now))


def request_batch(  # noqa: PLR0913, PLR0917 - whose, in what, how, by whom
    company_id: str,
    members: Collection[int] | None,
    currency: str,
    method: Method | None,
    actor: MemberKey,
    user_id: str,
    now: datetime,
) -> Made:
    """Pay every balance that reaches the minimum, of all members or of `members`, up to 500.

    Who makes the batch has agreed to it. Refuses `nothing_payable`.
    """
    with transaction(WORKER, company_id, lock_ms=TURN_MS) as tx:
        take_turn(tx, company_id)
        minimum = _minimum(tx, company_id, now)
        ready = (
            one
            for one in wanted_of(tx, company_id, members, currency)
            if one.draft.usd_cents >= minimum
        )
        enough = list(islice(ready, MOST_AT_ONCE + 1))
        if not enough:
            raise Refusal("nothing_payable", "No balance is ready to be paid out.")
        chosen = enough[:MOST_AT_ONCE]
        ids = _make(tx, company_id, chosen, method or _default_method(), user_id, actor, now)
        note(tx, company_id, user_id, "payouts.batch", "", {"payouts": len(ids)}, now)
        return Made(ids, len(enough) - len(chosen))


def _minimum(tx: Transaction, company_id: str, now: datetime) -> int:
    return load_charters(tx, [company_id])[company_id].rules.at(now).commission.min_payout_usd_cents


def _default_method() -> Method:
    """By hand where there is no key to pay through Whop with."""
    return "whop" if can_send() else "manual"


def wanted_of(
    tx: Transaction, company_id: str, members: Collection[int] | None, currency: str = ""
) -> Iterator[Wanted]:
    """Every balance with something payable (None = of all members), two queries a thousand."""
    values = {
        "company": company_id,
        "members": None if members is None else list(members),
        "currency": currency,
        "after": 0,
        "after_currency": "",
        "most": BALANCES_A_STEP,
    }
    while balances := tx.rows(BALANCES, values):
        lefts: dict[tuple[int, str], list[Left]] = defaultdict(list)
        of_members = sorted({row[0] for row in balances})
        for row in tx.rows(LEFTS, {"company": company_id, "members": of_members}):
            lefts[row[0], row[1]].append(Left(*row[2:]))
        for member_id, its_currency, exponent, payable in balances:
            drafted = draft(payable, lefts[member_id, its_currency])
            if drafted is not None:
                yield Wanted(member_id, its_currency, exponent, drafted)
        if len(balances) < BALANCES_A_STEP:
            return
        values |= {"after": balances[-1][0], "after_currency": balances[-1][1]}


def _make(  # noqa: PLR0913, PLR0917 - what is made, how, by whom
    tx: Transaction,
    company_id: str,
    chosen: Sequence[Wanted],
    method: Method,
    user_id: str,
    agreed: MemberKey | None,
    now: datetime,
) -> list[int]:
    """Insert the payouts and move their money. `agreed` is the creator whose batch it is."""
    creators = creators_of(tx, company_id)
    payees = {(company_id, one.member_id) for one in chosen}
    members = lock_members(tx, payees | set(creators))
    limit = second_above_usd_cents(tx, company_id)
    made = [_new(one, company_id, method, user_id, agreed, limit, now) for one in chosen]
    _insert(tx, made, now)
    bulk.insert(
        tx,
        "payout_part",
        [
            {
                "company_id": company_id,
                "payout_id": payout.id,
                "payment_id": payment_id,
                "amount_minor": amount,
            }
            for payout, one in zip(made, chosen, strict=True)
            for payment_id, amount in one.draft.parts
        ],
    )
    changes = Changes(now, members, creators, load_charters(tx, [company_id]))
    for payout in made:
        changes.made(payout, user_id)
    changes.write(tx)
    for payout in made:
        if payout.next_attempt_at is not None:
            tx.send(wanted(payout.company_id, payout.id))
    return [payout.id for payout in made]


def _new(  # noqa: PLR0913, PLR0917 - the parts of a new row
    one: Wanted,
    company_id: str,
    method: Method,
    user_id: str,
    agreed: MemberKey | None,
    limit: int,
    now: datetime,
) -> Payout:
    pays_requester = agreed == (company_id, one.member_id)
    two = needs_second(one.draft.usd_cents, limit, pays_requester=pays_requester)
    state = "approved" if agreed is not None and not two else "requested"
    return Payout(
        company_id=company_id,
        id=0,
        member_id=one.member_id,
        currency=one.currency,
        exponent=one.exponent,
        amount_minor=one.draft.amount_minor,
        usd_cents=one.draft.usd_cents,
        method=method,
        state=state,
        requested_by=user_id,
        needs_second=two,
        first_by=user_id if agreed is not None else "",
        first_at=now if agreed is not None else None,
        second_by="",
        key=key_of(company_id, one.member_id, one.currency, now),
        attempts=0,
        first_sent_at=None,
        next_attempt_at=now if state == "approved" and method == "whop" else None,
        transfer_id="",
        problem="",
        steps=1,
        postings=1,
        closed_at=None,
    )


def key_of(company_id: str, member_id: int, currency: str, requested_at: datetime) -> str:
    """The key of a payout, from what it is: whoever works it out gets the same."""
    moment = requested_at.astimezone(UTC)
    return str(uuid5(KEYS, f"{company_id} {member_id} {currency} {moment.isoformat()}"))


def _insert(tx: Transaction, made: Sequence[Payout], now: datetime) -> None:
    rows = [
        {name: getattr(payout, name) for name in NEW} | {"requested_at": now} for payout in made
    ]
    columns = ", ".join(rows[0])
    ids: dict[str, int] = dict(
        tx.rows(
            f"INSERT INTO payout ({columns}) SELECT {columns} "  # noqa: S608 - our own names
            "FROM json_populate_recordset(NULL::payout, %s::json) RETURNING key, id",
            (bulk.to_json(rows),),
        )
    )
    for payout in made:
        payout.id = ids[payout.key]
