"""Signing in through a local Whop: its tokens, its keys, its word about access."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient

import settings as settings_module
from game.services.members import sessions
from game.services.platform import redis_client
from game.services.whop import tokens
from models.session import WORKER, transaction
from settings import Settings
from simulator.server import create_twin
from simulator.store import Store
from simulator.tokens import ISSUER, TokenMint
from tests.conftest import forget_settings
from tests.simulator.support import API_KEY, running_app
from web.app import create_app
from web.rate_limits import limiter

HERO, CREATOR, OPERATOR = "user_demo_hero", "user_demo_creator", "user_demo_operator"
EXPERIENCE = {"experience_id": "exp_demo"}


@dataclass
class Whop:
    """The twin's insides: its store of access, its key, its switches for trouble."""

    store: Store
    mint: TokenMint
    app: Flask

    def token(self, user: str = HERO) -> str:
        return self.mint.mint(user, "app_test", datetime.now(UTC))

    def trouble(self, route: str, **fault: Any) -> None:
        answer = self.app.test_client().post("/_twin/faults", json={"route": route, **fault})
        assert answer.status_code < 300


@pytest.fixture
def whop(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Whop]:
    monkeypatch.setenv("WHOP_API_KEY", API_KEY)
    monkeypatch.setenv("OPERATORS", OPERATOR)
    forget_settings()
    app = create_twin(settings_module.current())
    with running_app(app) as url:
        monkeypatch.setenv("WHOP_API_URL", f"{url}/api/v1")
        monkeypatch.setenv("WHOP_JWKS_URL", f"{url}/.well-known/jwks.json")
        forget_settings()
        redis_client.client.cache_clear()
        yield Whop(app.extensions["store"], app.extensions["mint"], app)
    redis_client.client.cache_clear()
    tokens.key_set.cache_clear()
    limiter._storage_dead = False  # one limiter serves every application of this process


@pytest.fixture
def client(whop: Whop) -> FlaskClient:
    return create_app().test_client()


