"""Moves a recorded body to another day: every time in it by as much as its time of sending."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

SENT_AT = "timestamp"
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?Z")


def moved_to(now: datetime, body: dict[str, Any]) -> dict[str, Any]:
    """The body as if sent at `now`. One that does not say when it was sent stays as it is."""
    sent_at = read(body.get(SENT_AT))
    if sent_at is None:
        return body
    # To the millisecond, as Whop writes times: what was equal or in order stays so.
    by = now.replace(microsecond=now.microsecond // 1000 * 1000) - sent_at
    moved: dict[str, Any] = shifted(body, by)
    return moved


def shifted(value: Any, by: timedelta) -> Any:
    """The value with every time in it moved; one that would leave the calendar stays."""
    if isinstance(value, dict):
        return {name: shifted(each, by) for name, each in value.items()}
    if isinstance(value, list):
        return [shifted(each, by) for each in value]
    moment = read(value)
    try:
        return value if moment is None else written(moment + by)
    except OverflowError:
        return value


def read(value: object) -> datetime | None:
    """A time as Whop writes it; None for anything else."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def written(moment: datetime) -> str:
    """The time as Whop writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
