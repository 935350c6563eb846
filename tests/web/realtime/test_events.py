"""Server-sent events bring the same numbered frames as the socket."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from typing import Any

from game.services.notices import channels, reads
from game.services.notices.channel_sources import Cursor
from models.session import MEMBER, transaction
from tests.support.news import Reader, reader
from tests.support.relays import Relay, connect
from tests.support.waiting import eventually

ORIGIN = {"Origin": "https://game.example"}


class Stream:
    """One event stream, read event by event."""

    def __init__(
        self, relay: Relay, ticket: str, query: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", relay.part.port, timeout=8)
        self._connection.request("GET", f"/sse?ticket={ticket}{query}", headers=headers or ORIGIN)
        self.answer = self._connection.getresponse()

    def event(self) -> dict[str, str]:
        """The fields of the next event that carries data."""
        fields: dict[str, str] = {}
        while True:
            line = self.answer.readline().decode().rstrip("\n")
            if not line and "data" in fields:
                return fields
            name, _, value = line.partition(": ")
            if name:
                fields[name] = value

    def frames(self, count: int) -> list[Any]:
        """The next frames that have a number; it stands in the event's id too."""
        found: list[Any] = []
        while len(found) < count:
            event = self.event()
            frame = json.loads(event["data"])
            if "id" in frame:
                assert event["id"] == str(frame["id"])
                found.append(frame)
        return found

    def numbers(self, count: int) -> list[int]:
        """The numbers of the next frames that have one."""
        return [frame["id"] for frame in self.frames(count)]

    def read_to_end(self) -> int:
        """Bytes received until the relay dropped the connection."""
        received = 0
        while True:
            try:
                part = self.answer.read1(65_536)
            except (http.client.HTTPException, ConnectionError):
                return received
            if not part:
                return received
            received += len(part)

    def close(self) -> None:
        self._connection.close()


def test_events_greet_resume_and_go_on_live(relay: Relay, company: str) -> None:
    hero = reader(company)
    hero.tell(5)

    stream = Stream(relay, hero.ticket(), "&after=3")
    hello = json.loads(stream.event()["data"])
    hero.tell(2)

    assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
    assert stream.answer.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
    assert hello["type"] == "connected"
    assert hello["data"]["last_id"] == 5
    assert stream.numbers(4) == [4, 5, 6, 7]


def test_last_event_id_resumes_where_the_stream_broke(relay: Relay, company: str) -> None:
    hero = reader(company)
    hero.tell(5)

    stream = Stream(relay, hero.ticket(), "&after=0", {**ORIGIN, "Last-Event-ID": "4"})

    assert stream.numbers(1) == [5]


def test_a_used_ticket_and_a_foreign_page_get_no_stream(relay: Relay, company: str) -> None:
    hero = reader(company)
    ticket = hero.ticket()
    Stream(relay, ticket).event()

    used = Stream(relay, ticket)
    foreign = Stream(relay, hero.ticket(), headers={"Origin": "https://evil.example"})

    assert used.answer.status == 401
    assert foreign.answer.status == 403
    assert foreign.answer.headers["Access-Control-Allow-Origin"] is None


def test_a_stopping_relay_says_so_before_the_stream_ends(own_relay: Relay) -> None:
    stream = Stream(own_relay, reader("biz_a").ticket())
    stream.event()

    own_relay.process.terminate()
    last = stream.event()
    while last.get("event") != "close":
        last = stream.event()

    assert json.loads(last["data"]) == {"code": 1012, "reason": "restart"}


def test_a_closed_stream_frees_its_place(relay: Relay, company: str) -> None:
    hero = reader(company)
    before = relay.figure("legends_relay_connections")
    stream = Stream(relay, hero.ticket())
    stream.event()
    during = relay.figure("legends_relay_connections")

    stream.close()
    stream.answer.close()
    for _ in range(3):
        hero.tell()
        time.sleep(0.1)

    assert during == before + 1
    assert eventually(lambda: relay.figure("legends_relay_connections") == before)


def test_streams_and_sockets_of_a_member_share_five_places(relay: Relay, company: str) -> None:
    hero = reader(company)
    streams = [Stream(relay, hero.ticket()) for _ in range(3)]
    browsers = [connect(relay, hero) for _ in range(2)]

    sixth = Stream(relay, hero.ticket())
    streams[0].close()
    streams[0].answer.close()
    for _ in range(3):  # that nobody listens is noticed by the next frame
        hero.tell()
        time.sleep(0.1)

    assert {stream.answer.status for stream in streams} == {200}
    assert (sixth.answer.status, sixth.answer.headers["Retry-After"]) == (429, "5")
    assert json.load(sixth.answer)["error"]["code"] == "too_many_connections"
    assert all(browser.hello for browser in browsers)
    assert eventually(lambda: Stream(relay, hero.ticket()).answer.status == 200)


def test_socket_events_and_the_list_tell_the_same(relay: Relay, company: str) -> None:
    hero = reader(company)
    browser, stream = connect(relay, hero, after=0), Stream(relay, hero.ticket(), "&after=0")
    stream.event()

    hero.tell(3)
    from_stream = stream.frames(3)
    from_socket: list[dict[str, Any]] = []
    while len(from_socket) < 3:
        frame = browser.read() or {}
        if "id" in frame:
            from_socket.append(frame)

    assert from_socket == listed(hero)
    assert from_stream == listed(hero)


def test_an_event_stream_that_is_not_read_is_cut(relay: Relay, company: str) -> None:
    hero = reader(company)
    stream = Stream(relay, hero.ticket(), "&after=0")
    stream.event()

    for _ in range(5):
        hero.tell(100, text="x" * 20_000)
    time.sleep(6.5)
    received = stream.read_to_end()

    assert received < 500 * 20_000
    assert connect(relay, hero, after=450).hello["complete"] is True


def listed(hero: Reader) -> list[Any]:
    """The member's notices as polling reads them."""
    with transaction(MEMBER, hero.company_id) as tx:
        own = channels.of_member(hero.company_id, hero.member_id)
        found = reads.after(tx, Cursor(own, 0), limit=100)
    assert found is not None
    return [json.loads(text) for _, text in found.stretch.entries]
