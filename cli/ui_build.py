"""Builds the pages when their sources changed; otherwise costs one hash of the sources.

Whatever goes wrong ends as one plain line in `web/ui/dist/reason.txt`, which the web part shows
instead of the pages, and as exit code 1. It never stops the rest of the system.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from cli.node import Node, NodeMissing, need_node
from settings import PROJECT, home_folder, process_environment

UI = PROJECT / "web" / "ui"
DIST = UI / "dist"
STAMP = "built-from.txt"
REASON = "reason.txt"
LEFT_OUT = {"node_modules", "dist"}
INSTALL_SECONDS = 400
BUILD_SECONDS = 180
LONGEST_REASON = 300
# npm begins its errors with codes that explain nothing to a reader.
EMPTY_WORDS = re.compile(r"npm (warn\b|error( (code|errno|syscall|path)\b.*)?$)", re.IGNORECASE)


class BuildFailed(Exception):
    """The pages could not be built; the message is one line that says why."""


def main() -> None:
    """Build if needed. Exit 0 when the pages are there, 1 with the reason written down if not."""
    try:
        with_lock(UI)
    except (BuildFailed, NodeMissing, OSError) as problem:
        reason = " ".join(str(problem).split())
        print(f"the pages could not be built: {reason}", flush=True)
        write_reason(DIST, reason)
        sys.exit(1)


def with_lock(ui: Path) -> None:
    """Build under a lock: `up` and `lint` may both want to."""
    with (ui / ".build.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        build(ui)


def build(ui: Path) -> None:
    """Build the pages of `ui` into its `dist`, unless they are there and of these sources."""
    dist = ui / "dist"
    wanted = fingerprint(ui)
    if is_built(dist, wanted):
        return
    node = need_node(private_node())
    install_packages(ui, node)
    run(ui, node, BUILD_SECONDS, "run", "build")
    if not (dist / "index.html").is_file():
        raise BuildFailed("the build ended well but left no index.html")
    (dist / REASON).unlink(missing_ok=True)
    (dist / STAMP).write_text(wanted)


def is_built(dist: Path, wanted: str) -> bool:
    """True when `dist` holds pages made from exactly the wanted sources."""
    try:
        return (dist / STAMP).read_text() == wanted and (dist / "index.html").is_file()
    except OSError:
        return False


def fingerprint(ui: Path) -> str:
    """The hash of all sources and of the package lock."""
    digest = hashlib.sha256()
    for path in sorted(sources(ui)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(ui)}\0{content}\n".encode())
    return digest.hexdigest()


def sources(ui: Path) -> Iterator[Path]:
    """Every file that the build may read; the thousands of installed ones are never visited."""
    for top in ui.iterdir():
        if top.name in LEFT_OUT or top.name.startswith("."):
            continue
        yield from (path for path in (top, *top.rglob("*")) if path.is_file())


def install_packages(ui: Path, node: Node) -> None:
    """Install exactly the locked packages, unless that was done; their scripts never run."""
    lock = ui / "package-lock.json"
    if not lock.is_file():
        raise BuildFailed(f"{lock} is missing")
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    mark = ui / "node_modules" / ".installed-from"
    if mark.is_file() and mark.read_text() == wanted:
        return
    run(ui, node, INSTALL_SECONDS, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    mark.parent.mkdir(exist_ok=True)  # npm makes none for a project without packages
    mark.write_text(wanted)


def run(ui: Path, node: Node, seconds: int, *arguments: str) -> None:
    """Run one npm command. Raise BuildFailed with the line that explains the most."""
    step = f"npm {' '.join(arguments[:2])}"
    try:
        done = subprocess.run(
            [node.program, node.npm, *arguments],
            check=False,
            cwd=ui,
            env=node.environment(),
            capture_output=True,
            text=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as problem:
        raise BuildFailed(f"{step} took longer than {seconds} s") from problem
    print(done.stdout, done.stderr, sep="\n", flush=True)
    if done.returncode != 0:
        raise BuildFailed(f"{step}: {telling_line(done.stdout + done.stderr)}")


def telling_line(output: str) -> str:
    """The first line that explains an error, else the last one that says anything."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() and not EMPTY_WORDS.match(line)]
    return (errors or lines[-1:] or ["no output"])[0].removeprefix("npm error ")[:LONGEST_REASON]


def write_reason(dist: Path, reason: str) -> None:
    """Leave the reason where the web part looks for it, as far as the disk allows."""
    try:
        dist.mkdir(parents=True, exist_ok=True)
        (dist / REASON).write_text(reason + "\n")
    except OSError as problem:
        print(f"and the reason could not be written down: {problem}", flush=True)


def private_node() -> Path:
    """Where a Node of our own is kept: beside the packages, or with our data if that is locked."""
    venv = Path(sys.prefix)
    if venv.parent == PROJECT and os.access(venv, os.W_OK):
        return venv / "node"
    return home_folder(process_environment()) / "node"


if __name__ == "__main__":
    main()
