"""HTTP that no honest client sends: each gets its answer, in the envelope, and never a 500."""

from __future__ import annotations

import json
import logging
import socket
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from gunicorn.http.errors import ParseException

from cli import gunicorn_conf
from settings import Settings
from tests.support.web import DOOR, RunningWeb, running_web, signed
from web import early
from web.early import shorten_log

MIB = 1024 * 1024
JSON = "Content-Type: application/json\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\nConnection: close\r\n"
BAD_CHUNKS = ("zz\r\nfoo", "-5\r\nfoo", "\r\nfoo", "1_0\r\nfoo", "3\r\nfooXX0\r\n\r\n")


@pytest.fixture
def web(settings: Settings, tmp_path: Path) -> Iterator[RunningWeb]:
    with running_web(tmp_path, {}) as running:
        yield running


def tell(web: RunningWeb, said: bytes) -> tuple[int, dict[str, Any], str]:
    """Send these bytes and hear the whole answer: status, body, head."""
    host, port = web.url.removeprefix("http://").split(":")
    heard = b""
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(said)
        while chunk := connection.recv(65_536):
            heard += chunk
    head, _, body = heard.partition(b"\r\n\r\n")
    return int(head[9:12]), json.loads(body or b"{}"), head.decode()


def request(line: str, headers: str = "", body: str = "") -> bytes:
    return f"{line} HTTP/1.1\r\nHost: evil.example\r\n{headers}\r\n{body}".encode()


def head_of(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


def test_what_http_forbids_is_refused_in_the_envelope(web: RunningWeb) -> None:
    looks_signed = head_of(signed("msg_1", b""))
    for path, more in ((DOOR, looks_signed), ("/api/v1/auth", JSON)):
        for chunks in BAD_CHUNKS:
            status, told, _ = tell(web, request(f"POST {path}", CHUNKED + more, chunks))
            assert (status, told["success"]) == (400, False), (path, chunks)
    for said, expected in (
        (request(f"GET /{'x' * 9000}"), 414),
        (request("GET /", "".join(f"X-{n}: 1\r\n" for n in range(150))), 431),
        (request(f"POST {DOOR}", JSON + "Content-Length: -5\r\n"), 400),
        (request(f"POST {DOOR}", JSON + CHUNKED + "Content-Length: 3\r\n", "abc"), 400),
    ):
        status, told, head = tell(web, said)
        assert (status, told["success"], "no-store" in head) == (expected, False, True)
        assert told["meta"]["request_id"]
        assert told["error"]["message"] == early.WORDS[expected]
    assert "Traceback" not in web.log.read_text()


def test_what_is_told_of_limits_is_what_gunicorn_is_started_with() -> None:
    assert gunicorn_conf.limit_request_line == early.LONGEST_LINE
    assert gunicorn_conf.limit_request_field_size == early.LONGEST_LINE
    assert gunicorn_conf.limit_request_fields == early.MOST_FIELDS


def test_a_body_that_never_comes_is_the_callers_fault_not_the_databases(web: RunningWeb) -> None:
    said = request("POST /api/v1/auth", JSON + "Connection: close\r\nContent-Length: 100\r\n", "{}")

    status, told, _ = tell(web, said)

    assert (status, told["error"]["code"]) == (408, "too_slow")
    assert "server_unavailable" not in web.log.read_text()


def test_two_megabytes_in_chunks_hear_why_they_are_refused(web: RunningWeb) -> None:
    headers = head_of(signed("msg_1", b"")) + CHUNKED
    chunk = "10000\r\n" + "x" * 65_536 + "\r\n"

    status, told, _ = tell(web, request(f"POST {DOOR}", headers, chunk * 32 + "0\r\n\r\n"))

    assert (status, told["error"]["code"]) == (413, "too_large")
    assert "1 MiB" in told["error"]["message"]


def test_a_connection_cut_anywhere_is_no_traceback(web: RunningWeb) -> None:
    host, port = web.url.removeprefix("http://").split(":")
    whole = request("POST /api/v1/auth", JSON + "Content-Length: 100000\r\n", "x" * 50_000)
    cuts = (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS where none is spoken
        b"GET / HT",
        whole[:60],
        whole,
        request("GET /api/v1/openapi.json"),
        request(f"POST {DOOR}", CHUNKED, "5\r\nab"),
    )
    for said in cuts:
        connection = socket.create_connection((host, int(port)), timeout=10)
        connection.sendall(said)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()  # a reset, not a goodbye

    assert web.http.get(f"{web.url}/health/live").status_code == 200
    log = web.log.read_text()
    assert "Traceback" not in log
    assert len(log.splitlines()) < 4 * len(cuts)


def test_what_gunicorn_says_of_a_broken_connection_is_one_line_without_the_query(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shorten_log()
    log = logging.getLogger("gunicorn.error")

    for error in (TimeoutError("110"), OSError(9, "Bad file descriptor"), ParseException("?")):
        try:
            raise error
        except (OSError, ParseException):
            log.exception("Error handling request %s %s", "GET", "/ws?ticket=secret")
    try:
        int("ours")
    except ValueError:
        log.exception("Error handling request %s %s", "GET", "/ws?ticket=secret")

    *broken, ours = [record for record in caplog.records if record.name == "gunicorn.error"]
    assert [record.getMessage() for record in broken] == [
        f"Connection broken by the client: {name}"
        for name in ("TimeoutError", "OSError", "ParseException")
    ]
    assert all(record.exc_info is None for record in broken)
    assert ours.exc_info is not None
    assert ours.getMessage() == "Error handling request GET /ws"


def test_a_connection_stays_open_for_who_sent_no_body(web: RunningWeb) -> None:
    host, port = web.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        for path in ("/health/live", "/r/ABCDEFGH", "/api/v1/me"):
            connection.sendall(request(f"GET {path}"))
            assert connection.recv(65_536).startswith(b"HTTP/1.1 ")

            connection.settimeout(0.5)
            with pytest.raises(TimeoutError):  # nothing more comes, not even an end
                connection.recv(1)
            connection.settimeout(10)


def test_a_doubled_slash_redirects_nobody(web: RunningWeb) -> None:
    for path in ("/r//zzz", "/api//v1/me"):
        status, _, head = tell(web, request(f"GET {path}", "Connection: close\r\n"))
        assert (status, "evil.example" in head) == (404, False)
