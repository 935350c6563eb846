"""Nobody makes us read much before we know who they are, and no text costs more than its length."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from time import thread_time
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.company_life import API, Person, sign_in
from tests.support.worst_texts import WORST
from tests.web.api.conftest import COMPANY
from web.app import LARGEST_API_BODY
from web.bodies import LARGEST_OF_A_STRANGER

WRITES = {"POST", "PUT", "PATCH"}
OF_STRANGERS = (f"{API}/auth", f"{API}/referrals/track")
"""Whose callers nobody knows yet: they take a small body, and refuse a larger one for its size."""
FORBIDDEN = 403


class Counted(BytesIO):
    """A body that knows how much of it was taken."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        part = super().read(size)
        self.taken += len(part)
        return part


def routes_with_bodies(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(f"{API}/"):
            for method in sorted((rule.methods or set()) & WRITES):
                yield method, re.sub("<[^>]*>", "1", rule.rule)


def send(client: FlaskClient, method: str, path: str, body: Counted, token: str = "") -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    length = len(body.getvalue())
    answer = client.open(
        path,
        method=method,
        input_stream=body,
        content_type="application/json",
        content_length=length,
        headers=headers,
    )
    return answer.status_code


def test_of_a_stranger_no_route_reads_more_than_some_kilobytes(
    app: Flask, client: FlaskClient
) -> None:
    for method, path in routes_with_bodies(app):
        for token in ("", "nonsense"):
            body = Counted(b" " * (LARGEST_API_BODY - 1))

            status = send(client, method, path, body, token)

            assert status == (413 if path in OF_STRANGERS else 401), path
            assert body.taken <= LARGEST_OF_A_STRANGER, path


def test_a_body_above_the_limit_hears_the_limit(hero: Person, client: FlaskClient) -> None:
    said = client.post(f"{API}/auth", data=b" " * 5_000, content_type="application/json")
    assert (said.status_code, said.json["error"]["code"]) == (413, "too_large")  # type: ignore[index]
    assert "4 KiB" in said.json["error"]["message"]  # type: ignore[index]

    body = Counted(b" " * (LARGEST_API_BODY + 1))
    path = f"{API}/users/me/class"
    assert send(client, "POST", path, body, hero.token) == 413
    assert body.taken == 0


@pytest.mark.parametrize("name", WORST)
def test_the_worst_body_costs_no_more_than_its_length(
    name: str, app: Flask, client: FlaskClient, hero: Person, operator: Person
) -> None:
    creator = sign_in(client, COMPANY, "user_creator", "creator")
    for method, path in routes_with_bodies(app):
        token = operator.token if "/ops/" in path else hero.token
        if send(client, method, path, Counted(b"{"), token) == FORBIDDEN:
            token = creator.token

        def cost(size: int, method: str = method, path: str = path, token: str = token) -> float:
            body = WORST[name](size - 20)
            began = thread_time()
            assert send(client, method, path, Counted(body), token) in (400, 404, 413, 422, 429)
            return thread_time() - began

        small, large = (min(cost(size) for _ in range(2)) for size in (1 << 16, 1 << 18))
        assert large < 10 * small + 0.05, (path, small, large)


def test_a_token_of_brackets_only_is_no_session(client: FlaskClient) -> None:
    from base64 import urlsafe_b64encode as word  # noqa: PLC0415

    header = word(b"[" * 5_000).decode()
    claims = word(json.dumps({"sub": "user_1"}).encode()).decode()
    for token in (f"{header}.{claims}.x", f"{claims}.{header}.x", "." * 8_000, "a.b." * 2_000):
        answer = client.get(f"{API}/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        answer = client.post(f"{API}/auth", json={}, headers={"X-Whop-User-Token": token})
        assert answer.status_code == 422
        body = {"company_id": "biz_1"}
        answer = client.post(f"{API}/auth", json=body, headers={"X-Whop-User-Token": token})
        assert answer.status_code == 401


def test_an_address_that_was_refused_too_often_has_to_wait(client: FlaskClient) -> None:
    def knock(number: int) -> int:
        # Each names another user, so that no user's own limit is reached.
        token = f"made.up.{number}"
        body = {"company_id": "biz_1"}
        return client.post(
            f"{API}/auth", json=body, headers={"X-Whop-User-Token": token}
        ).status_code

    statuses = [knock(number) for number in range(125)]

    assert statuses[-1] == 429
    assert set(statuses) <= {401, 429}
    body = Counted(b" " * 1_000)
    assert send(client, "POST", f"{API}/auth", body) == 429
    assert body.taken == 0


def test_a_cursor_a_name_and_a_filter_of_the_longest_cost_no_more_than_their_length(
    hero: Person, operator: Person
) -> None:
    for text in ("[" * 8_000, "%" * 8_000, "9" * 8_000, "a" * 8_000, '"\\' * 4_000, "ı" * 4_000):
        asked: list[tuple[Person, str, dict[str, str]]] = [
            (hero, "/users/me/receipts", {"after": text}),
            (hero, "/users/me/receipts", {"limit": text}),
            (hero, "/notifications", {"after": text, "epoch": text}),
            (operator, "/ops/dead-letters", {"type": text, "since": text, "after": text}),
            (operator, "/ops/dead-letters", {text: text}),
        ]
        for person, path, query in asked:
            began = thread_time()
            assert person.get(path, **query).status_code in (200, 422), (path, text[:9])
            assert thread_time() - began < 0.5
        part = quote(text, safe="")
        assert hero.get(f"/users/{part}").status_code == 404
        assert hero.client.get(f"/r/{part}").status_code == 302
