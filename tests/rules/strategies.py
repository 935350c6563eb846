"""Made-up facts for the property tests: few ids and few moments, so that they collide often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from game.rules.facts import Dispute, Lesson, Membership, Payment, Refund

START = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def moments(most: int = 4) -> st.SearchStrategy[datetime]:
    """Draw one of a few moments, a second apart."""
    return st.integers(0, most).map(lambda seconds: START + timedelta(seconds=seconds))


@st.composite
def payments(draw: st.DrawFn) -> Payment:
    """Draw one telling of the payment `pay_1`, as the reader of bodies could have made it."""
    paid_at = draw(st.none() | moments())
    refunded = draw(st.none() | st.integers(0, 2))
    tax = draw(st.none() | st.integers(0, 2))
    presented = draw(st.none() | st.tuples(st.sampled_from(["eur", "gbp"]), st.integers(0, 2)))
    created_at = draw(moments())
    received_at = draw(moments())
    ref = draw(st.sampled_from(["", "CODE", "TOKEN"]))
    promo = draw(st.sampled_from(["", "promo_1"]))
    silent = {"at": paid_at, "refunded_minor": refunded, "tax_minor": tax}
    return Payment(
        payment_id="pay_1",
        buyer_id=draw(st.sampled_from(["", "user_a", "user_b"])),
        buyer_name=draw(st.sampled_from(["", "ann", "bea"])),
        at=paid_at or created_at,
        created_at=created_at,
        updated_at=draw(moments()),
        received_at=received_at,
        currency=draw(st.sampled_from(["usd", "krw"])),
        exponent=2,
        total_minor=draw(st.integers(0, 3)),
        tax_minor=tax or 0,
        usd_total_cents=draw(st.none() | st.integers(0, 2)),
        presentment_minor=None if presented is None else presented[1],
        presentment_currency="" if presented is None else presented[0],
        presentment_exponent=0 if presented is None else 2,
        refunded_minor=refunded or 0,
        billing_reason=draw(st.sampled_from(["", "one_time", "subscription_cycle"])),
        membership_id=draw(st.sampled_from(["", "mem_1"])),
        ref=ref,
        promo_code_id=promo,
        shape=draw(st.sampled_from([1, 2])),
        ref_received_at=received_at if ref else None,
        promo_received_at=received_at if promo else None,
        told=tuple((name, 0, 0) for name, value in silent.items() if value is None),
    )


@st.composite
def refunds(draw: st.DrawFn) -> Refund:
    """Draw one telling of the refund `rf_1`."""
    status = draw(st.sampled_from(["pending", "succeeded", "failed"]))
    return Refund(
        refund_id="rf_1",
        payment_id="pay_1",
        amount_minor=draw(st.integers(0, 3)),
        currency="usd",
        exponent=2,
        succeeded=status == "succeeded",
        status=status,
        updated_at=draw(moments()),
    )


@st.composite
def disputes(draw: st.DrawFn) -> Dispute:
    """Draw one telling of the dispute `dspt_1`."""
    return Dispute(
        dispute_id="dspt_1",
        payment_id="pay_1",
        status=draw(st.sampled_from(["needs_response", "won", "lost", "prevented", "closed"])),
        inquiry=draw(st.booleans()),
        updated_at=draw(moments()),
    )


@st.composite
def memberships(draw: st.DrawFn) -> Membership:
    """Draw one telling of the membership `mem_1`."""
    user_id = draw(st.sampled_from(["", "user_a", "user_b"]))
    status = draw(st.sampled_from(["trialing", "active", "canceled"]))
    received_at = draw(moments())
    ref = draw(st.sampled_from(["", "CODE", "TOKEN"]))
    return Membership(
        membership_id="mem_1",
        user_id=user_id,
        first_user_id=user_id,
        status=status,
        seen_trialing=status == "trialing",
        ref=ref,
        created_at=draw(moments()),
        updated_at=draw(moments()),
        received_at=received_at,
        ref_received_at=received_at if ref else None,
    )


@st.composite
def lessons(draw: st.DrawFn) -> Lesson:
    """Draw one completion of the lesson `lesn_1`."""
    return Lesson(
        lesson_id="lesn_1",
        user_id="user_a",
        user_name=draw(st.sampled_from(["", "ann"])),
        at=draw(moments()),
    )
