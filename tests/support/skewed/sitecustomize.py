"""A machine whose clock is ten minutes ahead: what every Python with this folder on its path sees.

Clocks that nobody sets (`time.monotonic`) stay as they are, as on a real machine.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

AHEAD_SECONDS = 600
_real = dt.datetime
_time, _time_ns = time.time, time.time_ns


class _Meta(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _real)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _real)


class Ahead(_real, metaclass=_Meta):
    """The class `datetime` as this machine knows it."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return _real(*args, **kwargs)

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        return _real.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls) -> Any:
        return _real.fromtimestamp(time.time(), dt.UTC).replace(tzinfo=None)


time.time = lambda: _time() + AHEAD_SECONDS
time.time_ns = lambda: _time_ns() + AHEAD_SECONDS * 10**9
dt.datetime = Ahead  # type: ignore[misc]
