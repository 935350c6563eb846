"""The door's worst texts at its size limit: their work grows with their length, no faster."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import pytest
from flask.testing import FlaskClient

from tests.support.web import deliver, signed
from web.delivery_body import LARGEST_BODY

HEAD = b'{"id":"msg_1","type":"x","data":'
TAIL = b"}"
SMALL = LARGEST_BODY // 4
LINEAR = 9.0
"""Four times the text takes four times the time, or sixteen times where the work is quadratic; what
lies between is slack for memory that no cache holds and for a busy machine."""
ATTEMPTS = 3
LEAST_SECONDS = 0.004
"""Below this a ratio says nothing."""

Filling = Callable[[int], bytes]


def times(text: bytes, *, before: bytes = b"", after: bytes = b"") -> Filling:
    """As many copies as `size` holds, between what opens and what closes."""
    return lambda size: before + text * ((size - len(before) - len(after)) // len(text)) + after


def listed(text: bytes) -> Filling:
    """A list of as many copies as `size` holds."""
    return lambda size: b"[" + b",".join([text] * ((size - 2) // (len(text) + 1))) + b"]"


def keys(size: int) -> bytes:
    each = b'"k%07d":0'
    return b"{" + b",".join(each % number for number in range(size // 13)) + b"}"


def nested_a_hundred_times(size: int) -> bytes:
    one = b"[" * 98 + b"]" * 98
    return b"[" + b",".join([one] * (size // (len(one) + 1))) + b"]"


WORST: Mapping[str, Filling] = {
    "open brackets": times(b"["),
    "open objects": times(b'{"a":'),
    "closing brackets": times(b"]"),
    "empty lists": listed(b"[]"),
    "nested a hundred times": nested_a_hundred_times,
    "one quote never closed": times(b"a", before=b'"'),
    "escaped quotes never closed": times(b'\\"', before=b'"'),
    "escaped quotes": times(b'\\"', before=b'"', after=b'"'),
    "backslashes never closed": times(b"\\\\", before=b'"'),
    "quotes": times(b'"'),
    "escaped letters": times(b"\\u0041", before=b'"', after=b'"'),
    "halves of surrogates": times(b"\\ud800", before=b'"', after=b'"'),
    "brackets in a string": times(b"[{", before=b'"', after=b'"'),
    "brackets behind escapes": times(b'\\"[', before=b'"', after=b'"'),
    "one huge string": times(b"x", before=b'"', after=b'"'),
    "one huge number": times(b"9"),
    "one huge fraction": times(b"9", before=b"0."),
    "one huge exponent": times(b"9", before=b"1e"),
    "numbers": listed(b"0"),
    "fractions": listed(b"0.1"),
    "longest fractions": listed(b"0." + b"1" * 39),
    "exponents": listed(b"1e39"),
    "keys": keys,
    "one key again and again": lambda size: b"{" + b",".join([b'"a":0'] * (size // 6)) + b"}",
    "bytes that are no UTF-8": times(b"\xff", before=b'"', after=b'"'),
    "wide letters": times("\U0001f600".encode(), before=b'"', after=b'"'),
    "spaces": times(b" ", after=b"0"),
    "commas": times(b","),
    "zero bytes": times(b"\x00"),
}


def seconds(client: FlaskClient, filling: Filling, size: int) -> float:
    """The least CPU time of a few deliveries of that size, all of them answered alike."""
    body = HEAD + filling(size - len(HEAD) - len(TAIL)) + TAIL
    assert 0.9 * size < len(body) <= size
    took = []
    for _ in range(3):
        headers = signed("msg_1", body)
        began = time.process_time()
        answer = deliver(client, "msg_1", body, headers)
        took.append(time.process_time() - began)
        assert answer.status in (202, 400), answer
    return min(took)


@pytest.mark.parametrize("name", WORST)
def test_the_work_for_a_text_grows_no_faster_than_the_text(client: FlaskClient, name: str) -> None:
    measured = []
    for _ in range(ATTEMPTS):
        small = seconds(client, WORST[name], SMALL)
        whole = seconds(client, WORST[name], LARGEST_BODY)
        measured.append((small, whole))
        if whole < LINEAR * max(small, LEAST_SECONDS):
            return

    pytest.fail(f"not linear: {measured}")


def test_headers_at_their_limit_are_read_in_linear_time(client: FlaskClient) -> None:
    for name, value in {
        "webhook-id": "m" * 8000,
        "webhook-timestamp": "1" * 8000,
        "webhook-signature": "v1," * 2700,
        "content-type": "application/json;" + " " * 8000,
        "x-request-id": "a" * 8000 + " ",
        "x-whop-signature": "t=" * 4000,
    }.items():
        headers = {**signed("msg_1", b"{}"), name: value}
        began = time.process_time()
        answer = deliver(client, "msg_1", b"{}", headers)
        took = time.process_time() - began
        assert (answer.status, took < 0.05) in ((401, True), (400, True)), name
