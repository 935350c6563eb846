"""Everything known of some buyers, loaded in a fixed number of queries whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from game.rules.attribution import CONTINUES, starter_of
from game.rules.codes import canonical
from game.rules.fact_kinds import DISPUTES, MEMBERSHIPS, PAYMENTS, REFUNDS
from game.rules.facts import BuyerCase, Click, Code, Dispute, Membership, Payment, Refund
from game.services.rulesets.charter import Charter
from game.services.settlement.credits import load_credits
from game.services.settlement.fact_store import Key, from_row, load_by, select_list
from models.session import Row, Transaction, pairs

V = TypeVar("V")
OfPayment = TypeVar("OfPayment", Refund, Dispute)

BuyerKey = tuple[str, str]
"""(company id, the buyer's Whop user id)."""

OF_BUYERS = (
    "FROM unnest(%s::text[], %s::text[]) AS k (company_id, buyer_id) "
    "JOIN payment p USING (company_id, buyer_id) "
)

REFERENCES = """
WITH named AS MATERIALIZED (
  SELECT * FROM unnest(%(companies)s::text[], %(words)s::text[], %(codes)s::text[])
    AS k (company_id, word, code))
SELECT 'code', c.company_id, c.code, m.whop_user_id, c.expires_at
FROM (SELECT DISTINCT company_id, code FROM named) AS k
JOIN referral_code c ON c.company_id = k.company_id AND c.code = k.code
JOIN member m ON m.company_id = c.company_id AND m.id = c.member_id
UNION ALL
SELECT 'click', c.company_id, c.token, m.whop_user_id, c.at
FROM named k
JOIN click c ON c.company_id = k.company_id AND c.token = k.word
JOIN member m ON m.company_id = c.company_id AND m.id = c.member_id
"""


# One probe of an index each: the second look is taken only where the first payment was of nothing,
# the third only where it had no buyer.
STORIES = """
SELECT k.company_id, k.membership_id,
  coalesce(payer.buyer_id, first.buyer_id), coalesce(payer.at, first.at),
  first.is_free,
  CASE WHEN first.is_free THEN coalesce(paid.payment_id, '') ELSE first.payment_id END
FROM unnest(%s::text[], %s::text[]) AS k (company_id, membership_id)
CROSS JOIN LATERAL (
  SELECT at, payment_id, buyer_id, total_minor <= tax_minor AS is_free FROM payment p
  WHERE p.company_id = k.company_id AND p.membership_id = k.membership_id
  ORDER BY at, payment_id LIMIT 1) AS first
LEFT JOIN LATERAL (
  SELECT payment_id FROM payment p
  WHERE first.is_free AND p.company_id = k.company_id AND p.membership_id = k.membership_id
    AND p.total_minor > p.tax_minor
  ORDER BY at, payment_id LIMIT 1) AS paid ON true
LEFT JOIN LATERAL (
  SELECT at, buyer_id FROM payment p
  WHERE first.buyer_id = '' AND p.company_id = k.company_id AND p.membership_id = k.membership_id
    AND p.buyer_id <> ''
  ORDER BY at, payment_id LIMIT 1) AS payer ON true
"""


@dataclass(frozen=True, slots=True)
class MembershipStory:
    """What all payers of a membership tell together. Empty = no such payment.

    `payer_id` made the earliest payment that has a buyer, at `paid_at`; `began_free`: the earliest
    payment was of nothing; `first_payment` is the first above zero.
    """

    payer_id: str
    paid_at: datetime
    began_free: bool
    first_payment: str


def buyers_of(
    tx: Transaction, payments: Collection[Key], memberships: Collection[Key]
) -> set[BuyerKey]:
    """The buyers whose case changes when these payments or memberships do.

    A membership passes from one payer to another, so all payers of a touched one are touched.
    """
    rows: list[Row] = []
    if payments:
        rows += tx.rows(
            "SELECT company_id, buyer_id "
            "FROM unnest(%s::text[], %s::text[]) AS k (company_id, payment_id) "
            "JOIN payment USING (company_id, payment_id)",
            pairs(payments),
        )
    if memberships:
        rows += tx.rows(
            "SELECT DISTINCT company_id, buyer_id "
            "FROM unnest(%s::text[], %s::text[]) AS k (company_id, membership_id) "
            "JOIN payment USING (company_id, membership_id)",
            pairs(memberships),
        )
    return {(company, buyer) for company, buyer in rows if buyer}


def load_cases(
    tx: Transaction, charters: Mapping[str, Charter], buyers: Collection[BuyerKey]
) -> dict[BuyerKey, BuyerCase]:
    """The cases of these buyers, in six queries; in a seventh what creators say."""
    if not buyers:
        return {}
    keys = pairs(buyers)
    payments = _group(_load_payments(tx, keys))
    paid = [(company, p.payment_id) for (company, _), mine in payments.items() for p in mine]
    refunds = _by_payment(load_by(tx, REFUNDS, ("payment_id",), paid))
    disputes = _by_payment(load_by(tx, DISPUTES, ("payment_id",), paid))
    joined = [
        (company, payment)
        for (company, _), mine in payments.items()
        for payment in mine
        if payment.membership_id
    ]
    held_ids = {(company, p.membership_id) for company, p in joined}
    memberships = {
        (company, one.membership_id): one
        for company, one in load_by(tx, MEMBERSHIPS, MEMBERSHIPS.key, held_ids)
    }
    # How a membership began matters only to payments that go on with it.
    stories = _load_stories(
        tx, {(company, p.membership_id) for company, p in joined if p.billing_reason in CONTINUES}
    )
    codes, clicks = _load_references(tx, payments, memberships)
    said = load_credits(tx, charters, payments)
    cases = {}
    for key in buyers:
        company, buyer = key
        mine = payments.get(key, [])
        ids = {payment.membership_id for payment in mine if payment.membership_id}
        told = _some(stories, company, ids)
        cases[key] = BuyerCase(
            buyer_id=buyer,
            payments=mine,
            refunds=_some(refunds, company, (p.payment_id for p in mine)),
            disputes=_some(disputes, company, (p.payment_id for p in mine)),
            memberships=(held := _some(memberships, company, ids)),
            codes=codes.get(company, {}),
            clicks=clicks.get(company, {}),
            first_payments={m: one.first_payment for m, one in told.items() if one.first_payment},
            starters={
                m: starter_of(held.get(m), one.payer_id, one.paid_at) for m, one in told.items()
            },
            trial_memberships=frozenset(m for m, one in told.items() if one.began_free),
            ties=said.ties.get(company, {}),
            decisions=said.decisions.get(key, ()),
        )
    return cases


def _load_payments(
    tx: Transaction, keys: tuple[list[str], list[str]]
) -> Iterable[tuple[str, Payment]]:
    rows = tx.rows(
        f"SELECT p.company_id, {select_list(PAYMENTS, 'p')} {OF_BUYERS}",
        keys,
    )
    return ((row[0], from_row(PAYMENTS, row[1:])) for row in rows)


def _load_stories(tx: Transaction, wanted: Collection[Key]) -> dict[Key, MembershipStory]:
    if not wanted:
        return {}
    rows = tx.rows(STORIES, pairs(wanted))
    return {(row[0], row[1]): MembershipStory(*row[2:]) for row in rows}


def _load_references(
    tx: Transaction,
    payments: dict[BuyerKey, list[Payment]],
    memberships: dict[Key, Membership],
) -> tuple[dict[str, dict[str, Code]], dict[str, dict[str, Click]]]:
    """The codes and clicks that payments and memberships name, by company."""
    named = {
        (company, payment.ref)
        for (company, _), mine in payments.items()
        for payment in mine
        if payment.ref
    }
    named |= {(company, fact.ref) for (company, _), fact in memberships.items() if fact.ref}
    codes: dict[str, dict[str, Code]] = defaultdict(dict)
    clicks: dict[str, dict[str, Click]] = defaultdict(dict)
    if not named:
        return codes, clicks
    companies, words = pairs(named)
    for what, company, word, user, at in tx.rows(
        REFERENCES,
        {"companies": companies, "words": words, "codes": [canonical(word) for word in words]},
    ):
        if what == "code":
            codes[company][word] = Code(word, user, at)
        else:
            clicks[company][word] = Click(word, user, at)
    return codes, clicks


def _some(found: Mapping[Key, V], company: str, ids: Iterable[str]) -> dict[str, V]:
    """Those of one company, of these ids, by id."""
    return {key: found[company, key] for key in ids if (company, key) in found}


def _group(found: Iterable[tuple[str, Payment]]) -> dict[BuyerKey, list[Payment]]:
    grouped: dict[BuyerKey, list[Payment]] = defaultdict(list)
    for company, payment in found:
        grouped[company, payment.buyer_id].append(payment)
    return grouped


def _by_payment(found: Iterable[tuple[str, OfPayment]]) -> dict[Key, list[OfPayment]]:
    grouped: dict[Key, list[OfPayment]] = defaultdict(list)
    for company, fact in found:
        grouped[company, fact.payment_id].append(fact)
    return grouped
