"""The last one out: when the supervisor is gone without a word, end what it left running.

A process of its own. Its standard input is a pipe whose other end only the supervisor holds: each
line shows what runs, end of file means the supervisor is no more. On Linux the kernel has then
asked each part to leave; elsewhere, and for a part that stays, this does it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cli.local.stale import bearers, family, kill_all

GRACE_SECONDS = 8.0
POLL_SECONDS = 0.2


def main() -> None:
    """Wait for the end of the supervisor, then clear up by what it said last."""
    run_file = Path(sys.argv[1])
    parts = last_state(sys.stdin.buffer)
    if not parts:
        return  # a clean stop says so: nothing is left
    mark = parts.pop("supervisor")["mark"]
    leaders = {part["pid"]: part["stop_signal"] for part in parts.values()}
    everybody = family(leaders) | bearers(mark)
    for pid, number in leaders.items():
        send(pid, number)
    deadline = time.monotonic() + GRACE_SECONDS
    while any(lives(pid) for pid in everybody) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    kill_all(everybody)
    with contextlib.suppress(OSError):
        run_file.unlink(missing_ok=True)


def last_state(lines: Iterable[bytes]) -> dict[str, Any]:
    """The last whole line of a supervisor who may die in the middle of one."""
    state: dict[str, Any] = {}
    for line in lines:
        with contextlib.suppress(ValueError):
            state = json.loads(line)
    return state


def send(pid: int, number: int) -> None:
    """Signal one process that may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def lives(pid: int) -> bool:
    """True while the process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    main()
