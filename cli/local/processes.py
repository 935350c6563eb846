"""One child process: how it is started, seen to be ready, and ended.

Children are spawned from the main thread only: on Linux the kernel ends a child when the
*thread* that made it ends, and that thread must be the one that lives as long as the program.
"""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cli.local.part_logs import open_log, tail
from cli.local.stale import family, kill_all

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.03
ANSWER_SECONDS = 1
# No proxy, also none that the system's own settings name: what we ask runs on this machine.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
# Loaded before any fork: a child between fork and exec must not import or allocate much.
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class PartFailed(Exception):
    """A part died or did not answer in time; the message ends with the last words of its log."""


class NotReady(Exception):
    """What a part's `ready` raises to say why it is not."""


@dataclass(frozen=True)
class Account:
    """The identity a part runs under. `enter` runs in the child before its program starts."""

    uid: int | None = None
    gid: int | None = None
    enter: Callable[[], None] | None = None


@dataclass(frozen=True)
class Part:
    """All that is needed to start one process again and again.

    `before` clears the way of each start; `ready` answers whether the part does its work, or raises
    NotReady with the reason; `stop_signal` is how it is asked to leave and `stop_seconds` how long
    it may take; `port` is 0 for a part that listens nowhere.
    """

    name: str
    command: tuple[str, ...]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    before: Callable[[], None] = field(default=lambda: None)
    ready: Callable[[], bool] = field(default=lambda: True)
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15.0
    cwd: Path | None = None
    account: Account = field(default_factory=Account)


def spawn(part: Part) -> subprocess.Popen[bytes]:
    """Start the part in a process group of its own; it is asked to leave when we die.

    Raises OSError or SubprocessError where the machine refuses.
    """
    parent = os.getpid()
    part.before()

    def in_child() -> None:
        if part.account.enter is not None:
            part.account.enter()
        leave_with_parent(part.stop_signal, parent)

    with open_log(part.log) as log:
        return subprocess.Popen(
            part.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **part.env},
            cwd=part.cwd,
            start_new_session=True,
            preexec_fn=in_child,  # noqa: PLW1509 - spawned from the main thread, see the module
            user=part.account.uid,
            group=part.account.gid,
            extra_groups=[] if part.account.uid is not None else None,
        )


def leave_with_parent(stop_signal: signal.Signals, parent: int) -> None:
    """Ask the kernel to send `stop_signal` to this process when its parent dies (Linux only).

    It has to come after every change of identity, which clears the request. A parent that died
    before the request is seen by the changed parent id.
    """
    if LIBC is None:
        return
    LIBC.prctl(PR_SET_PDEATHSIG, int(stop_signal))
    if os.getppid() not in (parent, 0):
        os._exit(1)


def await_ready(part: Part, process: subprocess.Popen[bytes], seconds: float) -> None:
    """Return once the part answers. Raise PartFailed when it dies or the time is up."""
    deadline = time.monotonic() + seconds
    while why := trouble_of(part):
        if process.poll() is not None:
            raise PartFailed(f"{part.name} ended with {process.returncode}: {tail(part.log)}")
        if time.monotonic() > deadline:
            words = f"{part.name} did not answer within {seconds:g} s ({why})"
            raise PartFailed(f"{words}: {tail(part.log)}")
        time.sleep(POLL_SECONDS)


def trouble_of(part: Part) -> str:
    """Why the part does not do its work yet, in a few words; empty if it does."""
    try:
        return "" if part.ready() else "no answer"
    except NotReady as reason:
        return str(reason)


def ask_to_leave(part: Part, process: subprocess.Popen[bytes]) -> None:
    """Send the part its stop signal, if it is still there."""
    if process.poll() is None:
        process.send_signal(part.stop_signal)


def await_end(part: Part, process: subprocess.Popen[bytes]) -> bool:
    """Wait for the part to leave, then end what is left of it. False if it was killed."""
    try:
        process.wait(part.stop_seconds)
    except subprocess.TimeoutExpired:
        kill_all(family([process.pid]))
        process.wait()
        return False
    kill_group(process.pid)
    return True


def end(part: Part, process: subprocess.Popen[bytes]) -> bool:
    """Ask the part to leave and wait for it. False if it had to be killed."""
    ask_to_leave(part, process)
    return await_end(part, process)


def kill_group(group: int) -> None:
    """Kill what is left of a part's process group: children that outlived their leader."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def free_port(preferred: int = 0) -> int:
    """A port of 127.0.0.1 that nobody listens on: `preferred` if it is free, else any."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise PartFailed("no free port on 127.0.0.1")


def answers(url: str) -> bool:
    """True when the URL answers with a status below 400 within a second."""
    return not trouble_at(url)


def trouble_at(url: str) -> str:
    """Why the URL does not answer with a status below 400 within a second; empty if it does."""
    try:
        with DIRECT.open(url, timeout=ANSWER_SECONDS):
            return ""
    except urllib.error.HTTPError as refusal:
        with refusal:
            return f"{url} says {refusal.code}"
    except urllib.error.URLError as problem:
        return f"{url}: {problem.reason}"
    except (OSError, ValueError, http.client.HTTPException) as problem:
        return f"{url}: {problem!r}"
