"""The checkout page and its button: a purchase whose payment carries the checkout's metadata."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import escape
from random import SystemRandom

from flask import Blueprint, Response, current_app, request

from simulator import catalogue, checkouts
from simulator.bodies import Shape, deliver
from simulator.catalogue import Ids
from simulator.facts import Person, Plan
from simulator.fragments import Json
from simulator.frame import visitor
from simulator.record import record
from simulator.scene import PAID_AFTER_SECONDS, Scene
from simulator.sender import Sender
from simulator.store import Store

till = Blueprint("till", __name__)

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Checkout</title><style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ max-width: 40rem; margin: 3rem auto; padding: 0 1rem }}
</style></head><body><h1>{title}</h1><p>{said}</p>{form}</body></html>"""
BUTTON = '<form method="post"><button>Pay {price}</button></form>'


@till.get("/checkout/<plan_id>")
def show(plan_id: str) -> Response:
    """What is sold here, and a button that buys it."""
    checkout, plan = _at(plan_id)
    if checkout is None or plan is None:
        return _page("Nothing is sold here", "This checkout does not exist.", status=404)
    price = f"{plan.price.major} {plan.price.currency}"
    return _page(plan.product_title, plan.title, BUTTON.format(price=escape(price)))


@till.post("/checkout/<plan_id>")
def buy(plan_id: str) -> Response:
    """Buy as whoever this browser is signed in as, else as somebody new; Whop tells the app."""
    checkout, plan = _at(plan_id)
    if checkout is None or plan is None:
        return _page("Nothing is sold here", "This checkout does not exist.", status=404)
    _sell(checkout, plan)
    return _page("Thank you", f"{plan.product_title} is yours.")


def _at(plan_id: str) -> tuple[Json | None, Plan | None]:
    """The checkout of the address and the plan it sells; both None for a made-up address."""
    checkout = checkouts.find(_store(), request.url)
    if checkout is None or checkout["plan"]["id"] != plan_id:
        return None, None
    plans = {plan.id: plan for plan in catalogue.plans(checkout["account_id"])}
    return checkout, plans.get(plan_id)


def _sell(checkout: Json, plan: Plan) -> None:
    """Take the money and tell the app: a payment, and a membership where the plan renews."""
    rng = SystemRandom()
    ids = Ids(rng)
    now = datetime.now(UTC)
    scene = Scene(
        rng=rng,
        ids=ids,
        company=catalogue.company(checkout["account_id"]),
        buyer=catalogue.buyer(rng, ids, _customer()),
        plan=plan,
        start=now - timedelta(seconds=2 * PAID_AFTER_SECONDS),
        pace=1.0,
        metadata=dict(checkout["metadata"]),
        membership_metadata=dict(checkout["metadata"]),
    )
    told = []
    if plan.period_days is not None:
        scene.begin_membership()
        told.append(scene.tell("membership.activated", scene.membership(scene.start), scene.start))
    reason = "one_time" if plan.period_days is None else "subscription_create"
    paid = scene.paid(scene.sale(scene.start, reason))
    told.append(scene.tell("payment.succeeded", paid, paid.updated_at))
    record(_store(), told)
    sender: Sender = current_app.extensions["sender"]
    for happening in told:
        delivery = deliver(happening, Shape.FLAT, ids.message())
        sender.post(delivery.webhook_id, delivery.raw)


def _customer() -> Person | None:
    known = _store().get("user", visitor())
    return Person(known.id, known.flat["username"], known.flat["name"]) if known else None


def _store() -> Store:
    store: Store = current_app.extensions["store"]
    return store


def _page(title: str, said: str, form: str = "", *, status: int = 200) -> Response:
    text = PAGE.format(title=escape(title), said=escape(said), form=form)
    return Response(text, status, mimetype="text/html")
