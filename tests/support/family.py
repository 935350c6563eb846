"""Which processes of a family still live."""

from __future__ import annotations

from collections.abc import Iterable

import psutil


def living(processes: Iterable[psutil.Process]) -> list[str]:
    """The command lines of those that have not ended, as far as they can still be read.

    An orphan that has ended and that the machine's first process has not taken note of yet
    (a zombie) has ended.
    """
    return [line for process in processes if (line := _command_line(process)) is not None]


def _command_line(process: psutil.Process) -> str | None:
    try:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return None
        return " ".join(process.cmdline()) or process.name()
    except psutil.NoSuchProcess:  # also a zombie
        return None
