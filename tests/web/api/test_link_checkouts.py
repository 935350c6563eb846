"""A link comes to lead to a checkout of Whop's, whose payments name the member it belongs to."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient

import settings as settings_module
from game.rules.refusals import Refusal
from game.services.companies.changing import change
from game.services.platform import redis_client
from game.services.platform.audit import Hand
from game.services.referrals import checkouts
from game.services.whop import api, tokens
from models.base import Json
from models.outgoing import Message
from models.session import WORKER, register_sender, transaction
from settings import Settings
from simulator.server import create_twin
from simulator.store import Store
from simulator.tokens import TokenMint
from tests.simulator.support import API_KEY, running_app
from tests.support.company_life import Person, code_of, rows, settle, sign_in
from workers.app import make_app

COMPANY = "biz_demo"
NOW = datetime.now(UTC)
PRODUCTION = {
    "LEGENDS_ENV": "production",
    "WHOP_API_URL": "https://twin.example/api/v1",
    "WHOP_JWKS_URL": "https://twin.example/jwks.json",
    "FLOWER_AUTH": "ops:a-long-password",
    "PUBLIC_URL": "https://legends.example",
    "RELAY_URL": "https://relay.legends.example",
    "ENCRYPTION_KEYS": "k1:" + base64.b64encode(b"k" * 32).decode(),
    "SESSION_SECRETS": "s" * 40,
}


@dataclass
class Whop:
    """A running twin: its address and its insides."""

    url: str
    store: Store
    app: Flask

    def trouble(self, status: int) -> None:
        fault = {"route": "/api/v1/checkout_configurations", "status": status}
        assert self.app.test_client().post("/_twin/faults", json=fault).status_code == 201

    def checkouts(self) -> int:
        return len(self.store.page("checkout").rows)


@pytest.fixture
def whop(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Whop]:
    """A twin that the application asks, and that tells the application what it sold."""
    with running_app(app) as web_url:
        monkeypatch.setenv("PUBLIC_URL", web_url)
        monkeypatch.setenv("WHOP_API_KEY", API_KEY)
        settings_module.current.cache_clear()
        twin = create_twin(settings_module.current())
        with running_app(twin) as url:
            monkeypatch.setenv("WHOP_API_URL", f"{url}/api/v1")
            monkeypatch.setenv("WHOP_JWKS_URL", f"{url}/.well-known/jwks.json")
            settings_module.current.cache_clear()
            yield Whop(url, twin.extensions["store"], twin)
    tokens.key_set.cache_clear()


@pytest.fixture
def sent(app: Flask) -> list[Message]:
    """What is handed over after commits, instead of to the broker."""
    messages: list[Message] = []
    register_sender(messages.extend)
    return messages


@pytest.fixture
def seller(client: FlaskClient, sent: list[Message]) -> Person:
    """A member of the company the twin knows."""
    return sign_in(client, COMPANY, "user_demo_hero")


@pytest.fixture
def code(whop: Whop, seller: Person) -> str:
    return code_of(seller)


def way_of(client: FlaskClient, code: str, browser: str = "Firefox") -> str:
    """Where a visitor of the link is sent."""
    return client.get(f"/r/{code}", headers={"User-Agent": browser}).headers["Location"]


def state_of(code: str) -> tuple[str, str, int, timedelta]:
    """The code's address, key and attempts, and how long after NOW it is due."""
    [(url, key, attempts, next_at)] = rows(
        "SELECT purchase_url, checkout_key, checkout_attempts, checkout_next_at "
        "FROM referral_code WHERE code = %s",
        code,
    )
    return url, key, attempts, next_at - NOW


def at(code: str, moment: datetime) -> None:
    """Let the code be due at that moment."""
    with transaction(WORKER) as tx:
        tx.run("UPDATE referral_code SET checkout_next_at = %s WHERE code = %s", (moment, code))


def test_a_new_code_asks_for_its_checkout_once(
    whop: Whop, seller: Person, sent: list[Message]
) -> None:
    code = code_of(seller)
    code_of(seller)

    assert [each for each in sent if each == checkouts.wanted(COMPANY, code)] == [
        checkouts.wanted(COMPANY, code)
    ]


def test_without_a_key_nothing_is_asked(seller: Person, sent: list[Message]) -> None:
    code = code_of(seller)

    assert checkouts.wanted(COMPANY, code) not in sent
    assert checkouts.sweep_step({}, NOW, datetime.now(UTC)) is None
    assert state_of(code)[:3] == ("", "", 0)


