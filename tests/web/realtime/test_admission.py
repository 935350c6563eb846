"""Who gets a live connection, and with which word the others are sent away."""

from __future__ import annotations

import http.client
import json
import socket
import time
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
import websocket

from game.services.members import tickets
from game.services.platform.redis_client import client
from models.session import WORKER, transaction
from tests.support.news import Reader, reader, readers
from tests.support.relays import Relay, connect, open_socket

GAME, APP = "https://game.example", "https://a1b2.apps.whop.com"


def test_a_ticket_opens_one_connection_only(relay: Relay, company: str) -> None:
    ticket = reader(company).ticket()

    first, second = open_socket(relay, ticket), open_socket(relay, ticket)

    assert (first.read() or {})["type"] == "connected"
    assert second.read_to_end() == 4001


@pytest.mark.parametrize("ticket", ["", "nonsense", "x" * 5000, "%F0%9F%8E%AB"])
def test_a_word_that_is_no_ticket_is_refused(relay: Relay, ticket: str) -> None:
    browser = open_socket(relay, ticket)

    assert browser.read_to_end() == 4001


def test_a_ticket_is_stored_for_thirty_seconds(relay: Relay, company: str) -> None:
    now = datetime.now(UTC)
    hero = reader(company)
    grant = tickets.Grant(company, hero.member_id, hero.user_id, "", now)

    ticket = tickets.issue(grant, now)

    left = client().pttl(f"wl:ticket:{ticket.token}")
    assert 25_000 < int(str(left)) <= 30_000
    assert ticket.expires_at == now + timedelta(seconds=30)
    assert len(ticket.token) == 43


@pytest.mark.parametrize("origin", [GAME, APP, GAME.upper()])
def test_pages_we_know_may_connect(relay: Relay, company: str, origin: str) -> None:
    browser = open_socket(relay, reader(company).ticket(), origin=origin)

    assert (browser.read() or {})["type"] == "connected"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://game.example",
        "https://game.example:444",
        "https://game.example.evil.example",
        "https://apps.whop.com",
        "https://a.b.apps.whop.com",
        "https://evil.example/.apps.whop.com",
        "null",
    ],
)
def test_foreign_pages_are_refused(relay: Relay, company: str, origin: str) -> None:
    browser = open_socket(relay, reader(company).ticket(), origin=origin)

    assert browser.read_to_end() == 4003


def test_a_ticket_of_one_page_does_not_serve_another(relay: Relay, company: str) -> None:
    hero = reader(company)

    elsewhere = open_socket(relay, hero.ticket(GAME), origin=APP)
    nowhere = open_socket(relay, hero.ticket(GAME))
    at_home = open_socket(relay, hero.ticket(GAME), origin=GAME)

    assert elsewhere.read_to_end() == 4003
    assert nowhere.read_to_end() == 4003
    assert (at_home.read() or {})["type"] == "connected"


def test_a_sixth_connection_of_one_member_finds_no_room(relay: Relay, company: str) -> None:
    hero = reader(company)
    browsers = [connect(relay, hero) for _ in range(5)]

    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        connect(relay, hero)
    browsers[0].close()
    time.sleep(0.3)

    assert refusal.value.status_code == 429
    assert connect(relay, hero).hello["complete"] is True


def test_a_crowd_that_comes_back_at_once_is_let_in_one_after_the_other(
    relay: Relay, company: str
) -> None:
    crowd = readers(company, [f"user_{number}" for number in range(150)])

    knocking = [knock(relay, member.ticket()) for member in crowd]

    assert [heard(one) for one in knocking] == [True] * 150


def test_a_banned_member_is_signed_out_within_seconds(relay: Relay, company: str) -> None:
    hero = reader(company)
    browser = connect(relay, hero)

    _set(hero, "banned_at = now()")

    assert browser.read_to_end(seconds=13) == 4401


def test_ended_sessions_take_the_connections_along(relay: Relay, company: str) -> None:
    hero = reader(company)
    before = connect(relay, hero)
    _set(hero, "sessions_valid_from = now()")

    after = connect(relay, hero)

    assert before.read_to_end(seconds=13) == 4401
    assert after.read(1) is None or not after.code


def test_a_browser_that_talks_too_much_is_dropped(relay: Relay, company: str) -> None:
    chatty, quiet = connect(relay, reader(company)), connect(relay, reader(company, "user_2"))

    quiet.socket.send("hello?")
    with pytest.raises((OSError, websocket.WebSocketException)):
        for _ in range(2000):
            chatty.socket.send("x" * 500)

    assert quiet.read_to_end(seconds=1) == 0


def test_a_message_over_four_kilobytes_is_too_big(relay: Relay, company: str) -> None:
    browser = connect(relay, reader(company))

    browser.socket.send("x" * 5000)

    assert browser.read_to_end() == 1009


def test_health_answers_known_pages_and_the_log_holds_no_ticket(relay: Relay, company: str) -> None:
    ticket = reader(company).ticket()
    open_socket(relay, ticket).read()
    request = urllib.request.Request(f"{relay.url}/health/live", headers={"Origin": GAME})
    foreign = urllib.request.Request(f"{relay.url}/health/live", headers={"Origin": "https://x.y"})

    with urllib.request.urlopen(request) as known, urllib.request.urlopen(foreign) as unknown:
        assert json.load(known) == {"status": "live"}
        assert known.headers["Access-Control-Allow-Origin"] == GAME
        assert unknown.headers["Access-Control-Allow-Origin"] is None
    assert ticket not in relay.log()


def test_a_plain_request_for_the_socket_is_refused(relay: Relay, company: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", relay.part.port, timeout=5)

    connection.request("GET", f"/ws?ticket={reader(company).ticket()}")

    assert connection.getresponse().status in (400, 404, 426)


def knock(relay: Relay, ticket: str) -> socket.socket:
    """Ask for a websocket without waiting for the answer."""
    knocking = socket.create_connection(("127.0.0.1", relay.part.port), timeout=30)
    knocking.sendall(
        f"GET /ws?ticket={ticket} HTTP/1.1\r\nHost: relay\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    return knocking


def heard(knocking: socket.socket) -> bool:
    """True once the greeting came."""
    answer = b""
    while b'"connected"' not in answer:
        part = knocking.recv(4096)
        if not part:
            return False
        answer += part
    return True


def _set(member: Reader, change: str) -> None:
    with transaction(WORKER) as tx:
        tx.run(
            f"UPDATE member SET {change} WHERE company_id = %s AND id = %s",
            (member.company_id, member.member_id),
        )
