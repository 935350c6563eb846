"""The world is repeatable, truthful, and shows every turn a sale can take."""

from collections import Counter
from datetime import timedelta
from functools import cache
from random import Random

from simulator.bodies import WebhookBody
from simulator.chaos import chaos
from simulator.facts import Dispute, Lesson, Membership, Refund, Sale, Stage
from simulator.world import World

REFERRERS = [("user_ada", "ADAADA22"), ("user_ada", "ADAADA22"), ("user_bo", "BOBOBO33")]


def world(run: str = "") -> World:
    return World(3, "biz_world", REFERRERS, run=run)


@cache
def history() -> list[WebhookBody]:
    return world().events(8000)


def test_one_seed_gives_one_world_and_another_run_shares_no_id() -> None:
    first, again, other = world().events(600), world().events(600), world("later").events(600)

    assert [event.raw for event in first] == [event.raw for event in again]
    assert not {event.webhook_id for event in first} & {event.webhook_id for event in other}
    assert not sale_ids(first) & sale_ids(other)


def rng() -> Random:
    return Random(1)


def sale_ids(events: list[WebhookBody]) -> set[str]:
    return {e.happening.fact.id for e in events if isinstance(e.happening.fact, Sale)}


def test_events_come_in_time_order_after_the_facts_they_tell() -> None:
    events = history()

    assert [e.due_at for e in events] == sorted(e.due_at for e in events)
    for event in events:
        fact = event.happening.fact
        if isinstance(fact, Sale | Refund | Dispute):
            assert fact.created_at <= fact.updated_at < event.due_at


def test_every_turn_of_a_sale_is_shown() -> None:
    facts = [event.happening.fact for event in history()]
    refunds = {fact.status for fact in facts if isinstance(fact, Refund)}
    disputes = {fact.status for fact in facts if isinstance(fact, Dispute)}
    sales = [fact for fact in facts if isinstance(fact, Sale)]

    assert refunds == {"pending", "succeeded", "failed"}
    assert {"won", "lost", "prevented", "needs_response", "warning_closed"} <= disputes
    assert {fact.status for fact in facts if isinstance(fact, Membership)} == {
        "trialing",
        "active",
        "past_due",
        "canceled",
    }
    assert {sale.reason for sale in sales} == {
        "one_time",
        "subscription_create",
        "subscription_cycle",
        "subscription_update",
        "manual",
    }
    assert any(sale.stage is Stage.SUCCEEDED and sale.total.minor == 0 for sale in sales)
    assert any(sale.usd_total is None for sale in sales)
    assert any(isinstance(fact, Lesson) for fact in facts)


def test_a_payment_never_changes_its_amounts_and_refunds_never_exceed_it() -> None:
    totals: dict[str, int] = {}
    taken: Counter[str] = Counter()
    for event in history():
        fact = event.happening.fact
        if isinstance(fact, Sale):
            assert totals.setdefault(fact.id, fact.total.minor) == fact.total.minor
            assert fact.total.minor >= (fact.tax.minor if fact.tax else 0)
        if isinstance(fact, Refund) and fact.status == "succeeded":
            assert fact.amount.minor > 0
            taken[fact.sale.id] += fact.amount.minor
    assert taken
    assert all(amount <= totals[sale_id] for sale_id, amount in taken.items())


def test_referrers_get_the_share_of_traffic_their_entries_give_them() -> None:
    refs = Counter(
        event.body["data"]["metadata"].get("wl_ref")
        for event in history()
        if event.type == "payment.succeeded"
    )

    assert set(refs) == {"ADAADA22", "BOBOBO33", None}
    assert refs["ADAADA22"] > refs["BOBOBO33"] > 0


def test_pace_squeezes_a_month_without_touching_arrivals() -> None:
    slow = World(5, "biz_pace", REFERRERS).events(400)
    fast = World(5, "biz_pace", REFERRERS, pace=1e-6).events(400)

    def renewals(events: list[WebhookBody]) -> int:
        return sum(e.body["data"].get("billing_reason") == "subscription_cycle" for e in events)

    assert renewals(fast) > renewals(slow)
    assert fast[-1].due_at - fast[0].due_at > timedelta(days=2)


def test_chaos_doubles_and_disorders_but_invents_and_loses_nothing() -> None:
    events = history()[:1000]

    mixed = chaos(events, rng(), duplicates=0.3, shuffle=1)

    assert len(mixed) > 1200
    assert {id(e.happening) for e in mixed} == {id(e.happening) for e in events}
    ids = Counter(e.webhook_id for e in mixed)
    assert any(count == 2 for count in ids.values()), "the same delivery twice"
    assert len(ids) > len(events), "the same fact under a new id"
    for twin in [e for e in mixed if e.webhook_id not in {x.webhook_id for x in events}]:
        assert twin.body["timestamp"] in {e.body["timestamp"] for e in events}


def test_chaos_without_shuffle_keeps_the_order() -> None:
    events = history()[:300]

    assert chaos(events, rng(), duplicates=0, shuffle=0) == events
    slipped = chaos(events, rng(), duplicates=0, shuffle=0.05)
    assert slipped != events
    assert all(abs(slipped.index(e) - i) <= 15 for i, e in enumerate(events))
