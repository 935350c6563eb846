"""Buyers valued anew: who is credited, what each payment is worth, what differs from the books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from game.rules.attribution import attribute, classify
from game.rules.effects import Attribution, Kind, PaymentEffect
from game.rules.facts import BuyerCase, Payment, newest_name
from game.rules.pricing import price
from game.services.commissions.payment_posting import (
    Posted,
    is_announced,
    post_payment,
    posted_from_row,
    select_posted,
)
from game.services.ledger.posting import MemberKey, Posting
from game.services.members.store import MemberState
from game.services.platform import bulk
from game.services.rulesets.charter import Charter
from game.services.settlement.cases import BuyerKey, load_cases
from game.services.settlement.fact_store import Key
from models.session import Transaction, pairs


@dataclass(slots=True)
class Buyers:
    """Some buyers with their cases, their credits, and what the books hold for them."""

    cases: dict[BuyerKey, BuyerCase] = field(default_factory=dict)
    credits: dict[BuyerKey, Attribution | None] = field(default_factory=dict)
    kinds: dict[BuyerKey, Mapping[str, Kind]] = field(default_factory=dict)
    posted: dict[BuyerKey, dict[str, Posted]] = field(default_factory=dict)

    def referrers(self) -> set[tuple[str, str]]:
        """(company, Whop user id) of everybody credited now."""
        return {
            (company, credit.referrer_id)
            for (company, _), credit in self.credits.items()
            if credit is not None
        }

    def posted_members(self) -> set[MemberKey]:
        """Everybody the books credit so far."""
        return {
            (company, posted.member_id)
            for (company, _), its in self.posted.items()
            for posted in its.values()
        }

    def extend(self, other: Buyers) -> None:
        """Take in further buyers."""
        self.cases.update(other.cases)
        self.credits.update(other.credits)
        self.kinds.update(other.kinds)
        self.posted.update(other.posted)


@dataclass(slots=True)
class Batch:
    """Buyers valued together, and what the pure rules are given for them.

    `ids` turns a referrer's Whop user id into their member id; `rally` says which conversions are
    in one.
    """

    tx: Transaction
    now: datetime
    charters: Mapping[str, Charter]
    buyers: Buyers
    ids: Mapping[tuple[str, str], int] = field(default_factory=dict)
    members: Mapping[MemberKey, MemberState] = field(default_factory=dict)
    rally: Mapping[Key, bool] = field(default_factory=dict)


def study(tx: Transaction, charters: Mapping[str, Charter], keys: Collection[BuyerKey]) -> Buyers:
    """Load these buyers, in seven or eight queries, and find out whom each credits."""
    buyers = Buyers(cases=load_cases(tx, charters, keys), posted=_load_posted(tx, keys))
    for key, case in buyers.cases.items():
        charter = charters[key[0]]
        credit = attribute(case, charter.rules, charter.owner_id)
        buyers.credits[key] = credit
        buyers.kinds[key] = classify(case, credit) if credit is not None else {}
    return buyers


def post_buyers(posting: Posting, batch: Batch) -> None:
    """Post the differences of the batch's buyers."""
    for key in batch.buyers.cases:
        company = key[0]
        posted = batch.buyers.posted.get(key, {})
        member_id, effects = value(batch, key)
        wanted = {effect.payment_id: effect for effect in effects}
        announce = not is_announced(posted.values(), member_id)
        for payment_id in sorted(posted.keys() - wanted.keys()):
            post_payment(posting, company, posted[payment_id], None, 0, announce=False)
        for payment_id, effect in wanted.items():
            old = posted.get(payment_id)
            post_payment(posting, company, old, effect, member_id, announce=announce)


def value(batch: Batch, key: BuyerKey) -> tuple[int, list[PaymentEffect]]:
    """What one buyer's payments are worth now: (referrer's member id, effects); 0 = nobody."""
    company = key[0]
    credit, kinds = batch.buyers.credits[key], batch.buyers.kinds[key]
    if credit is None:
        return 0, []
    member_id = batch.ids[company, credit.referrer_id]
    effects = price(
        batch.buyers.cases[key],
        credit,
        kinds,
        batch.members[company, member_id].history,
        {payment: batch.rally.get((company, payment), False) for payment in kinds},
        batch.charters[company].rules,
        batch.charters[company].zones,
        batch.now,
    )
    return member_id, effects


def store_referrals(batch: Batch) -> None:
    """Write who is credited for whom; a credit that is no more is removed."""
    tx, buyers = batch.tx, batch.buyers
    rows, gone = [], []
    for key, credit in buyers.credits.items():
        if credit is None:
            gone.append(key)
            continue
        case = buyers.cases[key]
        first = conversion_of(buyers, key)
        rows.append(
            {
                "company_id": key[0],
                "buyer_id": key[1],
                "buyer_name": newest_name(case.payments),
                "member_id": batch.ids[key[0], credit.referrer_id],
                "payment_id": credit.payment_id,
                "source": credit.source,
                "started_at": credit.started_at,
                "conversion_payment_id": first.payment_id if first else "",
                "conversion_at": first.at if first else None,
            }
        )
    bulk.insert(
        tx,
        "referral",
        rows,
        key="company_id buyer_id",
        update="buyer_name member_id payment_id source started_at "
        "conversion_payment_id conversion_at",
    )
    if gone:
        tx.put(
            "DELETE FROM referral r "
            "USING unnest(%s::text[], %s::text[]) AS k (company_id, buyer_id) "
            "WHERE r.company_id = k.company_id AND r.buyer_id = k.buyer_id",
            pairs(gone),
        )


def conversion_of(buyers: Buyers, key: BuyerKey) -> Payment | None:
    """The payment of a credited buyer that is the conversion; None where there is none."""
    kinds = buyers.kinds[key]
    in_order = sorted(buyers.cases[key].payments, key=lambda p: p.order)
    return next((p for p in in_order if kinds.get(p.payment_id) == "conversion"), None)


def conversions(buyers: Buyers) -> dict[tuple[str, str], list[tuple[datetime, str]]]:
    """The conversions of these buyers by (company, referrer): (moment, payment id) each."""
    found: dict[tuple[str, str], list[tuple[datetime, str]]] = defaultdict(list)
    for (company, _), case in buyers.cases.items():
        credit = buyers.credits[company, case.buyer_id]
        if credit is None:
            continue
        kinds = buyers.kinds[company, case.buyer_id]
        found[company, credit.referrer_id] += [
            (payment.at, payment.payment_id)
            for payment in case.payments
            if kinds.get(payment.payment_id) == "conversion"
        ]
    return found


def _load_posted(tx: Transaction, keys: Collection[BuyerKey]) -> dict[BuyerKey, dict[str, Posted]]:
    """What the books hold for the payments of these buyers.

    Whose a payment is, the fact says: a later telling may have named another buyer than the one
    it was posted for.
    """
    found: dict[BuyerKey, dict[str, Posted]] = defaultdict(dict)
    if keys:
        for row in tx.rows(
            f"SELECT k.buyer_id, {select_posted('e')} "  # noqa: S608 - our own names
            "FROM unnest(%s::text[], %s::text[]) AS k (company_id, buyer_id) "
            "JOIN payment p USING (company_id, buyer_id) "
            "JOIN payment_effect e ON e.company_id = p.company_id AND e.payment_id = p.payment_id",
            pairs(keys),
        ):
            company, payment_id, posted = posted_from_row(row[1:])
            found[company, row[0]][payment_id] = posted
    return found
