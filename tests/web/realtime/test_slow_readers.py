"""A browser that does not read is let go; it comes back complete, and nobody else notices."""

from __future__ import annotations

import socket
import time

import websocket

from tests.support.news import Reader, reader
from tests.support.relays import Browser, Relay, connect

LARGE = "x" * 20_000


def test_a_browser_that_never_reads_is_cut_and_resumes_completely(
    relay: Relay, company: str
) -> None:
    sleepy, lively = reader(company, "user_sleepy"), reader(company, "user_lively")
    slow, fast = sleeping(relay, sleepy), connect(relay, lively, after=0)
    sleepy.tell(100, text=LARGE)

    lively.tell(100)
    began = time.monotonic()
    lively_saw = fast.read_until(100)
    lively_waited = time.monotonic() - began
    time.sleep(6.5)
    slow.read_to_end()
    resumed = connect(relay, sleepy, after=slow.seen[-1])

    assert lively_saw == list(range(1, 101))
    assert lively_waited < 2.0
    assert slow.code in (1006, 4008)
    assert slow.seen == list(range(1, len(slow.seen) + 1))
    assert len(slow.seen) < 100
    assert resumed.hello["complete"] is True
    assert slow.seen + resumed.read_until(100) == list(range(1, 101))


def test_a_browser_that_wakes_in_time_gets_whole_frames_and_the_reason(
    relay: Relay, company: str
) -> None:
    sleepy = reader(company)
    slow = sleeping(relay, sleepy)
    sleepy.tell(20, text=LARGE)
    time.sleep(0.5)

    sleepy.tell(100)
    time.sleep(0.5)
    code = slow.read_to_end()
    resumed = connect(relay, sleepy, after=slow.seen[-1])

    assert code == 4008
    assert slow.seen == list(range(1, len(slow.seen) + 1))
    assert slow.seen + resumed.read_until(120) == list(range(1, 121))


def sleeping(relay: Relay, member: Reader, query: str = "") -> Browser:
    """A browser that was greeted, with hardly any room for what it does not read."""
    connected = websocket.create_connection(
        f"ws://127.0.0.1:{relay.part.port}/ws?ticket={member.ticket()}&after=0{query}",
        timeout=10,
        suppress_origin=True,
        sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)],
    )
    browser = Browser(connected)
    browser.read()
    return browser
