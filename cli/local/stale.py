"""Processes that an earlier run left behind: found by their id, recognised by their command line.

A bare process id proves nothing, because ids are used again; the command line must match too.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

POLL_SECONDS = 0.05


def command_of(pid: int) -> str:
    """The command line of a living process; empty when there is none."""
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            return (proc / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, UnicodeDecodeError):
            return ""
    done = subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True
    )
    return done.stdout.strip()


def is_ours(pid: int, marks: tuple[str, ...]) -> bool:
    """True when the process lives and its command line holds every mark."""
    command = command_of(pid) if pid > 1 else ""
    return bool(command) and all(mark in command for mark in marks)


def family(leaders: Iterable[int]) -> set[int]:
    """The processes and all that descend from them, also those in sessions of their own."""
    children: dict[int, list[int]] = {}
    for pid, parent in parents().items():
        children.setdefault(parent, []).append(pid)
    found: set[int] = set()
    waiting = list(leaders)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting += children.get(pid, [])
    return found


def parents() -> dict[int, int]:
    """The parent of each process of this machine."""
    if not Path("/proc/self/stat").exists():
        done = subprocess.run(
            ["/bin/ps", "-axo", "pid=,ppid="], check=False, capture_output=True, text=True
        )
        pairs = (line.split() for line in done.stdout.splitlines())
        return {int(pid): int(parent) for pid, parent in pairs}
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # The name, in brackets, may hold anything; the parent is the second field after it.
            found[int(folder.name)] = int(
                (folder / "stat").read_text().rpartition(")")[2].split()[1]
            )
    return found


def bearers(mark: str) -> set[int]:
    """The processes whose environment holds `mark`, which every descendant inherits (Linux only).

    Finds a child whose parent has died already, which the table of parents does not show.
    """
    found = set()
    for file in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark.encode() in file.read_bytes().split(b"\0"):
                found.add(int(file.parent.name))
    return found - {os.getpid()}


def inhabitants(folder: Path, program: str) -> set[int]:
    """The processes of a program whose current folder this is: a server's lives in its data."""
    proc = Path("/proc")
    if not (proc / "self").exists():
        return inhabitants_by_lsof(folder, program)
    found = set()
    for each in proc.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (each / "cwd").samefile(folder) and (each / "exe").readlink().name == program:
                found.add(int(each.name))
    return found


def inhabitants_by_lsof(folder: Path, program: str) -> set[int]:
    """The same where there is no /proc (macOS): `lsof` names current folders."""
    command = ["lsof", "-a", "-c", program, "-d", "cwd", "-F", "pn"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    except OSError:
        return set()
    found, pid = set(), 0
    for line in done.stdout.splitlines():
        pid = int(line[1:]) if line.startswith("p") else pid
        if line == f"n{folder.resolve()}":
            found.add(pid)
    return found


def end_inhabitants(folder: Path, program: str, seconds: float = 10.0) -> None:
    """Kill the processes of a program that still live in the folder, and see them gone."""
    deadline = time.monotonic() + seconds
    while (left := inhabitants(folder, program)) and time.monotonic() < deadline:
        kill_all(left)
        time.sleep(POLL_SECONDS)


def kill_all(pids: Iterable[int]) -> None:
    """Kill processes that may be gone already."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def end_stale(pid: int, marks: tuple[str, ...], first: signal.Signals, seconds: float) -> None:
    """Ask a left-over process to leave; kill it with its children if it stays."""
    if not is_ours(pid, marks):
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, first)
    deadline = time.monotonic() + seconds
    while is_ours(pid, marks):
        if time.monotonic() > deadline:
            kill_all(family([pid]))
            return
        time.sleep(POLL_SECONDS)
