"""Whom a buyer's money credits, and which of their payments is the conversion.

A function of the buyer's facts alone, so the order of arrival is no argument. When a fact was
first received is itself a fact: it decides whether it came in time to move a referral.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from game.rules.codes import canonical
from game.rules.effects import Attribution, Kind
from game.rules.facts import BuyerCase, Click, Code, Membership, Payment, ref_known_at
from game.rules.ruleset import Rules, RuleSet

CONTINUES = frozenset({"subscription_cycle", "subscription_update"})
"""Payments of these kinds go on with a subscription: they do not begin anything."""

Source = Literal["code", "click", "membership"]


@dataclass(frozen=True, slots=True)
class Claim:
    """What one payment says about who sent its buyer, and since when we could know."""

    payment: Payment
    referrer_id: str
    source: Source
    known_at: datetime


def attribute(case: BuyerCase, rules: Rules, owner_id: str) -> Attribution | None:
    """Find the one referrer of this buyer, or None. Ids are Whop user ids.

    The claim of the earliest payment wins, if it became known in time: the first claim we knew
    stands, and an earlier payment's claim moves it only until the hold of the payment it stands
    on is over. Ties of knowing go to the earlier payment.
    """
    claims = sorted(_claims(case, rules, owner_id), key=lambda c: (c.known_at, c.payment.order))
    if not claims:
        return None
    current = claims[0]
    for claim in claims[1:]:
        first = current.payment
        is_earlier = claim.payment.order < first.order
        if is_earlier and claim.known_at <= first.at + rules.at(first.at).hold:
            current = claim
    return Attribution(
        referrer_id=current.referrer_id,
        payment_id=current.payment.payment_id,
        started_at=current.payment.at,
        source=current.source,
    )


def _claims(case: BuyerCase, rules: Rules, owner_id: str) -> Iterator[Claim]:
    if not case.buyer_id or not (case.codes or case.clicks):
        return
    for payment in case.payments:
        if not payment.above_zero or _is_transferred(case, payment):
            continue
        claim = _claim_of(case, payment, rules.at(payment.at), owner_id)
        if claim is not None:
            yield claim


def _claim_of(case: BuyerCase, payment: Payment, rules: RuleSet, owner_id: str) -> Claim | None:
    membership = case.memberships.get(payment.membership_id) if payment.membership_id else None
    claim = None
    if payment.ref:
        claim = _named_by(case, payment.ref, payment, membership, rules, owner_id)
    if claim is None and membership is not None and membership.ref:
        claim = _named_by(case, membership.ref, payment, membership, rules, owner_id)
        if claim is not None:
            known_at = max(payment.received_at, ref_known_at(membership))
            claim = Claim(payment, claim.referrer_id, "membership", known_at)
    if claim and rules.attribution.new_buyers_only and _bought_before(case, payment, rules):
        return None
    return claim


def _named_by(  # noqa: PLR0913, PLR0917
    case: BuyerCase,
    ref: str,
    payment: Payment,
    membership: Membership | None,
    rules: RuleSet,
    owner_id: str,
) -> Claim | None:
    """Resolve a reference that was good when the payment or its membership was created."""
    code = case.codes.get(canonical(ref))
    click = None if code is not None else case.clicks.get(ref)
    if code is not None:
        referrer_id = code.referrer_id
        is_good = _is_open(code, payment.created_at) or (
            membership is not None and _is_open(code, membership.created_at)
        )
    elif click is not None:
        referrer_id = click.referrer_id
        is_good = _is_fresh(click, payment.created_at, rules) or (
            membership is not None and _is_fresh(click, membership.created_at, rules)
        )
    else:
        return None
    if not is_good or not referrer_id or referrer_id in {case.buyer_id, owner_id}:
        return None
    source: Source = "click" if code is None else "code"
    return Claim(payment, referrer_id, source, ref_known_at(payment))


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
