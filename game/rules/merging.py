"""A commutative merge: two tellings of one fact become one, in any order and however often.

Every merge is commutative, associative and idempotent: each field is decided by itself, by a total
order of the tellings, so any order of deliveries ends at the same fact. Where a telling is silent
(null, empty) it never decides; whose word a field is then stands in the fact's `told`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from game.rules.facts import (
    Dispute,
    Lesson,
    Membership,
    Payment,
    Refund,
    ToldBy,
    Transfer,
    micros,
    promo_known_at,
    ref_known_at,
)
from game.rules.tellings import (
    GAPS,
    SHARES,
    deciding,
    filled,
    newest,
    rounded,
    worth_keeping,
)

Stamp = tuple[int, int]
"""The age of a telling: (shape, updated_at in microseconds). (0, 0) = nobody said it."""

SILENT: Stamp = (0, 0)

_FINAL = {"lost": 2, "prevented": 2, "won": 1, "closed": 1}

_TRANSFER_OUTCOMES = frozenset({"succeeded", "failed"})

Value = tuple[Any, ...]


_PAYMENT_PIECES: tuple[tuple[str, tuple[str, ...], Callable[[Payment], Value]], ...] = (
    ("at", ("at",), lambda p: (p.at,)),
    ("billing_reason", ("billing_reason",), lambda p: (p.billing_reason,)),
    ("buyer_id", ("buyer_id",), lambda p: (p.buyer_id,)),
    ("buyer_name", ("buyer_name",), lambda p: (p.buyer_name,)),
    ("membership_id", ("membership_id",), lambda p: (p.membership_id,)),
    ("promo_code_id", ("promo_code_id",), lambda p: (p.promo_code_id,)),
    ("ref", ("ref",), lambda p: (p.ref,)),
)
"""What is decided as one: its name, the fields it fills, and their values (empty = silent). The
amounts are not among them: they go together, as `game.rules.tellings` says."""


def _is_silent(value: Value) -> bool:
    return not value or value[0] is None or value[0] == ""


def _stamps(told: ToldBy) -> dict[str, Stamp]:
    return {name: (shape, moment) for name, shape, moment in told}


def merge_payment(old: Payment, new: Payment) -> Payment:
    """Merge two bodies of one payment: the newer shape decides, then the newer `updated_at`."""
    firsts = _first_received(old, new)
    with_promo = [promo_known_at(one) for one in (old, new) if one.promo_code_id]
    firsts["promo_received_at"] = min(with_promo, default=None)
    if (same := replace(old, **firsts)) == replace(new, **firsts):
        return same
    own_old, own_new = (old.shape, micros(old.updated_at)), (new.shape, micros(new.updated_at))
    decider = max(own_old, own_new)
    stamps_old, stamps_new = _stamps(old.told), _stamps(new.told)
    base, fields, marks = _merged_amounts(old, new)
    for name, targets, values_of in _PAYMENT_PIECES:
        key_old = _key(values_of(old), stamps_old.get(name, own_old))
        key_new = _key(values_of(new), stamps_new.get(name, own_new))
        said, stamp, values = max(key_old, key_new)
        if said:
            fields |= dict(zip(targets, values, strict=True))
        # A silent empty value needs no mark; a silent stand-in looks like a value.
        if stamp != decider and (said or name in _SEEMING):
            marks.append((name, *stamp))
    # Where nobody said when it was paid, it counts from its creation, whoever told that.
    fields.setdefault("at", base.created_at)
    return replace(base, **fields, **firsts, told=tuple(sorted(marks)))


def _merged_amounts(
    old: Payment, new: Payment
) -> tuple[Payment, dict[str, Any], list[tuple[str, int, int]]]:
    """Say which of two has the deciding body, what the amounts come to, and who told them."""
    tellings = {old.own_amounts, new.own_amounts, *old.tellings, *new.tellings}
    decider = deciding(tellings)
    others = worth_keeping(tellings, decider)
    fields: dict[str, Any] = {"tellings": others}
    marks = []
    for name in GAPS:
        if getattr(decider, name) is not None:
            fields[name] = getattr(decider, name)
            continue
        source = newest(others, name)
        fields[name] = rounded(filled(decider, source, name)) if source else _NOTHING.get(name)
        if source:
            marks.append((name, source.shape, source.updated))
        elif name in _NOTHING:
            marks.append((name, *SILENT))
    presented = newest(tellings, "presentment_minor")
    if decider.presentment_minor is not None:
        presented = decider
    fields["presentment_currency"] = presented.presentment_currency if presented else ""
    fields["presentment_exponent"] = presented.presentment_exponent if presented else 0
    return old if decider == old.own_amounts else new, fields, marks


_NOTHING = dict.fromkeys(SHARES, 0)
"""How an amount is stored that nobody told; the others are empty."""


def _first_received(old: Payment | Membership, new: Payment | Membership) -> dict[str, Any]:
    """When the first body of two tellings reached us, and the first that carried a reference."""
    with_ref = [ref_known_at(one) for one in (old, new) if one.ref]
    return {
        "received_at": min(old.received_at, new.received_at),
        "ref_received_at": min(with_ref, default=None),
    }


_SEEMING = frozenset({"at"})
"""Fields in which "not said" looks like a value: `at` stands on `created_at`."""


def _key(values: Value, stamp: Stamp) -> tuple[bool, Stamp, Value]:
    if _is_silent(values):
        return (False, SILENT, ())
    return (stamp != SILENT, stamp, values)


def merge_refund(old: Refund, new: Refund) -> Refund:
    """Merge two tellings of one refund: one that succeeded stays so, else the newer decides."""
    return max(old, new, key=_refund_order)


def _refund_order(refund: Refund) -> Value:
    return (
        refund.succeeded,
        refund.updated_at,
        refund.status,
        refund.currency,
        refund.exponent,
        refund.amount_minor,
        refund.payment_id,
    )


def merge_dispute(old: Dispute, new: Dispute) -> Dispute:
    """Merge two tellings of one dispute: the newer decides, a tie goes to the more final one."""
    return max(old, new, key=_dispute_order)


def _dispute_order(dispute: Dispute) -> Value:
    rank = _FINAL.get(dispute.status, 0)
    return (
        dispute.updated_at, rank, not dispute.inquiry, dispute.status, dispute.payment_id
    )  # fmt: skip


def merge_membership(old: Membership, new: Membership) -> Membership:
    """Merge two tellings of one membership.

    State and holder are the newest telling's. Who began it and our reference are the oldest's that
    says so, as a transfer must not change them. Once seen on trial, it began with one.
    """
    own_old, own_new = (1, micros(old.updated_at)), (1, micros(new.updated_at))
    newest = max((own_old, _state(old)), (own_new, _state(new)))
    stamps_old, stamps_new = _stamps(old.told), _stamps(new.told)
    told = []
    fields: dict[str, Any] = {}
    for name in ("first_user_id", "ref", "user_id"):
        keys = []
        for membership, stamps, own in ((old, stamps_old, own_old), (new, stamps_new, own_new)):
            value = getattr(membership, name)
            stamp = stamps.get(name, own)
            if value:
                keys.append((stamp, value))
        if not keys:
            continue
        stamp, fields[name] = max(keys) if name == "user_id" else min(keys)
        if stamp != newest[0]:
            told.append((name, *stamp))
    created_at, status = newest[1]
    return replace(
        old,
        **fields,
        **_first_received(old, new),
        created_at=created_at,
        status=status,
        updated_at=max(old.updated_at, new.updated_at),
        seen_trialing=old.seen_trialing or new.seen_trialing,
        told=tuple(told),
    )


def _state(membership: Membership) -> Value:
    return (membership.created_at, membership.status)


def merge_lesson(old: Lesson, new: Lesson) -> Lesson:
    """Merge two completions of one lesson by one user: the earliest counts."""
    return min(old, new, key=lambda lesson: (lesson.at, lesson.user_name))


def merge_transfer(old: Transfer, new: Transfer) -> Transfer:
    """Merge two tellings of one transfer: an outcome beats none, then the newer decides.

    What one is silent on is the other's word.
    """
    first, last = sorted((old, new), key=_transfer_order)
    return replace(
        last,
        amount_minor=last.amount_minor if last.currency else first.amount_minor,
        currency=last.currency or first.currency,
        exponent=last.exponent if last.currency else first.exponent,
        destination_id=last.destination_id or first.destination_id,
    )


def _transfer_order(told: Transfer) -> Value:
    is_final = told.status in _TRANSFER_OUTCOMES
    return (
        is_final, told.updated_at, told.status, bool(told.currency), told.amount_minor,
        told.currency, told.destination_id, told.payout_key, told.problem,
    )  # fmt: skip