def test_a_purchase_through_a_link_credits_its_member_by_metadata_alone(
    whop: Whop, client: FlaskClient, seller: Person, code: str
) -> None:
    assert checkouts.make(COMPANY, code, datetime.now(UTC))

    place = way_of(client, code)
    assert place.startswith(f"{whop.url}/checkout/plan_demo_monthly?session=ch_")
    assert httpx.get(place).status_code == 200
    assert httpx.post(f"{place}&wl_ref=SOMEBODY").status_code == 200
    settle()

    states = {(one["source"], one["state"]) for one in seller.data("/referrals")}
    assert states == {("code", "completed"), ("click", "pending")}
    assert rows("SELECT ref FROM payment") == [(code,)]
    assert rows("SELECT count(*) FROM click") == [(1,)]
    assert seller.data("/referrals/stats")["clicks"] == 1


def test_until_there_is_a_checkout_visitors_go_to_the_company(
    client: FlaskClient, code: str
) -> None:
    assert way_of(client, code).startswith("https://whop.com/biz_demo/?wl_ref=ck_")


def test_following_a_link_never_asks_whop(whop: Whop, client: FlaskClient, code: str) -> None:
    way_of(client, code)

    assert whop.checkouts() == 0
    assert state_of(code)[2] == 0


def test_an_answer_that_got_lost_is_asked_for_again_without_a_second_checkout(
    whop: Whop, code: str
) -> None:
    checkouts.make(COMPANY, code, datetime.now(UTC))
    first = state_of(code)
    with transaction(WORKER) as tx:
        tx.run("UPDATE referral_code SET purchase_url = '', checkout_next_at = %s", (NOW,))

    checkouts.make(COMPANY, code, datetime.now(UTC))

    assert state_of(code)[:2] == first[:2]
    assert whop.checkouts() == 1


def test_a_code_that_is_not_due_or_has_its_checkout_is_left_alone(whop: Whop, code: str) -> None:
    now = datetime.now(UTC)
    at(code, now + timedelta(seconds=1))
    checkouts.make(COMPANY, code, now)
    assert state_of(code)[2] == 0

    later = now + timedelta(seconds=2)
    for _ in range(2):
        checkouts.make(COMPANY, code, later)
    assert (state_of(code)[2], whop.checkouts()) == (1, 1)


def test_failures_are_tried_again_after_growing_pauses(whop: Whop, code: str) -> None:
    pauses = []
    for _ in range(8):
        at(code, NOW)
        whop.trouble(503)
        assert checkouts.sweep_step({}, NOW, NOW) is None, "Whop is away: no use asking for more"
        pauses.append(int(state_of(code)[3].total_seconds()))
    assert pauses == [30, 120, 480, 1800, 7200, 21_600, 21_600, 21_600]

    at(code, NOW)
    assert checkouts.sweep_step({}, NOW, NOW) == {"asked": 1}
    assert state_of(code)[0]


def test_what_asking_again_does_not_change_rests_for_a_day(
    whop: Whop, client: FlaskClient, code: str
) -> None:
    other = code_of(sign_in(client, "biz_of_nobody", "user_b"))
    whop.store.refuse(COMPANY, "checkout_configuration:create")
    at(code, NOW - timedelta(seconds=2))
    at(other, NOW - timedelta(seconds=1))

    progress = checkouts.sweep_step({}, NOW, NOW)
    assert checkouts.sweep_step(progress or {}, NOW, NOW) == {"asked": 2}
    assert checkouts.sweep_step({"asked": 2}, NOW, NOW) is None

    for refused in (code, other):
        url, key, attempts, pause = state_of(refused)
        assert (url, key, attempts, pause) == ("", "", 1, timedelta(days=1))


def test_a_key_that_whop_does_not_take_stops_the_sweep(
    whop: Whop, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHOP_API_KEY", "apik_wrong")
    settings_module.current.cache_clear()
    at(code, NOW)

    assert checkouts.sweep_step({}, NOW, NOW) is None
    assert state_of(code)[3] == timedelta(seconds=30)


def test_an_expired_code_is_not_asked_for(whop: Whop, code: str) -> None:
    with transaction(WORKER) as tx:
        tx.run("UPDATE referral_code SET expires_at = %s, checkout_next_at = %s", (NOW, NOW))

    assert checkouts.sweep_step({}, NOW, NOW) is None
    checkouts.make(COMPANY, code, NOW)
    assert whop.checkouts() == 0


def test_the_plan_a_company_chose_is_sold(whop: Whop, client: FlaskClient, code: str) -> None:
    with transaction(WORKER) as tx:
        tx.run(
            "INSERT INTO system_config (company_id, key, version, value, created_at, "
            "actor_user_id) VALUES (%s, 'checkout.plan_id', 1, %s, now(), 'user_c')",
            (COMPANY, json.dumps("plan_demo_guild")),
        )

    checkouts.make(COMPANY, code, datetime.now(UTC))

    assert way_of(client, code).startswith(f"{whop.url}/checkout/plan_demo_guild?")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/checkout",
        "http://whop.com/checkout/plan_1",
        "https://whop.com.evil.example/",
        "https://evilwhop.com/",
        "https://whop.com@evil.example/",
        "https://user@whop.com/",
        "https://whop.com:8443/",
        "https://evil.example\\.whop.com/",
        "https://whop.com\\@evil.example/",
        "https://whop.com/\nSet-Cookie: a=b",
        "//whop.com/",
        "javascript:alert(1)",
    ],
)
def test_a_stored_address_elsewhere_is_never_followed(
    client: FlaskClient, code: str, url: str
) -> None:
    with transaction(WORKER) as tx:
        tx.run("UPDATE referral_code SET purchase_url = %s", (url,))

    assert way_of(client, code).startswith("https://whop.com/biz_demo/?wl_ref=")


