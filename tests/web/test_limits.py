"""The breaker in front of a server, and the timer around work that waits for one."""

from __future__ import annotations

import subprocess
import sys
import time

from web.limits import Breaker

UNDER_GEVENT = """
from gevent import monkey; monkey.patch_all()
import socket, time
from web.limits import TimeUp, within
silent, _ = socket.socketpair()
began = time.monotonic()
try:
    with within(0.2):
        try:
            silent.recv(1)
        finally:
            raise OSError("the echo of the interruption")
except TimeUp:
    print("ended", 0.15 < time.monotonic() - began < 2)
try:
    with within(5):
        raise KeyError("of its own")
except KeyError:
    print("passed on")
with within(0.1):
    pass
time.sleep(0.3)
print("never later")
"""


def test_one_failure_spares_the_others_the_wait_and_one_probe_ends_it() -> None:
    breaker = Breaker(rest_seconds=0.1)
    assert [breaker.may_try() for _ in range(3)] == [True, True, True]

    breaker.failed()
    resting = [breaker.may_try() for _ in range(3)]
    time.sleep(0.12)
    probes = [breaker.may_try() for _ in range(3)]
    breaker.failed()
    again = breaker.may_try()
    time.sleep(0.12)
    assert breaker.may_try()
    breaker.answered()

    assert (resting, probes, again) == ([False] * 3, [True, False, False], False)
    assert [breaker.may_try() for _ in range(3)] == [True, True, True]


def test_a_silent_server_is_left_in_time_whatever_the_interrupted_code_says() -> None:
    done = subprocess.run(
        [sys.executable, "-c", UNDER_GEVENT], check=True, capture_output=True, text=True
    )

    assert done.stdout.splitlines() == ["ended True", "passed on", "never later"]
