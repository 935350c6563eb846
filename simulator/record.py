"""Write the world down in the store: what was sold, refunded, disputed, and who the people are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from simulator import catalogue
from simulator.bodies import Happening, Shape, data
from simulator.cast import Cast
from simulator.checkouts import plan_body
from simulator.facts import (
    Company,
    Dispute,
    Fact,
    Joined,
    Membership,
    Person,
    Refund,
    RefundShape,
    Sale,
)
from simulator.fragments import Json, iso, person_short
from simulator.store import Store, Thing


def introduce(store: Store, cast: Cast, now: datetime, app_id: str) -> None:
    """Make the company, its experience, its price list and its people known to the API."""
    store.put([*company_things(cast.company, cast.creator, now, app_id)])
    store.put([person_thing(person, now) for person in cast.everybody])
    for person in (cast.hero, *cast.members):
        store.grant(person.id, cast.company.id, "customer")
    store.grant(cast.creator.id, cast.company.id, "admin")


def person_thing(person: Person, now: datetime) -> Thing:
    """A user as `GET /users/{id}` shows one to others: without an e-mail address."""
    body: Json = {
        **person_short(person),
        "bio": None,
        "banner": None,
        "created_at": iso(now),
        "profile_picture": {"url": person.avatar_url},
        "social_links": [],
        "verification": {},
        "balances": [],
    }
    return Thing("user", person.id, "", iso(now), body, body)


def company_things(company: Company, owner: Person, now: datetime, app_id: str) -> Iterable[Thing]:
    short = {"id": company.id, "title": company.title, "route": company.route}
    account = {
        **short,
        "owner": {**person_short(owner), "profile_picture": {"url": owner.avatar_url}},
        "logo_url": None,
        "description": None,
        "created_at": iso(now),
        "metadata": {},
    }
    yield Thing("account", company.id, company.id, iso(now), account, account)
    products = {
        plan.product_id: {
            "id": plan.product_id,
            "title": plan.product_title,
            "route": plan.product_title.lower().replace(" ", "-"),
        }
        for plan in catalogue.plans(company.id)
    }
    for product_id, product in products.items():
        yield Thing("product", product_id, company.id, iso(now), product, product)
    for turn, plan in enumerate(catalogue.plans(company.id)):
        # Lists are in order of age: the price list was made from top to bottom.
        body = plan_body(plan, company, now + timedelta(milliseconds=turn))
        yield Thing("plan", plan.id, company.id, body["created_at"], body, body)
    experience = {
        "id": company.experience_id,
        "name": "Whop Legends",
        "company": short,
        "app": {"id": app_id, "name": "Whop Legends", "icon": None},
        "products": list(products.values()),
        "image": None,
        "is_public": False,
        "order": None,
        "created_at": iso(now),
    }
    yield Thing("experience", company.experience_id, company.id, iso(now), experience, experience)


def record(store: Store, happenings: Iterable[Happening]) -> None:
    """Keep the newest state of every payment, refund, dispute and membership that was told."""
    for happening in happenings:
        fact = happening.fact
        thing = thing_of(fact)
        if thing is None:
            continue
        store.put([thing])
        if isinstance(fact, Refund) and fact.status == "succeeded":
            store.put([_payment_after(store, fact)])
        if isinstance(fact, Joined):
            store.grant(fact.buyer.person.id, fact.company.id, "customer")


def thing_of(fact: Fact) -> Thing | None:
    """The API object behind a fact; None for what the product never asks about."""
    if isinstance(fact, Sale):
        return _thing("payment", fact, fact.membership_id or "", fact.buyer.person.id)
    if isinstance(fact, Refund):
        # The REST read has always the native shape, whatever a webhook says.
        native = replace(fact, shape=RefundShape.NATIVE)
        return _thing("refund", native, fact.sale.id, fact.sale.buyer.person.id)
    if isinstance(fact, Dispute):
        return _thing("dispute", fact, fact.sale.id, fact.sale.buyer.person.id)
    if isinstance(fact, Membership):
        return _thing("membership", fact, "", fact.buyer.person.id)
    if isinstance(fact, Joined):
        return person_thing(fact.buyer.person, fact.joined_at)
    return None


def _thing(kind: str, fact: Sale | Refund | Dispute | Membership, parent: str, user: str) -> Thing:
    company = fact.company if isinstance(fact, Sale | Membership) else fact.sale.company
    flat, nested = data(fact, Shape.FLAT), data(fact, Shape.NESTED)
    return Thing(kind, fact.id, company.id, flat["created_at"], flat, nested, parent, user)


def _payment_after(store: Store, refund: Refund) -> Thing:
    """The payment with everything that was refunded so far, as far as the store knows."""
    rows = store.page("refund", parent_id=refund.sale.id, fields={"status": "succeeded"}).rows
    # The text has exactly the currency's decimals, so without its point it is minor units.
    taken = sum(int(row.flat["amount"]["amount"].replace(".", "")) for row in rows)
    # Of two refunds told in the wrong order the later one dates the payment.
    newest = max(row.flat["updated_at"] for row in rows)
    updated_at = max(refund.updated_at, datetime.fromisoformat(newest))
    sale = replace(refund.sale, refunded_minor=taken, updated_at=updated_at)
    return _thing("payment", sale, sale.membership_id or "", sale.buyer.person.id)
