"""A tiny app with the public contract's doors, to see the demo from the other side.

It trusts nothing: tokens are verified against the twin's keys, webhooks against the secret.
"""

import base64
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
from flask import Flask, Response, jsonify, redirect, request
from standardwebhooks import Webhook, WebhookVerificationError

from simulator import checkouts
from simulator.fragments import Json
from simulator.store import Store
from tests.simulator.support import SECRET, running_app


@dataclass
class TinyApp:
    """What the app saw. `fail_next` webhooks are answered 503 before anything is stored."""

    keys: Json
    store: Store
    url: str = ""
    stored: dict[str, Json] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    classes: dict[str, str] = field(default_factory=dict)
    clicks: Counter[str] = field(default_factory=Counter)
    checkouts: dict[str, str] = field(default_factory=dict)
    claimed: list[str] = field(default_factory=list)
    fail_next: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def user_of(self, token: str) -> str:
        key = jwt.PyJWK(self.keys["keys"][0])
        options: Any = {"require": ["exp"]}
        claims = jwt.decode(token, key, audience="app_test", options=options)
        return str(claims["sub"])

    def take(self, headers: Any, raw: bytes) -> tuple[Json, int]:
        with self.lock:
            if self.fail_next:
                self.fail_next -= 1
                return {"status": "unavailable"}, 503
            try:
                key = base64.b64encode(SECRET.encode()).decode()
                body = Webhook(key).verify(raw, dict(headers.items()))
            except WebhookVerificationError:
                self.answers["forged"] += 1
                return {"status": "forged"}, 401
            word = "duplicate" if body["id"] in self.stored else "accepted"
            self.answers[word] += 1
            self.stored.setdefault(body["id"], body)
            return {"status": word}, 202


def done(data: object, status: int = 200) -> tuple[Response, int]:
    return jsonify({"success": True, "data": data}), status


def me() -> str:
    return request.headers["Authorization"].removeprefix("Bearer session-of-")


def build(state: TinyApp) -> Flask:
    app = Flask("tiny")
    add_door(app, state)
    add_play(app, state)
    add_operations(app, state)
    return app


def add_door(app: Flask, state: TinyApp) -> None:
    @app.get("/health/live")
    def live() -> str:
        return "ok"

    @app.post("/api/v1/auth")
    def auth() -> tuple[Response, int]:
        assert request.get_json() == {"experience_id": "exp_demo"}
        return done({"token": "session-of-" + state.user_of(request.headers["x-whop-user-token"])})

    @app.get("/r/<code>")
    def follow(code: str) -> Any:
        state.clicks[code] += 1
        return redirect(state.checkouts.get(code, "https://whop.com/biz_demo/?wl_ref=lost"))


def add_play(app: Flask, state: TinyApp) -> None:
    @app.post("/api/v1/users/me/class")
    def choose() -> tuple[Response, int]:
        if me() in state.classes:
            return done(None, 409)
        state.classes[me()] = request.get_json()["class"]
        return done({})

    @app.post("/api/v1/referrals/generate")
    def generate() -> tuple[Response, int]:
        code = me().upper()
        plan = state.store.get("plan", "plan_demo_monthly")
        assert plan is not None
        wanted = {"metadata": {"wl_ref": code}}
        made = checkouts.make(state.store, plan, wanted, "http://twin.test", datetime.now(UTC))
        state.checkouts[code] = made["purchase_url"]
        return done({"code": code, "url": "", "expires_at": None})

    @app.get("/api/v1/quests")
    def quests() -> tuple[Response, int]:
        return done([{"id": "q1", "state": "completed"}, {"id": "q2", "state": "assigned"}])

    @app.post("/api/v1/quests/<quest>/complete")
    def complete(quest: str) -> tuple[Response, int]:
        state.claimed.append(f"{me()}:{quest}")
        return done({})


def add_operations(app: Flask, state: TinyApp) -> None:
    @app.get("/api/v1/ops/queues")
    def queues() -> tuple[Response, int]:
        if me() != "user_demo_operator":
            return done(None, 403)
        waiting = {"waiting": 0, "retrying": 0, "spooled": 0, "dead": 0, "ignored": 0}
        return done({"inbox": {**waiting, "handled": len(state.stored)}})

    @app.post("/webhooks/whop")
    def webhook() -> tuple[Json, int]:
        return state.take(request.headers, request.get_data())


@contextmanager
def running(keys: Json, home: Path) -> Iterator[TinyApp]:
    """The app over the store of the twin that lives in `home`."""
    state = TinyApp(keys, Store(home))
    with running_app(build(state)) as url:
        state.url = url
        yield state
    state.store.close()
