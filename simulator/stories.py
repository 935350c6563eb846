"""The lives of buyers: each story is everything one buyer does, in time order of the facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from simulator.bodies import Happening
from simulator.facts import Entry, Invoice, Money, Sale, Stage
from simulator.scene import Scene
from simulator.troubles import trouble

Story = Callable[[Scene], list[Happening]]


def bought_once(scene: Scene) -> list[Happening]:
    sale = scene.sale(scene.start, "one_time")
    return [*_charge(scene, sale), *_joins(scene, sale), *trouble(scene, scene.paid(sale))]


def subscribes(scene: Scene) -> list[Happening]:
    """First payment, some renewals, often a cancellation."""
    scene.begin_membership()
    sale = scene.sale(scene.start, "subscription_create")
    told = [*_charge(scene, sale), *_joins(scene, sale), *_activates(scene, scene.start)]
    told += trouble(scene, scene.paid(sale))
    return told + _renewals(scene, first=1, count=scene.rng.choice((0, 1, 1, 2, 3)))


def tries_first(scene: Scene) -> list[Happening]:
    """A trial begins with a zero payment; the first real money is a renewal."""
    scene.begin_membership()
    trial = scene.plan.trial_days or 7
    told = [
        scene.tell("membership.activated", scene.membership(scene.start, "trialing"), scene.start)
    ]
    zero = scene.sale(scene.start, "subscription_create", Money(0, scene.plan.price.currency))
    told += _charge(scene, zero)
    told += _joins(scene, zero)
    ending = scene.after(trial - 3)
    told.append(
        scene.tell("membership.trial_ending_soon", scene.membership(ending, "trialing"), ending)
    )
    if scene.chance(0.3):
        return told + _leaves(scene, scene.after(trial), status="trialing")
    sale = scene.sale(scene.after(trial), "subscription_cycle")
    told += [*_charge(scene, sale), *_activates(scene, scene.after(trial))]
    return told + trouble(scene, scene.paid(sale)) + _renewals(scene, first=2, count=1)


def takes_a_gift(scene: Scene) -> list[Happening]:
    """A code worth the whole price: a payment of zero, and no money later."""
    sale = scene.sale(scene.start, "one_time")
    return [*_charge(scene, sale), *_joins(scene, sale)]


def stumbles(scene: Scene) -> list[Happening]:
    """A renewal fails; the same payment succeeds two days later, or the member is gone."""
    scene.begin_membership()
    sale = scene.sale(scene.start, "subscription_create")
    told = [*_charge(scene, sale), *_joins(scene, sale), *_activates(scene, scene.start)]
    due = scene.after(scene.plan.period_days or 30)
    renewal = scene.sale(due, "subscription_cycle")
    failed = replace(renewal, stage=Stage.FAILED, failures=1, updated_at=due + scene.soon(2))
    told.append(scene.tell("payment.failed", failed, failed.updated_at))
    past_due = scene.membership(failed.updated_at, "past_due")
    told.append(scene.tell("membership.updated", past_due, failed.updated_at))
    if scene.chance(0.4):
        return told + _leaves(scene, scene.later(due, 3), status="past_due")
    again = scene.later(due, 2)
    paid = replace(scene.paid(renewal), paid_at=again, updated_at=again, failures=1)
    told.append(scene.tell("payment.succeeded", paid, again))
    return told + _activates(scene, again)


def upgrades(scene: Scene) -> list[Happening]:
    """A subscription that moves up in the middle of its month."""
    scene.begin_membership()
    sale = scene.sale(scene.start, "subscription_create")
    told = [*_charge(scene, sale), *_joins(scene, sale), *_activates(scene, scene.start)]
    price = scene.plan.price
    change = scene.sale(
        scene.after(12), "subscription_update", Money(price.minor * 3 // 5, price.currency)
    )
    return told + _charge(scene, change) + _renewals(scene, first=1, count=1)


def settles_late(scene: Scene) -> list[Happening]:
    """Whop knows the dollar value only hours after the charge and tells the payment again."""
    sale = scene.sale(scene.start, "one_time")
    first = replace(scene.paid(sale), usd_total=None)
    known = scene.later(first.updated_at, 0.25)
    whole = replace(first, usd_total=sale.usd_total, updated_at=known)
    return [
        scene.tell("payment.succeeded", first, first.updated_at),
        *_joins(scene, sale),
        scene.tell("payment.succeeded", whole, known),
    ]


def pays_a_bill(scene: Scene) -> list[Happening]:
    """An invoice and the payment behind it: one amount of money, told by two events."""
    sale = scene.sale(scene.after(1), "manual")
    bill = Invoice(
        id=scene.ids.new("inv"),
        number=f"GT-{scene.rng.randrange(10**6):06d}",
        company=scene.company,
        buyer=scene.buyer,
        plan=scene.plan,
        created_at=scene.start,
        updated_at=scene.start,
        due_at=scene.after(7),
    )
    paid = scene.paid(sale)
    settled = replace(bill, sale=paid, updated_at=paid.updated_at + scene.soon(1))
    return [
        scene.tell("invoice.created", bill, bill.created_at),
        *_charge(scene, sale),
        scene.tell("invoice.paid", settled, settled.updated_at),
    ]


def waits_in_line(scene: Scene) -> list[Happening]:
    """A place on the waiting list, let in, and then a purchase."""
    who = scene.metadata.get("wl_ref", "nobody").lower()
    place = Entry(
        scene.ids.new("entry"), scene.company, scene.buyer, scene.plan, "pending", who, scene.start
    )
    let_in = scene.after(0.5)
    sale = scene.sale(scene.after(1), "one_time")
    return [
        scene.tell("entry.created", place, scene.start),
        scene.tell("entry.approved", replace(place, status="approved"), let_in),
        *_charge(scene, sale),
        *_joins(scene, sale),
    ]


def _charge(scene: Scene, sale: Sale) -> list[Happening]:
    """Created, sometimes pending on a slow rail, then paid."""
    told = [scene.tell("payment.created", sale, sale.created_at)]
    if scene.chance(0.05):
        at = sale.created_at + scene.soon(1)
        pending = replace(sale, stage=Stage.PENDING, updated_at=at)
        told.append(scene.tell("payment.pending", pending, at))
    paid = scene.paid(sale)
    return [*told, scene.tell("payment.succeeded", paid, paid.updated_at)]


def _joins(scene: Scene, sale: Sale) -> list[Happening]:
    at = sale.created_at + scene.soon(5)
    spent = sale.usd_total or Money(0, "usd")
    return [scene.tell("member.created", scene.joined(at, spent), at)]


def _activates(scene: Scene, at: datetime) -> list[Happening]:
    at += scene.soon(5)
    return [scene.tell("membership.activated", scene.membership(at), at)]


def _renewals(scene: Scene, *, first: int, count: int) -> list[Happening]:
    period = scene.plan.period_days or 30
    told: list[Happening] = []
    for turn in range(first, first + count):
        sale = scene.sale(scene.after(period * turn), "subscription_cycle")
        told += [*_charge(scene, sale), *_activates(scene, sale.created_at)]
        told += trouble(scene, scene.paid(sale))
    if scene.chance(0.5):
        told += _leaves(scene, scene.after(period * (first + count)))
    return told


def _leaves(scene: Scene, end: datetime, *, status: str = "active") -> list[Happening]:
    """Cancelled some days before the end of the period; the access ends with it."""
    said = scene.later(end, -2)
    going = replace(scene.membership(said, status), cancel_at_period_end=True, canceled_at=said)
    gone = replace(
        scene.membership(end, "canceled"), cancel_option="too_expensive", canceled_at=said
    )
    changed = scene.tell("membership.updated", going, said)
    return [
        scene.tell("membership.cancel_at_period_end_changed", going, said),
        replace(changed, previous={"cancel_at_period_end": False}),
        scene.tell("membership.deactivated", gone, end),
    ]
