"""The twin answers as Whop does: its API, its keys, its errors, and its iframe proxy."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

import settings
from simulator.api import RateLimit
from simulator.facts import Sale
from simulator.fragments import iso
from simulator.record import record
from simulator.server import create_twin
from simulator.store import Store
from simulator.tokens import TokenMint
from simulator.world import World
from tests.simulator.support import API_KEY, Door, RunningTwin, running_app

NATIVE = {"Api-Version-Date": "2026-10-15-1"}


@pytest.fixture
def whop(twin: RunningTwin) -> Iterator[httpx.Client]:
    """A client as the product is one: bearer key, current version, no cookies."""
    headers = {"Authorization": f"Bearer {API_KEY}", **NATIVE}
    with httpx.Client(base_url=twin.api, headers=headers, trust_env=False) as client:
        yield client


@pytest.fixture
def browser(twin: RunningTwin) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=twin.url, trust_env=False) as client:
        yield client


def test_a_customer_enters_the_creator_is_team_and_a_stranger_stays_out(
    whop: httpx.Client, twin: RunningTwin
) -> None:
    store = Store(twin.settings.home)
    store.put([])

    def level(user: str, resource: str) -> dict[str, object]:
        body: dict[str, object] = whop.get(f"/users/{user}/access/{resource}").json()
        return body

    for resource in ("exp_demo", "biz_demo", "prod_demo_raid_pass"):
        assert level("user_demo_hero", resource) == {
            "has_access": True,
            "access_level": "customer",
        }
        assert level("user_demo_creator", resource)["access_level"] == "admin"
    store.grant("user_demo_hero", "biz_demo", "no_access")
    store.close()
    assert level("user_demo_hero", "exp_demo") == {
        "has_access": False,
        "access_level": "no_access",
    }
    assert whop.get("/users/user_nobody/access/exp_demo").status_code == 404
    assert whop.get("/users/user_demo_hero/access/exp_other").status_code == 404


def test_people_accounts_and_experiences_are_found(whop: httpx.Client) -> None:
    hero = whop.get("/users/demo_hero").json()
    assert hero["id"] == "user_demo_hero"
    picture = httpx.get(hero["profile_picture"]["url"])
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    assert ">RS</text>" in picture.text
    assert httpx.get(str(picture.url).replace("hero", "nobody")).status_code == 404
    assert "email" not in hero
    assert whop.get("/accounts/biz_demo").json()["owner"]["id"] == "user_demo_creator"
    assert whop.get("/experiences/exp_demo").json()["company"]["id"] == "biz_demo"


def test_errors_have_whops_shape(whop: httpx.Client, twin: RunningTwin) -> None:
    missing = whop.get("/payments/pay_none")
    assert missing.status_code == 404
    assert missing.json()["error"]["type"] == "not_found"
    assert whop.get("/nothing_here").json()["error"]["type"] == "not_found"
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = httpx.get(f"{twin.api}/payments", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["type"] == "unauthorized"
    odd = whop.get("/payments", headers={"Api-Version-Date": "tomorrow"})
    assert odd.status_code == 400
    assert "2026-10-15-1" in odd.json()["error"]["message"]


def test_the_request_over_the_limit_must_wait_but_other_operations_go_on() -> None:
    limit = RateLimit()
    noon = 43_200.0

    waits = [limit.wait_seconds("show_user", "key", noon + turn / 100) for turn in range(601)]

    assert waits[:600] == [0] * 600
    assert waits[600] == 54
    assert limit.wait_seconds("show_account", "key", noon) == 0
    assert limit.wait_seconds("show_user", "other key", noon) == 0
    assert limit.wait_seconds("show_user", "key", noon + 60) == 0


def test_a_caller_over_the_limit_gets_whops_429(twin: RunningTwin, whop: httpx.Client) -> None:
    twin.app.extensions["rate_limit"].limit = 0

    answer = whop.get("/accounts/biz_demo")

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.json()["error"]["type"] == "rate_limit_exceeded"


def test_lists_walk_through_everything_once_in_both_shapes(
    whop: httpx.Client, twin: RunningTwin
) -> None:
    events = World(2, "biz_demo", [("user_a", "AAAA2222")]).events(600)
    store = Store(twin.settings.home)
    record(store, (event.happening for event in events))
    store.close()
    told = {e.body["data"]["id"] for e in events if e.type.startswith("payment.")}

    seen: list[str] = []
    cursor = ""
    while True:
        page = whop.get(
            "/payments", params={"account_id": "biz_demo", "first": "50", "after": cursor}
        ).json()
        seen += [row["id"] for row in page["data"]]
        cursor = page["page_info"]["end_cursor"]
        if not page["page_info"]["has_next_page"]:
            break

    assert len(seen) == len(told)
    assert set(seen) == told
    assert isinstance(whop.get(f"/payments/{seen[0]}").json()["total"], dict)
    old = whop.get(f"/payments/{seen[0]}", headers={"Api-Version-Date": "2025-01-01"}).json()
    assert isinstance(old["total"], float)
    only_new = whop.get("/payments", params={"created_after": "2031-01-01T00:00:00Z"}).json()
    assert only_new["data"] == []


def test_a_payment_read_back_shows_what_was_refunded_so_far(
    whop: httpx.Client, twin: RunningTwin
) -> None:
    events = World(4, "biz_demo", [("user_a", "AAAA2222")]).events(3000)
    store = Store(twin.settings.home)
    record(store, (event.happening for event in events[:1500]))
    record(store, (event.happening for event in events[1500:]))
    store.close()
    refunds = whop.get("/refunds", params={"status": "succeeded", "first": "100"}).json()["data"]
    assert refunds

    for refund in refunds:
        payment = whop.get(f"/payments/{refund['payment_id']}").json()
        mine = whop.get("/refunds", params={"payment_id": payment["id"]}).json()["data"]
        taken = sum(
            round(float(r["amount"]["amount"]) * 1000) for r in mine if r["status"] == "succeeded"
        )
        assert round(float(payment["refunded_amount"]["amount"]) * 1000) == taken


def test_telling_the_world_backwards_leaves_the_same_api(tmp_path: Path) -> None:
    events = [e.happening for e in World(4, "biz_demo", [("user_a", "AAAA2222")]).events(2000)]
    forwards, backwards = Store(tmp_path / "f"), Store(tmp_path / "b")

    record(forwards, events)
    record(backwards, reversed(events))

    for kind in ("payment", "refund", "dispute", "membership"):
        expected = forwards.page(kind, first=5000).rows
        assert expected
        assert backwards.page(kind, first=5000).rows == expected
    forwards.close()
    backwards.close()


def test_what_was_sold_long_ago_is_forgotten(tmp_path: Path) -> None:
    events = [e.happening for e in World(4, "biz_demo", [("user_a", "AAAA2222")]).events(600)]
    store = Store(tmp_path)
    record(store, events)

    store.forget_old("biz_demo", keep=10)

    kept = store.page("payment", first=5000).rows
    assert 10 <= len(kept) <= 11
    assert kept[-1].created_at == max(
        iso(e.fact.created_at) for e in events if isinstance(e.fact, Sale)
    )
    store.close()


def test_a_membership_names_its_affiliate_only_where_the_company_allows_it(
    whop: httpx.Client, twin: RunningTwin
) -> None:
    events = World(2, "biz_demo", [("user_a", "AAAA2222")]).events(100)
    membership = next(e for e in events if e.type == "membership.activated").body["data"]["id"]
    store = Store(twin.settings.home)
    record(store, (event.happening for event in events))
    asked = {"resource_id": "biz_demo", "actions": "affiliate:basic:read,payment:basic:read"}

    assert whop.get(f"/memberships/{membership}").json()["affiliate"] is None
    store.set_affiliate(membership, "user_ally")
    assert whop.get(f"/memberships/{membership}").json()["affiliate"]["user_id"] == "user_ally"
    assert all(row["granted"] for row in whop.get("/permissions", params=asked).json()["data"])

    store.refuse("biz_demo", "affiliate:basic:read")
    store.close()
    assert whop.get(f"/memberships/{membership}").json()["affiliate"] is None
    granted = {
        row["action"]: row["granted"]
        for row in whop.get("/permissions", params=asked).json()["data"]
    }
    assert granted == {"affiliate:basic:read": False, "payment:basic:read": True}


def make_checkout(whop: httpx.Client, key: str = "", **changes: object) -> httpx.Response:
    body = {
        "account_id": "biz_demo",
        "plan_id": "plan_demo_monthly",
        "metadata": {"wl_ref": "AAAA2222"},
        "mode": "payment",
        **changes,
    }
    headers = {"Idempotency-Key": key} if key else {}
    return whop.post("/checkout_configurations", json=body, headers=headers)


def test_a_companys_plans_are_listed_oldest_first_with_whops_fields(
    whop: httpx.Client, twin: RunningTwin
) -> None:
    plans = whop.get("/plans", params={"account_id": "biz_demo"}).json()["data"]

    assert plans[0]["id"] == "plan_demo_monthly"
    assert (plans[0]["visibility"], plans[0]["renewal_price"]) == ("visible", 49.0)
    assert len(plans) == 9
    assert whop.get("/plans", params={"account_id": "biz_none"}).status_code == 404
    twin.app.extensions["store"].refuse("biz_demo", "plan:basic:read")
    assert whop.get("/plans", params={"account_id": "biz_demo"}).status_code == 403


def test_the_same_key_makes_one_checkout_and_repeats_the_answer(whop: httpx.Client) -> None:
    first, again = make_checkout(whop, "key-1"), make_checkout(whop, "key-1")
    other, without = make_checkout(whop, "key-2"), make_checkout(whop)

    assert first.json()["metadata"] == {"wl_ref": "AAAA2222"}
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert len({first.json()["id"], other.json()["id"], without.json()["id"]}) == 3
    assert make_checkout(whop, "key-1", plan_id="plan_demo_guild").status_code == 400


def test_a_refusal_is_repeated_for_its_key(whop: httpx.Client, twin: RunningTwin) -> None:
    assert make_checkout(whop, "key-1", plan_id="plan_none").status_code == 404
    again = make_checkout(whop, "key-1", plan_id="plan_none")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (404, "true")
    assert make_checkout(whop, account_id="biz_other").status_code == 404
    assert make_checkout(whop, mode="barter").status_code == 422
    twin.app.extensions["store"].refuse("biz_demo", "checkout_configuration:create")
    assert make_checkout(whop).status_code == 403


def test_a_purchase_carries_the_checkouts_metadata_and_nothing_of_the_address(
    whop: httpx.Client, browser: httpx.Client, door: Door
) -> None:
    place = make_checkout(whop).json()["purchase_url"]
    browser.get("/open", params={"user": "user_demo_001", "to": "/"})

    assert "Pay 49.00 usd" in browser.get(place).text
    assert browser.post(f"{place}&wl_ref=BBBB3333&metadata[wl_ref]=BBBB3333").status_code == 200

    bodies = [json.loads(heard.body) for heard in door.heard]
    assert [body["type"] for body in bodies] == ["membership.activated", "payment.succeeded"]
    assert all(body["data"]["metadata"] == {"wl_ref": "AAAA2222"} for body in bodies)
    assert bodies[1]["data"]["user"]["id"] == "user_demo_001"
    assert whop.get(f"/payments/{bodies[1]['data']['id']}").status_code == 200


def test_nothing_is_sold_at_a_made_up_checkout(whop: httpx.Client, browser: httpx.Client) -> None:
    session = make_checkout(whop).json()["id"]

    for place in ("plan_demo_monthly?session=ch_none", f"plan_demo_guild?session={session}"):
        assert browser.get(f"/checkout/{place}").status_code == 404
        assert browser.post(f"/checkout/{place}").status_code == 404


def test_faults_fail_as_often_as_asked_and_then_stop(whop: httpx.Client, twin: RunningTwin) -> None:
    httpx.post(
        f"{twin.url}/_twin/faults", json={"route": "/api/v1/users/*", "status": 503, "times": 2}
    )
    statuses = [whop.get("/users/user_demo_hero").status_code for _ in range(3)]
    assert statuses == [503, 503, 200]

    httpx.post(
        f"{twin.url}/_twin/faults", json={"route": "*", "status": 0, "times": -1, "delay_ms": 120}
    )
    assert whop.get("/users/user_demo_hero").elapsed.total_seconds() >= 0.12
    httpx.delete(f"{twin.url}/_twin/faults")
    assert whop.get("/users/user_demo_hero").elapsed.total_seconds() < 0.12


def test_tokens_verify_against_the_published_keys_as_whop_says(twin: RunningTwin) -> None:
    token = TokenMint(twin.settings.home).mint("user_x", "app_test", datetime.now(UTC))

    key = jwt.PyJWKClient(f"{twin.url}/.well-known/jwks.json").get_signing_key_from_jwt(token)
    claims = jwt.decode(
        token,
        key.key,
        algorithms=["ES256"],
        audience="app_test",
        issuer="urn:whopcom:exp-proxy",
        options={"require": ["exp", "sub"]},
    )

    assert claims["sub"] == "user_x"
    assert claims["exp"] - claims["iat"] <= 600


def test_a_signed_in_browser_reaches_the_app_with_its_own_token_and_no_other(
    browser: httpx.Client, door: Door, twin: RunningTwin
) -> None:
    door.answers = [(201, b"hello", {"x-app": "1", "set-cookie": "theirs=2; Path=/"})]
    opened = browser.get("/open", params={"user": "user_demo_hero", "to": "/experiences/exp_demo"})
    assert (opened.status_code, opened.headers["location"]) == (302, "/experiences/exp_demo")

    answer = browser.post(
        "/api/v1/auth?x=1",
        content=b'{"experience_id":"exp_demo"}',
        headers={"x-whop-user-token": "forged", "content-type": "application/json"},
    )

    assert (answer.status_code, answer.text, answer.headers["x-app"]) == (201, "hello", "1")
    [heard] = door.heard
    assert (heard.method, heard.path) == ("POST", "/api/v1/auth?x=1")
    assert heard.body == b'{"experience_id":"exp_demo"}'
    assert "cookie" not in heard.headers
    claims = jwt.decode(heard.headers["x-whop-user-token"], options={"verify_signature": False})
    assert (claims["sub"], claims["aud"]) == ("user_demo_hero", "app_test")
    browser.get("/static/ui/app.js")
    assert door.heard[-1].headers["cookie"] == "theirs=2"


def test_an_answer_is_passed_on_while_the_app_still_writes_it(tmp_path: Path) -> None:
    first_seen = threading.Event()

    def app(_: object, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("content-type", "text/event-stream")])
        yield b"data: one\n\n"
        assert first_seen.wait(10), "the first frame never reached the browser"
        yield b"data: two\n\n"

    with running_app(app) as url:
        loaded = settings.load(
            {"LEGENDS_ENV": "test", "LEGENDS_HOME": str(tmp_path), "PUBLIC_URL": url}
        )
        with running_app(create_twin(loaded)) as twin_url, httpx.Client() as browser:
            browser.get(f"{twin_url}/open", params={"user": "user_demo_hero", "to": "/"})
            with browser.stream("GET", f"{twin_url}/sse") as answer:
                frames = answer.iter_bytes()
                assert next(frames) == b"data: one\n\n"
                first_seen.set()
                assert next(frames) == b"data: two\n\n"


def test_the_command_serves_and_leaves_when_asked(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "LEGENDS_ENV": "test",
        "LEGENDS_HOME": str(tmp_path),
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", "from cli.simulation import twin; twin(['--port', '0'])"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().split()[3]

    assert httpx.get(f"{url}/health/live").json() == {"status": "ok"}
    assert len(httpx.get(f"{url}/.well-known/jwks.json").json()["keys"]) == 1
    process.terminate()

    assert process.wait(10) == 0
    process.stdout.close()


def test_the_key_outlives_the_program(tmp_path: Path) -> None:
    assert TokenMint(tmp_path).jwks() == TokenMint(tmp_path).jwks()
    assert (tmp_path / "twin" / "user-token-key.pem").stat().st_mode & 0o077 == 0


def test_a_stranger_is_asked_who_they_are_and_forwarded_without_a_token(
    browser: httpx.Client, door: Door
) -> None:
    page = browser.get("/experiences/exp_demo", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (302, "/")
    people = browser.get("/").text
    assert "/open?user=user_demo_hero" in people
    assert "user_demo_creator" in people

    browser.get("/static/app.css", headers={"x-whop-user-token": "forged"})
    assert "x-whop-user-token" not in door.heard[-1].headers


def test_signing_in_never_leads_off_the_twin(browser: httpx.Client) -> None:
    for target in ("https://evil.example", "//evil.example", "/\\evil.example"):
        assert browser.get("/open", params={"user": "u", "to": target}).status_code == 400


def test_an_app_that_is_down_is_a_502_not_a_crash(tmp_path: Path) -> None:
    nobody_listens = "http://127.0.0.1:9"
    loaded = settings.load(
        {"LEGENDS_ENV": "test", "LEGENDS_HOME": str(tmp_path), "PUBLIC_URL": nobody_listens}
    )

    with create_twin(loaded).test_client() as client:
        client.get("/open?user=user_demo_hero&to=/")
        answer = client.get("/experiences/exp_demo")

    assert answer.status_code == 502
    assert client.get("/health/live").get_json() == {"status": "ok"}
