"""What the embedded installation remembers between starts: passwords, secrets, ports.

One JSON file, readable by its owner only, replaced atomically so that a crash leaves the old one.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

HIGHEST_PORT = 65535


class State:
    """The remembered values of one LEGENDS_HOME."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.file = home / "state.json"
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._values: dict[str, Any] = read_json(self.file)
        # By name: what this process has given out, so that no two parts get the same.
        self.claimed: dict[str, int] = {}
        self.notes: list[str] = []

    def text(self, name: str, make: Callable[[], str]) -> str:
        """The remembered text, made and written down the first time it is asked for."""
        if name not in self._values:
            self.remember(name, make())
        return str(self._values[name])

    def knows(self, name: str) -> bool:
        """True when a value of this name was written down."""
        return name in self._values

    def password(self, name: str) -> str:
        """A random password that can stand in a URL as it is."""
        return self.text(name, lambda: secrets.token_hex(24))

    def port(self, name: str) -> int:
        """The port a part used last time, 0 if never or if it can be none."""
        return as_port(self._values.get(f"port.{name}"))

    def ports(self) -> dict[str, int]:
        """All remembered ports by the name of their part."""
        return {
            name.removeprefix("port."): as_port(value)
            for name, value in self._values.items()
            if name.startswith("port.")
        }

    def remember_port(self, name: str, port: int) -> None:
        """Keep a part's port, so that bookmarks survive a restart."""
        self.remember(f"port.{name}", port)

    def remember(self, name: str, value: str | int) -> None:
        """Write one value down."""
        if self._values.get(name) != value:
            self._values[name] = value
            write_json(self.file, self._values)


def read_json(file: Path) -> dict[str, Any]:
    """The file's object; empty if it is not there. A broken file is an error, not an empty one."""
    try:
        values: dict[str, Any] = json.loads(file.read_text())
    except FileNotFoundError:
        return {}
    return values


def as_port(value: object) -> int:
    """The value as a port somebody can listen on; 0 if it is none."""
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= HIGHEST_PORT
    return int(str(value)) if usable else 0


def write_json(file: Path, values: dict[str, Any]) -> None:
    """Replace the file in one step, readable by the owner only from its first byte."""
    write_private(file, json.dumps(values, indent=2))


def write_private(file: Path, text: str) -> None:
    """Replace the file in one step, with mode 0600. A full disk leaves the old one and no half."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        # The mode given to open() is cut by the umask, which may take even the owner's right.
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:  # noqa: PTH123
            os.fchmod(out.fileno(), 0o600)
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
