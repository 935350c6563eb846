"""The logs of parts: turned over while the part runs, and no reason for it not to start.

A part holds its log open for life and appends to it. So the log is copied and cut in place, by
whoever watches the part: nothing stands between a part and its log that could fail it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import BinaryIO

LARGE_LOG_BYTES = 20_000_000
KEPT_BYTES = 256_000
"""What stays of a large log for which the disk has no room beside it."""
LOG_TAIL_CHARS = 1500


def open_log(log: Path) -> BinaryIO:
    """The log, for appending; nowhere if the disk refuses: a silent part is better than none."""
    with contextlib.suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        turn_over(log)
        return log.open("ab")
    return Path(os.devnull).open("ab")


def turn_over(log: Path, limit: int | None = None) -> None:
    """Move what a large log holds to `<log>.1`; one old one is kept. Never raises OSError."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > (limit or LARGE_LOG_BYTES):
            rest = b"" if copied(log) else last_bytes(log)
            os.truncate(log, 0)
            with log.open("ab") as again:
                again.write(rest)


def copied(log: Path) -> bool:
    """Copy the log beside itself. False, and no half of a copy, if there is no room for it."""
    fresh = log.with_name(f"{log.name}.new")
    try:
        shutil.copyfile(log, fresh)
        fresh.replace(log.with_name(f"{log.name}.1"))
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        return False
    return True


def last_bytes(log: Path) -> bytes:
    """The end of the log."""
    with log.open("rb") as file:
        file.seek(-KEPT_BYTES, os.SEEK_END)
        return file.read()


def tail(log: Path) -> str:
    """The last lines of a log, for an error message. A long log is read from its end."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4 * LOG_TAIL_CHARS))
            text = file.read().decode(errors="replace")
    except OSError:
        return "(no log)"
    return text[-LOG_TAIL_CHARS:].strip()
