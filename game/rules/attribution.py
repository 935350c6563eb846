"""Whom a buyer's money credits, and which of their payments is the conversion.

A function of the buyer's facts alone, so the order of arrival is no argument. When a fact was
first received is itself a fact: it decides whether it came in time to move a referral.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from game.rules.codes import canonical
from game.rules.effects import Attribution, Kind, Source
from game.rules.facts import (
    BuyerCase,
    Click,
    Code,
    Decision,
    Membership,
    Payment,
    promo_known_at,
    ref_known_at,
)
from game.rules.ruleset import Rules, RuleSet

CONTINUES = frozenset({"subscription_cycle", "subscription_update"})
"""Payments of these kinds go on with a subscription: they do not begin anything."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one payment says about who sent its buyer, and since when we could know."""

    payment: Payment
    referrer_id: str
    source: Source
    known_at: datetime
    weight: int
    """Of two claims of one payment the smaller one goes first."""

    @property
    def rank(self) -> tuple[tuple[datetime, str], int]:
        """Claims in the order in which they count."""
        return (self.payment.order, self.weight)


def attribute(case: BuyerCase, rules: Rules, owner_id: str) -> Attribution | None:
    """Find the one referrer of this buyer, or None. Ids are Whop user ids.

    A creator's decision stands above all claims. Else the claim of the earliest payment wins, if
    it became known in time: the first claim we knew stands, and one that goes before it moves it
    only until the hold of the payment it stands on is over. Ties of knowing go to the one before.
    """
    decision = standing_decision(case)
    if decision is not None:
        return _decided(case, decision, owner_id)
    found = claims_of(case, rules, owner_id)
    if not found:
        return None
    found.sort(key=lambda claim: (claim.known_at, claim.rank))
    current = found[0]
    for claim in found[1:]:
        first = current.payment
        if claim.rank < current.rank and claim.known_at <= first.at + rules.at(first.at).hold:
            current = claim
    return Attribution(
        referrer_id=current.referrer_id,
        payment_id=current.payment.payment_id,
        started_at=current.payment.at,
        source=current.source,
    )


def standing_decision(case: BuyerCase) -> Decision | None:
    """Give the creator's newest decision about a payment of this buyer's, None without one.

    One about a payment that a later telling gave to somebody else says nothing about this buyer.
    """
    mine = {payment.payment_id for payment in case.payments}
    about = [one for one in case.decisions if one.payment_id in mine]
    return max(about, key=lambda one: (one.at, one.payment_id, one.referrer_id), default=None)


def _decided(case: BuyerCase, decision: Decision, owner_id: str) -> Attribution | None:
    if decision.referrer_id in {"", case.buyer_id, owner_id}:
        return None
    start = next(one for one in case.payments if one.payment_id == decision.payment_id)
    return Attribution(decision.referrer_id, start.payment_id, start.at, "manual")


def claims_of(case: BuyerCase, rules: Rules, owner_id: str) -> list[Claim]:
    """Give every claim of a buyer's payments, of each payment all sources that name somebody."""
    if not case.buyer_id or not (case.codes or case.clicks or case.ties or case.affiliates):
        return []
    return [
        claim
        for payment in case.payments
        if may_claim(case, payment)
        for claim in _claims_of(case, payment, rules.at(payment.at), owner_id)
    ]


def may_claim(case: BuyerCase, payment: Payment) -> bool:
    """Say whether a payment can name a referrer: paid for, and not another's membership."""
    return payment.above_zero and not _is_transferred(case, payment)


def _claims_of(case: BuyerCase, payment: Payment, rules: RuleSet, owner_id: str) -> Iterator[Claim]:
    if rules.attribution.new_buyers_only and _bought_before(case, payment, rules):
        return
    for weight, named in enumerate(SOURCES):
        found = named(case, payment, rules)
        if found is None:
            continue
        referrer_id, source, known_at = found
        if referrer_id and referrer_id not in {case.buyer_id, owner_id}:
            yield Claim(payment, referrer_id, source, known_at, weight)


Named = tuple[str, Source, datetime]
"""Whom a source names, what it is called, and since when we know."""


def _by_payment(case: BuyerCase, payment: Payment, rules: RuleSet) -> Named | None:
    if not payment.ref:
        return None
    found = _resolved(case, payment.ref, payment, rules)
    return None if found is None else (*found, ref_known_at(payment))


def _by_membership(case: BuyerCase, payment: Payment, rules: RuleSet) -> Named | None:
    membership = _membership_of(case, payment)
    if membership is None or not membership.ref:
        return None
    found = _resolved(case, membership.ref, payment, rules)
    if found is None:
        return None
    return found[0], "membership", max(payment.received_at, ref_known_at(membership))