def test_whops_own_addresses_are_followed_and_the_twins_only_here(
    settings: Settings, whop: Whop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert api.is_checkout("https://whop.com/checkout/plan_1?session=ch_1&d=%20")
    assert api.is_checkout("https://sandbox.whop.com/checkout/plan_1")
    assert api.is_checkout(f"{whop.url}/checkout/plan_1")
    assert not api.is_checkout(f"{whop.url}1/checkout/plan_1")
    assert not api.is_checkout(f"{whop.url}@evil.example/")

    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    settings_module.current.cache_clear()
    assert api.is_checkout("https://whop.com/checkout/plan_1")
    assert not api.is_checkout("https://twin.example/checkout/plan_1")


def test_members_own_clicks_do_not_count_and_others_do(
    whop: Whop, client: FlaskClient, settings: Settings
) -> None:
    token = TokenMint(settings.home).mint("user_demo_hero", "app_test", datetime.now(UTC))
    opened = client.post(
        "/api/v1/auth",
        json={"experience_id": "exp_demo"},
        headers={"X-Whop-User-Token": token, "User-Agent": "Safari"},
    )
    assert opened.json is not None
    bearer = {"Authorization": f"Bearer {opened.json['data']['token']}"}
    made = client.post("/api/v1/referrals/generate", json={}, headers=bearer)
    assert made.json is not None
    code = made.json["data"]["code"]

    way_of(client, code, "Safari")
    assert rows("SELECT count(*) FROM click") == [(0,)]

    way_of(client, code, "Chrome")
    assert rows("SELECT count(*) FROM click") == [(1,)]


def test_the_wish_is_a_task_in_the_queue_for_whop(whop: Whop, code: str) -> None:
    wish = checkouts.wanted(COMPANY, code)
    celery = make_app(settings_module.current())
    celery.loader.import_default_modules()

    celery.tasks[wish.name](**wish.arguments)

    assert state_of(code)[0].startswith(f"{whop.url}/checkout/")
    assert celery.amqp.router.route({}, wish.name)["queue"].name == "whop"


def test_a_plan_that_is_not_sold_any_more_is_followed_by_another(whop: Whop, code: str) -> None:
    now = datetime.now(UTC)
    checkouts.make(COMPANY, code, now)
    sold = "SELECT made_for, purchase_url <> '' FROM referral_code"
    assert rows(sold) == [("plan_demo_monthly", True)]
    assert list(reviewed(now)) == [{"company": COMPANY, "plan": "plan_demo_monthly"}]
    assert rows(sold) == [("plan_demo_monthly", True)], "what is sold is left alone"

    plan = whop.store.get("plan", "plan_demo_monthly")
    assert plan is not None
    gone = {**plan.flat, "visibility": "archived"}
    whop.store.put([replace(plan, flat=gone, nested=gone)])
    redis_client.client().delete(f"wl:plans:{COMPANY}")
    list(reviewed(now))
    assert rows(sold) == [("", False)]
    checkouts.make(COMPANY, code, now + timedelta(seconds=1))

    assert rows(sold) == [("plan_demo_starter", True)]


def test_a_chosen_plan_that_is_gone_is_followed_by_the_usual_one(whop: Whop, code: str) -> None:
    with transaction(WORKER) as tx:
        tx.run("UPDATE referral_code SET plan_id = 'plan_gone'")

    assert checkouts.make(COMPANY, code, datetime.now(UTC))

    assert rows("SELECT made_for FROM referral_code") == [("plan_demo_monthly",)]


def test_a_product_sells_its_oldest_plan(whop: Whop, code: str) -> None:
    hand = Hand(COMPANY, "user_demo_creator")
    change(hand, {"product_id": "prod_demo_inner_circle"}, datetime.now(UTC))

    checkouts.make(COMPANY, code, datetime.now(UTC) + timedelta(seconds=1))

    assert rows("SELECT made_for FROM referral_code") == [("plan_demo_guild",)]
    with pytest.raises(Refusal) as refused:
        change(hand, {"plan_id": "plan_unknown"}, datetime.now(UTC))
    assert refused.value.code == "unknown_plan"


def reviewed(now: datetime) -> Iterator[Json]:
    """Each step of one tick of the review."""
    progress = checkouts.review_step({}, now, now)
    while progress is not None:
        yield progress
        progress = checkouts.review_step(progress, now, now)