def enter(client: FlaskClient, token: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    """Status and, in short, data or error code."""
    answer = client.post(
        "/api/v1/auth", json=body or EXPERIENCE, headers={"X-Whop-User-Token": token}
    )
    assert answer.json is not None
    found = answer.json
    return answer.status_code, found["data"] if found["success"] else found["error"]["code"]


def me(client: FlaskClient, session: str) -> tuple[int, Any]:
    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {session}"})
    assert answer.json is not None
    found = answer.json
    return answer.status_code, found["data"] if found["success"] else found["error"]["code"]


def test_the_first_call_makes_member_and_company_and_gives_a_session(
    client: FlaskClient, whop: Whop
) -> None:
    status, data = enter(client, whop.token())

    assert status == 200
    assert (data["role"], data["company"]["id"]) == ("member", "biz_demo")
    assert data["company"]["title"]
    assert data["member"]["whop_user_id"] == HERO
    assert data["member"]["username"] == "demo_hero"
    assert data["member"]["avatar_url"].endswith(f"/{HERO}.svg")
    lasts = datetime.fromisoformat(data["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < lasts <= timedelta(minutes=15)
    assert me(client, data["token"])[1]["member"]["id"] == data["member"]["id"]
    with transaction(WORKER) as tx:
        assert tx.rows("SELECT company_id, owner_user_id FROM company") == [("biz_demo", CREATOR)]
        assert tx.rows("SELECT kind FROM member_fact") == [("visit",)]


def test_a_session_says_after_which_notice_its_news_begin(client: FlaskClient, whop: Whop) -> None:
    enter(client, whop.token())
    with transaction(WORKER) as tx:
        tx.run("UPDATE member SET notice_seq = 7")

    assert enter(client, whop.token())[1]["last_id"] == 7


def test_signing_in_again_and_at_once_makes_nobody_twice(client: FlaskClient, whop: Whop) -> None:
    app = client.application
    token = whop.token()

    with ThreadPoolExecutor(6) as pool:
        entered = list(pool.map(lambda _: enter(app.test_client(), token), range(6)))

    assert {status for status, _ in entered} == {200}
    assert len({data["member"]["id"] for _, data in entered}) == 1
    assert len({data["token"] for _, data in entered}) == 6
    with transaction(WORKER) as tx:
        assert tx.rows("SELECT count(*) FROM member") == [(1,)]


def test_roles_follow_whop_and_the_owner_is_the_creator(client: FlaskClient, whop: Whop) -> None:
    whop.store.grant("user_demo_001", "biz_demo", "admin")

    roles = {
        user: enter(client, whop.token(user), body)[1]["role"]
        for user, body in {
            HERO: EXPERIENCE,
            "user_demo_001": EXPERIENCE,
            CREATOR: {"company_id": "biz_demo"},
        }.items()
    }

    assert roles == {HERO: "member", "user_demo_001": "moderator", CREATOR: "creator"}


def test_leaving_the_team_ends_the_role_but_a_made_creator_stays_one(
    client: FlaskClient, whop: Whop
) -> None:
    whop.store.grant("user_demo_001", "biz_demo", "admin")
    enter(client, whop.token("user_demo_001"))
    with transaction(WORKER) as tx:
        tx.run("UPDATE member SET role = 'creator'")

    still = enter(client, whop.token("user_demo_001"))[1]["role"]
    whop.store.grant("user_demo_001", "biz_demo", "customer")
    redis_client.client().flushall()
    after = enter(client, whop.token("user_demo_001"))[1]["role"]

    assert (still, after) == ("creator", "member")


def test_where_the_owner_is_unknown_the_first_of_the_team_is_the_creator(
    client: FlaskClient, whop: Whop
) -> None:
    whop.trouble("/api/v1/accounts/*", status=403, times=-1)
    whop.store.grant("user_demo_001", "biz_demo", "admin")

    first = enter(client, whop.token("user_demo_001"))[1]["role"]
    second = enter(client, whop.token(CREATOR))[1]["role"]

    assert (first, second) == ("creator", "moderator")


def test_an_operator_may_operate_and_is_no_member(client: FlaskClient, whop: Whop) -> None:
    status, data = enter(client, whop.token(OPERATOR))
    bearer = {"Authorization": f"Bearer {data['token']}"}

    assert (status, data["role"], data["member"]) == (200, "admin", None)
    assert me(client, data["token"])[1]["role"] == "admin"
    assert client.get("/api/v1/ops/queues", headers=bearer).status_code == 200
    assert client.get("/api/v1/quests", headers=bearer).status_code == 403
    status, _ = enter(client, whop.token(OPERATOR), {"company_id": "biz_made_up"})
    assert status == 403


def test_who_has_no_access_stays_out(client: FlaskClient, whop: Whop) -> None:
    whop.store.grant(HERO, "biz_demo", "no_access")

    assert enter(client, whop.token()) == (403, "no_access")
    assert enter(client, whop.token("user_nobody")) == (403, "no_access")
    assert enter(client, whop.token(CREATOR), {"experience_id": "exp_other"}) == (403, "no_access")


def test_a_banned_member_stays_out_and_open_sessions_end(client: FlaskClient, whop: Whop) -> None:
    _, data = enter(client, whop.token())
    with transaction(WORKER) as tx:
        tx.run("UPDATE member SET banned_at = now()")
    sessions._standings.clear()

    assert me(client, data["token"]) == (403, "banned")
    assert enter(client, whop.token()) == (403, "banned")


def test_ending_a_members_sessions_holds_for_old_ones_only(client: FlaskClient, whop: Whop) -> None:
    _, old = enter(client, whop.token())
    with transaction(WORKER) as tx:
        tx.run("UPDATE member SET sessions_valid_from = %s", (datetime.now(UTC),))
    _, new = enter(client, whop.token())
    sessions._standings.clear()

    assert me(client, old["token"]) == (401, "session_expired")
    assert me(client, new["token"])[0] == 200


def claims(**change: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {"iss": ISSUER, "sub": HERO, "aud": "app_test", "iat": now, "exp": now + 300}
    return {name: value for name, value in {**good, **change}.items() if value is not None}


def signed_by(mint: TokenMint, body: dict[str, Any], *, kid: bool = True) -> str:
    headers = {"kid": mint._kid} if kid else None
    return jwt.encode(body, mint._key, algorithm="ES256", headers=headers)


def test_only_a_fresh_token_of_whop_for_this_app_is_good(client: FlaskClient, whop: Whop) -> None:
    now = int(time.time())
    good = signed_by(whop.mint, claims())
    other_key = ec.generate_private_key(ec.SECP256R1())
    bad = {
        "nothing": "",
        "words": "not.a.token",
        "other app": signed_by(whop.mint, claims(aud="app_other")),
        "list of apps": signed_by(whop.mint, claims(aud=["app_test"])),
        "no app": signed_by(whop.mint, claims(aud=None)),
        "other issuer": signed_by(whop.mint, claims(iss="urn:whopcom:other")),
        "no end": signed_by(whop.mint, claims(exp=None)),
        "ended": signed_by(whop.mint, claims(exp=now - 60)),
        "not begun": signed_by(whop.mint, claims(nbf=now + 600)),
        "nobody": signed_by(whop.mint, claims(sub=None)),
        "odd user": signed_by(whop.mint, claims(sub="../accounts")),
        "other key": jwt.encode(claims(), other_key, "ES256", headers={"kid": whop.mint._kid}),
        "shared secret": jwt.encode(claims(), "x" * 32, "HS256"),
        "unsigned": jwt.encode(claims(), "", "none"),
        "changed": good[:-6] + ("AAAAAA" if good[-6:] != "AAAAAA" else "BBBBBB"),
    }

    answers = {name: enter(client, token) for name, token in bad.items()}

    expected = dict.fromkeys(bad, (401, "token_invalid")) | {"nothing": (401, "token_missing")}
    assert answers == expected
    assert enter(client, good)[0] == 200
    assert enter(client, signed_by(whop.mint, claims(), kid=False))[0] == 200


def test_a_new_key_of_whop_is_found_without_a_restart_and_not_asked_for_in_vain() -> None:
    published: list[dict[str, Any]] = []
    fetches: list[float] = []
    keys = Flask("keys")

    @keys.get("/jwks")
    def jwks() -> dict[str, Any]:
        fetches.append(time.time())
        return {"keys": published}

    def publish(name: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
        x, y = (
            base64.urlsafe_b64encode(n.to_bytes(32, "big")).rstrip(b"=").decode()
            for n in (key.x, key.y)
        )
        published.append({"kty": "EC", "crv": "P-256", "kid": name, "x": x, "y": y})

    now = datetime(2026, 11, 22, tzinfo=UTC)
    publish("first")
    with running_app(keys) as url:
        held = tokens.KeySet(f"{url}/jwks")
        assert len(held.candidates("first", now)) == 1
        publish("second")

        early = held.candidates("second", now + timedelta(seconds=5))
        later = held.candidates("second", now + timedelta(seconds=31))
        unknown = [held.candidates(f"x{n}", now + timedelta(seconds=32)) for n in range(20)]

    assert (len(early), len(later), unknown) == (0, 1, [[]] * 20)
    assert len(fetches) == 2


def test_with_whop_away_nobody_new_comes_in_and_the_answer_says_so(
    client: FlaskClient, whop: Whop
) -> None:
    whop.trouble("/.well-known/jwks.json", status=500, times=-1)
    without_keys = enter(client, whop.token())
    whop.app.test_client().delete("/_twin/faults")
    tokens.key_set.cache_clear()
    whop.trouble("/api/v1/users/*/access/*", status=500, times=-1)
    answer = client.post(
        "/api/v1/auth", json=EXPERIENCE, headers={"X-Whop-User-Token": whop.token()}
    )

    assert without_keys == (503, "whop_unreachable")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_a_known_access_is_remembered_briefly(client: FlaskClient, whop: Whop) -> None:
    enter(client, whop.token())
    whop.trouble("/api/v1/*", status=500, times=-1)

    assert enter(client, whop.token())[0] == 200
    ttl = redis_client.client().ttl(f"wl:access:exp_demo:{HERO}")
    assert 0 < int(str(ttl)) <= 60


def test_without_redis_signing_in_still_works(
    client: FlaskClient, whop: Whop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")
    forget_settings()
    redis_client.client.cache_clear()

    assert enter(create_app().test_client(), whop.token())[0] == 200


def test_thirty_tries_a_minute_are_enough_for_one_user(client: FlaskClient, whop: Whop) -> None:
    token = whop.token()
    statuses = [enter(client, token)[0] for _ in range(31)]
    answer = client.post("/api/v1/auth", json=EXPERIENCE, headers={"X-Whop-User-Token": token})

    assert statuses == [200] * 30 + [429]
    assert answer.json is not None
    assert answer.json["error"]["code"] == "rate_limited"
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert enter(client, whop.token(CREATOR))[0] == 200


def test_a_form_of_a_foreign_page_cannot_sign_in(client: FlaskClient, whop: Whop) -> None:
    for kind in ("application/x-www-form-urlencoded", "text/plain", ""):
        answer = client.post(
            "/api/v1/auth",
            data=json.dumps(EXPERIENCE),
            headers={"X-Whop-User-Token": whop.token(), "Content-Type": kind},
        )
        assert answer.status_code == 415


def test_the_body_names_exactly_one_place(client: FlaskClient, whop: Whop) -> None:
    bodies: tuple[dict[str, Any], ...] = (
        {"experience_id": "exp_demo", "company_id": "biz_demo"},
        {"experience_id": "../../accounts/biz_demo"},
        {"company_id": "exp_demo"},
        {"experience_id": 7},
        {"place": "exp_demo"},
    )
    for body in bodies:
        assert enter(client, whop.token(), body) == (422, "validation_failed"), body


def test_a_session_ends_after_its_time_and_after_its_secret(
    client: FlaskClient, whop: Whop, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, data = enter(client, whop.token())
    now = datetime.now(UTC)
    old = sessions.issue(
        sessions.Session("biz_demo", 1, HERO, "member", "member", now - timedelta(minutes=15))
    )
    first, second = "a" * 40, "b" * 40
    monkeypatch.setenv("SESSION_SECRETS", first)
    forget_settings()
    session = sessions.Session("biz_demo", int(data["member"]["id"]), HERO, "member", "member", now)
    token = sessions.issue(session).token

    assert me(client, data["token"]) == (401, "session_invalid")
    assert me(client, old.token)[0] == 401
    assert me(client, token)[0] == 200
    monkeypatch.setenv("SESSION_SECRETS", f"{second},{first}")
    forget_settings()
    assert me(client, token)[0] == 200
    monkeypatch.setenv("SESSION_SECRETS", second)
    forget_settings()
    assert me(client, token) == (401, "session_invalid")
    expired = sessions.Session("biz_demo", 1, HERO, "member", "member", now - timedelta(minutes=16))
    assert me(client, sessions.issue(expired).token) == (401, "session_expired")
    assert me(client, whop.token())[0] == 401
    assert client.get("/api/v1/me").status_code == 401


def test_many_at_once_make_one_fetch_of_the_keys(whop: Whop, client: FlaskClient) -> None:
    tokens.key_set.cache_clear()
    counted: list[int] = []
    whop.app.before_request_funcs.setdefault(None, []).insert(0, lambda: counted.append(1))
    token = whop.token()
    start = threading.Barrier(8)

    def verify(_: int) -> str:
        start.wait()
        return tokens.verify(token, datetime.now(UTC))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(verify, range(8))) == {HERO}
    assert len(counted) == 1