def _by_promo(case: BuyerCase, payment: Payment, rules: RuleSet) -> Named | None:  # noqa: ARG001
    """Name the member the promo code was tied to when it was used."""
    ties = [tie for tie in case.ties.get(payment.promo_code_id, ()) if tie.at <= payment.at]
    if not ties:
        return None
    return ties[-1].value, "promo", promo_known_at(payment)


def _by_affiliate(case: BuyerCase, payment: Payment, rules: RuleSet) -> Named | None:  # noqa: ARG001
    found = case.affiliates.get(payment.membership_id) if payment.membership_id else None
    if found is None:
        return None
    return found.user_id, "affiliate", max(payment.received_at, found.known_at)


SOURCES = (_by_payment, _by_membership, _by_promo, _by_affiliate)
"""In order of weight; each may name nobody."""


def _membership_of(case: BuyerCase, payment: Payment) -> Membership | None:
    return case.memberships.get(payment.membership_id) if payment.membership_id else None


def _resolved(
    case: BuyerCase, ref: str, payment: Payment, rules: RuleSet
) -> tuple[str, Source] | None:
    """Resolve a reference that was good when the payment or its membership was created."""
    membership = _membership_of(case, payment)
    code = case.codes.get(canonical(ref))
    if code is not None:
        is_good = _is_open(code, payment.created_at) or (
            membership is not None and _is_open(code, membership.created_at)
        )
        return (code.referrer_id, "code") if is_good else None
    click = case.clicks.get(ref)
    if click is None:
        return None
    is_good = _is_fresh(click, payment.created_at, rules) or (
        membership is not None and _is_fresh(click, membership.created_at, rules)
    )
    return (click.referrer_id, "click") if is_good else None


def _is_open(code: Code, moment: datetime) -> bool:
    return code.expires_at is None or moment < code.expires_at


def _is_fresh(click: Click, moment: datetime, rules: RuleSet) -> bool:
    return moment - click.at <= rules.click_life


def _is_transferred(case: BuyerCase, payment: Payment) -> bool:
    """Say whether this payment goes on with a membership that another user began."""
    if payment.billing_reason not in CONTINUES or not payment.membership_id:
        return False
    return case.starters.get(payment.membership_id, "") not in {"", case.buyer_id}


def starter_of(membership: Membership | None, payer_id: str, paid_at: datetime | None) -> str:
    """Say who began a membership: whom the earliest telling names, empty where nobody is named.

    `payer_id` made its earliest payment, at `paid_at`. A membership that Whop first told of after
    that may have been transferred by then, so its word counts only up to that payment.
    """
    if membership is None or not membership.first_user_id:
        return payer_id
    if payer_id and paid_at is not None and paid_at < membership.first_user_told:
        return payer_id
    return membership.first_user_id


def _bought_before(case: BuyerCase, payment: Payment, rules: RuleSet) -> bool:
    # An earlier payment that comes to light after the hold must not undo what has been paid.
    deadline = payment.at + rules.hold
    return any(
        other.above_zero and other.order < payment.order and other.received_at <= deadline
        for other in case.payments
    )


def classify(case: BuyerCase, attribution: Attribution) -> dict[str, Kind]:
    """Name every payment above zero from the referral's start on: conversion or renewal.

    There is one conversion at most: the first payment that begins something, or that follows a
    trial. A referral whose buyer only ever went on with a subscription has none.
    """
    paid = sorted((p for p in case.payments if p.above_zero), key=lambda p: p.order)
    start = (attribution.started_at, attribution.payment_id)
    kinds: dict[str, Kind] = {}
    firsts: dict[str, str] = dict(case.first_payments)
    begun = {p.membership_id: p for p in sorted(case.payments, key=lambda p: p.order, reverse=True)}
    trials = {m for m, first in begun.items() if not first.above_zero}
    trials |= case.trial_memberships
    trials |= {m.membership_id for m in case.memberships.values() if m.seen_trialing}
    is_open = True
    for payment in paid:
        if payment.membership_id:
            firsts.setdefault(payment.membership_id, payment.payment_id)
        if payment.order < start:
            continue
        if is_open and _can_convert(payment, trials, firsts):
            kinds[payment.payment_id] = "conversion"
            is_open = False
        else:
            kinds[payment.payment_id] = "renewal"
    return kinds


def _can_convert(payment: Payment, trials: set[str], firsts: dict[str, str]) -> bool:
    if payment.billing_reason not in CONTINUES:
        return True
    membership_id = payment.membership_id
    return (
        bool(membership_id)
        and membership_id in trials
        and firsts.get(membership_id) == payment.payment_id
    )
