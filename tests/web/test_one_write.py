"""An answer that is whole when it begins leaves in one piece; every other as gunicorn sends it."""

from __future__ import annotations

from typing import Any

from gunicorn.config import Config
from gunicorn.http.parser import RequestParser

from web.one_write import OneWrite


class Line:
    """A socket that keeps what it is told to send, piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self.pieces.append(data)


def answered(
    method: str, headers: list[tuple[str, str]], parts: list[bytes], status: str = "200 OK"
) -> list[bytes]:
    """The pieces in which the answer to such a request leaves."""
    asked = f"{method} / HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    request: Any = next(RequestParser(Config(), iter([asked]), ("127.0.0.1", 1)))
    line = Line()
    answer = OneWrite(request, line, Config())
    answer.start_response(status, headers)
    for part in parts:
        answer.write(part)
    answer.close()
    return line.pieces


def test_head_and_body_leave_together() -> None:
    [piece] = answered("GET", [("Content-Length", "5"), ("X-Word", "w")], [b"whole"])

    head, _, body = piece.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nX-Word: w" in head
    assert b"\r\nConnection: keep-alive\r\n" in head
    assert body == b"whole"


def test_a_body_in_parts_is_sent_as_it_comes() -> None:
    pieces = answered("GET", [("Content-Length", "6")], [b"one", b"two", b"too much"])

    assert pieces[0].endswith(b"\r\n\r\n")
    assert pieces[1:] == [b"one", b"two"]


def test_a_stream_without_length_is_chunked() -> None:
    pieces = answered("GET", [], [b"one", b"two"])

    assert b"Transfer-Encoding: chunked" in pieces[0]
    assert b"".join(pieces[1:]) == b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"


def test_an_answer_that_may_have_no_body_has_none() -> None:
    for method, status in (("HEAD", "200 OK"), ("GET", "304 Not Modified")):
        pieces = answered(method, [("Content-Length", "5")], [b"whole"], status)
        assert [piece.endswith(b"\r\n\r\n") for piece in pieces] == [True], method
