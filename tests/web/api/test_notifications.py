"""Polling, marking read, and the ticket to the live connection."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import redis

from game.services.members import tickets
from game.services.platform import redis_client
from tests.support.company_life import Person
from tests.support.faults import Controlled
from tests.support.news import Reader

LIST, READ, TICKET = "/notifications", "/notifications/read", "/websocket"


def told(person: Person, count: int) -> None:
    """The member is told this many things."""
    Reader(person.company_id, person.member_id, person.user_id).note(count)


def test_the_list_goes_on_after_a_number_page_by_page(hero: Person) -> None:
    told(hero, 5)

    first = hero.get(LIST, after=1, limit=2).json or {}
    rest = hero.get(LIST, after=first["page"]["next"], limit=2).json or {}

    assert [notice["id"] for notice in first["data"]["notices"]] == [2, 3]
    assert first["data"]["notices"][0]["type"] == "system_notification"
    assert first["data"]["last_id"] == 5
    assert first["page"] == {"next": "3", "has_next": True, "limit": 2}
    assert [notice["id"] for notice in rest["data"]["notices"]] == [4, 5]
    assert rest["page"] == {"next": None, "has_next": False, "limit": 2}


def test_numbers_that_do_not_continue_are_not_complete(hero: Person) -> None:
    told(hero, 2)
    epoch = hero.data(LIST)["epoch"]

    assert hero.data(LIST, after=2)["complete"] is True
    assert hero.data(LIST, after=1, epoch=epoch)["complete"] is True
    assert hero.data(LIST, after=1, epoch="another")["complete"] is False
    assert hero.data(LIST, after=7)["complete"] is False


def test_a_member_sees_no_notice_of_anybody_else(hero: Person, stranger: Person) -> None:
    told(stranger, 3)

    assert hero.data(LIST)["notices"] == []
    assert hero.data(LIST)["last_id"] == 0


@pytest.mark.parametrize(
    "query", [{"after": -1}, {"after": "x"}, {"limit": 101}, {"limit": 0}, {"nonsense": 1}]
)
def test_a_query_that_makes_no_sense_is_refused(hero: Person, query: dict[str, Any]) -> None:
    assert hero.get(LIST, **query).status_code == 422


def test_read_goes_forward_only_and_never_beyond_the_newest(hero: Person) -> None:
    told(hero, 4)

    marked = [
        (hero.post(READ, {"up_to": up_to}).json or {})["data"]["read_up_to"] for up_to in (2, 1, 99)
    ]

    assert marked == [2, 2, 4]
    assert hero.data(LIST)["read_up_to"] == 4


def test_a_ticket_opens_the_connection_of_the_caller_only(hero: Person) -> None:
    told(hero, 3)
    before = datetime.now(UTC)

    answer = hero.post(TICKET)
    data = (answer.json or {})["data"]
    grant = tickets.redeem(data["ticket"])

    assert answer.status_code == 200
    assert grant is not None
    assert (grant.company_id, grant.member_id) == (hero.company_id, hero.member_id)
    assert grant.whop_user_id == hero.user_id
    assert abs((grant.signed_in_at - before).total_seconds()) < 10
    assert tickets.redeem(data["ticket"]) is None
    assert data["url"].startswith("ws://")
    assert data["url"].endswith("/ws")
    assert data["sse_url"].endswith("/sse")
    assert data["last_id"] == 3


def test_without_redis_the_ticket_is_refused_and_polling_goes_on(
    hero: Person, own_valkey: Controlled, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(hero, 2)
    own_valkey.kill()
    dead = redis.Redis.from_url(own_valkey.url, **redis_client.options())
    monkeypatch.setattr(tickets, "client", lambda: dead)

    answer = hero.post(TICKET)

    assert answer.status_code == 503
    assert json.loads(answer.data)["error"]["code"] == "realtime_unavailable"
    assert answer.headers["Retry-After"] == "5"
    assert len(hero.data(LIST)["notices"]) == 2
