"""Signs of life of parts that listen nowhere: a file each, touched as its loop goes round.

`legends health` and `legends up` look at its age. A sign that cannot be given is not given: the
part goes on.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import settings

FOLDER = "alive"
EVERY_SECONDS = 1.0

_given: dict[str, float] = {}


def touch(part: str) -> None:
    """Give a sign of life, at most once a second."""
    now = time.monotonic()
    if now - _given.get(part, -EVERY_SECONDS) < EVERY_SECONDS:
        return
    _given[part] = now
    file = place(settings.current().home, part)
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch()


def age(home: Path, part: str) -> float | None:
    """Seconds since the last sign of life, never below 0; None = never, or forgotten."""
    try:
        return max(0.0, time.time() - place(home, part).stat().st_mtime)
    except OSError:
        return None


def forget(home: Path, part: str) -> None:
    """Take the sign of an earlier process away."""
    with contextlib.suppress(OSError):
        place(home, part).unlink(missing_ok=True)


def place(home: Path, part: str) -> Path:
    """The part's file. Touching one that is there needs no room on the disk."""
    return home / FOLDER / part
