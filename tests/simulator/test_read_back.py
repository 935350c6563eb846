"""What the world means and what the rules read out of its bodies is the same, in both shapes."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from game.rules import facts as rules
from game.rules.bodies import read_envelope
from game.rules.fact_kinds import Fact, read_event
from simulator.bodies import Happening, WebhookBody, deliver, shapes_for
from simulator.facts import Dispute, Lesson, Membership, Refund, Sale, Stage
from simulator.world import World

RECEIVED = datetime(2027, 6, 1, tzinfo=UTC)


def told() -> list[Happening]:
    return [
        event.happening for event in World(21, "biz_read", [("user_a", "AAAA2222")]).events(4000)
    ]


def read(delivery: WebhookBody) -> Fact | None:
    body: Any = json.loads(delivery.raw, parse_float=Decimal)
    return read_event(read_envelope(body), body["data"], RECEIVED)


def in_each_shape(happening: Happening) -> list[Fact | None]:
    return [read(deliver(happening, shape, "msg_1")) for shape in shapes_for(happening)]


def ms(at: datetime) -> datetime:
    """Whop writes milliseconds."""
    return at - timedelta(microseconds=at.microsecond % 1000)


@pytest.fixture(scope="module")
def happenings() -> list[Happening]:
    return told()


def test_payments_are_read_as_they_were_sold(happenings: list[Happening]) -> None:
    checked = 0
    for happening in happenings:
        sale = happening.fact
        if not isinstance(sale, Sale) or sale.stage is not Stage.SUCCEEDED:
            continue
        for fact in in_each_shape(happening):
            assert isinstance(fact, rules.Payment)
            assert (fact.payment_id, fact.buyer_id) == (sale.id, sale.buyer.person.id)
            assert (fact.total_minor, fact.currency) == (sale.total.minor, sale.total.currency)
            assert fact.exponent == sale.total.exponent
            assert fact.tax_minor == (sale.tax.minor if sale.tax else 0)
            assert fact.usd_total_cents == (sale.usd_total.minor if sale.usd_total else None)
            assert fact.at == ms(sale.paid_at or sale.created_at)
            assert fact.updated_at == ms(sale.updated_at)
            assert fact.billing_reason == sale.reason
            assert fact.membership_id == (sale.membership_id or "")
            assert fact.ref == sale.metadata.get("wl_ref", "")
            assert fact.promo_code_id == (sale.promo.id if sale.promo else "")
            checked += 1
    assert checked > 1000


def test_refunds_disputes_memberships_and_lessons_are_read_as_they_happened(
    happenings: list[Happening],
) -> None:
    seen: set[type] = set()
    for happening in happenings:
        meant = happening.fact
        for fact in in_each_shape(happening):
            if isinstance(meant, Refund):
                assert isinstance(fact, rules.Refund)
                assert (fact.refund_id, fact.payment_id) == (meant.id, meant.sale.id)
                assert (fact.amount_minor, fact.currency) == (
                    meant.amount.minor,
                    meant.amount.currency,
                )
                assert fact.succeeded is (meant.status == "succeeded")
            elif isinstance(meant, Dispute):
                assert isinstance(fact, rules.Dispute)
                assert (fact.dispute_id, fact.payment_id) == (meant.id, meant.sale.id)
                assert fact.inquiry is meant.status.startswith("warning_")
                same_money = (
                    {"lost", "prevented"} if meant.status == "prevented" else {meant.status}
                )
                assert fact.status in same_money
            elif isinstance(meant, Membership):
                assert isinstance(fact, rules.Membership)
                assert (fact.membership_id, fact.user_id) == (meant.id, meant.buyer.person.id)
                assert fact.status == meant.status
                assert fact.ref == meant.metadata.get("wl_ref", "")
            elif isinstance(meant, Lesson):
                assert isinstance(fact, rules.Lesson)
                assert (fact.lesson_id, fact.user_id) == (meant.lesson_id, meant.person.id)
            else:
                continue
            seen.add(type(meant))
    assert seen == {Refund, Dispute, Membership, Lesson}


def test_a_dispute_told_in_any_mix_of_shapes_keeps_its_order(happenings: list[Happening]) -> None:
    stories: dict[str, list[Happening]] = {}
    for happening in happenings:
        if isinstance(happening.fact, Dispute):
            stories.setdefault(happening.fact.id, []).append(happening)

    assert any(len(story) == 3 for story in stories.values())
    for story in stories.values():
        steps = [in_each_shape(happening) for happening in story]
        for earlier, later in pairwise(steps):
            newest = max(fact.updated_at for fact in earlier if isinstance(fact, rules.Dispute))
            oldest = min(fact.updated_at for fact in later if isinstance(fact, rules.Dispute))
            assert newest < oldest


def test_events_that_earn_nothing_are_no_facts(happenings: list[Happening]) -> None:
    quiet = {
        "payment.created",
        "payment.pending",
        "payment.failed",
        "invoice.paid",
        "member.created",
        "chat.message.created",
        "entry.created",
        "dispute_alert.created",
    }

    for happening in happenings:
        if happening.type in quiet:
            assert in_each_shape(happening) == [None] * len(shapes_for(happening))
