"""Bodies that never come: whoever sends half of one hinders nobody who sends a whole one."""

from __future__ import annotations

import contextlib
import json
import resource
import socket
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conftest import WEBHOOK_SECRET
from tests.support.databases import fresh_database
from tests.support.web import DOOR, RunningWeb, event, running_web, signed
from web.delivery_body import MOST_OF_ONE, READ_SECONDS

CROWD = 500
GENUINE = 80
ELSEWHERE = "127.0.0.2"
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def web(
    servers: Any, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningWeb]:
    """One web part for all of them: nobody here hurts it for long, that is what they show."""
    folder = tmp_path_factory.mktemp("half-sent")
    with fresh_database(servers, template) as database:
        values = {
            **servers.environment(),
            "DATABASE_URL": database,
            "LEGENDS_ENV": "test",
            "LEGENDS_HOME": str(folder / "home"),
            "WHOP_WEBHOOK_SECRETS": WEBHOOK_SECRET,
        }
        with running_web(folder, values) as running:
            yield running


@pytest.fixture(autouse=True)
def room_for_sockets() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, before[1]), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def half_sent(
    web: RunningWeb, headers: Mapping[str, str], sent: bytes = b'{"id":', address: str = "127.0.0.1"
) -> socket.socket:
    """A connection that has sent a head and a little of the 5,000 bytes it promised."""
    host, port = web.url.removeprefix("http://").split(":")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"POST {DOOR} HTTP/1.1\r\nHost: {host}\r\n{head}Content-Length: 5000\r\n\r\n"
    connection = socket.create_connection((host, int(port)), 10, source_address=(address, 0))
    connection.sendall(head.encode() + sent)
    return connection


def heard(connection: socket.socket) -> tuple[int, str, float]:
    """Status, code and seconds of the answer to a request whose body is still owed."""
    began = time.monotonic()
    head, _, body = connection.recv(4096).partition(b"\r\n\r\n")
    return int(head[9:12]), json.loads(body)["error"]["code"], time.monotonic() - began


def statuses_beside(web: RunningWeb, headers: Mapping[str, str], address: str) -> Counter[int]:
    """What genuine deliveries hear while a crowd of half-sent ones comes from `address`."""
    name = f"msg_{time.monotonic_ns()}"
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(4) as pool:
        answers = []
        for number in range(CROWD):
            stack.enter_context(half_sent(web, headers, address=address))
            if number % (CROWD // GENUINE) == 0:
                answers.append(pool.submit(web.deliver, f"{name}_{number}"))
        answers.append(pool.submit(web.deliver, f"{name}_after_all"))
        return Counter(answer.result().status for answer in answers)


def test_a_crowd_of_half_sent_unsigned_bodies_hinders_no_genuine_delivery(web: RunningWeb) -> None:
    assert set(statuses_beside(web, JSON, "127.0.0.1")) == {202}


def test_a_crowd_whose_headers_look_right_hinders_nobody_who_comes_from_elsewhere(
    web: RunningWeb,
) -> None:
    looks_signed = signed("msg_half", b"another body")

    assert set(statuses_beside(web, looks_signed, ELSEWHERE)) == {202}


def test_a_crowd_from_the_same_address_gives_its_places_to_bodies_that_come(
    web: RunningWeb,
) -> None:
    looks_signed = signed("msg_half", b"another body")

    assert set(statuses_beside(web, looks_signed, "127.0.0.1")) == {202}


def test_whoever_has_waited_longest_of_too_many_is_told_to_come_again(web: RunningWeb) -> None:
    looks_signed = signed("msg_half", b"another body")
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(half_sent(web, looks_signed)) for _ in range(MOST_OF_ONE + 1)]

        status, code, seconds = heard(crowd[0])

        assert (status, code) == (503, "busy")
        assert seconds < READ_SECONDS
        assert heard(crowd[-1])[:2] == (408, "too_slow")


def test_what_the_headers_alone_refuse_is_refused_before_the_body_is_awaited(
    web: RunningWeb,
) -> None:
    good = signed("msg_1", b"x")
    refused: list[tuple[dict[str, str | None], int, str]] = [
        ({"webhook-id": None}, 401, "signature_missing"),
        ({"webhook-timestamp": None}, 401, "signature_missing"),
        ({"webhook-signature": None}, 401, "signature_missing"),
        ({"webhook-id": "msg 1"}, 401, "webhook_id_invalid"),
        ({"webhook-timestamp": "soon"}, 401, "timestamp_invalid"),
        ({"webhook-timestamp": str(int(time.time()) - 400)}, 401, "timestamp_stale"),
        ({"webhook-timestamp": str(int(time.time()) + 400)}, 401, "timestamp_stale"),
        ({"webhook-signature": "v1,short="}, 401, "signature_invalid"),
        ({"webhook-signature": "v1a," + "A" * 43 + "="}, 401, "signature_invalid"),
        ({"webhook-signature": "v1," + "A" * 42 + "=="}, 401, "signature_invalid"),
        ({"webhook-signature": " ".join([good["webhook-signature"]] * 37)}, 401,
         "signature_invalid"),
        ({"content-type": "text/plain"}, 415, "unsupported_media_type"),
        ({"webhook-signature": None, "x-whop-signature": "t=1,v1=00"}, 401,
         "old_webhook_version"),
    ]  # fmt: skip
    for change, status, code in refused:
        headers = {name: value for name, value in {**good, **change}.items() if value is not None}
        with half_sent(web, headers, sent=b"") as connection:
            answer = heard(connection)
        assert answer[:2] == (status, code), change
        assert answer[2] < READ_SECONDS, change


def test_whoever_is_refused_and_sends_no_more_is_left(web: RunningWeb) -> None:
    for headers, status in ((JSON, 401), (signed("msg_1", b"another body"), 408)):
        with half_sent(web, headers) as connection:
            assert heard(connection)[0] == status
            began = time.monotonic()
            assert connection.recv(4096) == b""
            assert time.monotonic() - began < READ_SECONDS + 1.5


def test_a_refused_delivery_that_came_whole_keeps_its_connection(web: RunningWeb) -> None:
    body = event("msg_1")
    ports = []
    for headers in (JSON, signed("msg_1", b"another body"), signed("msg_1", body)):
        with web.http.stream("POST", web.url + DOOR, content=body, headers=headers) as answer:
            stream = answer.extensions["network_stream"]
            ports.append((answer.status_code, stream.get_extra_info("client_addr")))
            answer.read()

    assert [status for status, _ in ports] == [401, 401, 202]
    assert len({address for _, address in ports}) == 1
