"""A company's local days, weeks and months as half-open stretches of UTC.

Time zones come from `zoneinfo`, a table of facts that stands outside the game: reading it is the
only thing here that is not arithmetic. No clock is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "UTC"
_BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """`[starts_at, ends_at)` in UTC, and the local days it covers, both inclusive."""

    kind: Literal["daily", "weekly", "monthly"]
    starts_at: datetime
    ends_at: datetime
    first_day: date
    last_day: date


def _zone(name: str) -> tzinfo:
    return UTC if name == DEFAULT_ZONE else ZoneInfo(name)


class Zones:
    """The time zones a company has lived in, one after the other.

    A change holds from the first local midnight at or after the moment it was made, so that no
    day is cut in two. Days never run backwards; one that a change or a government skips is empty.
    """

    __slots__ = ("_only", "_segments", "_windows")

    def __init__(self, changes: Sequence[tuple[datetime | None, str]] = ()) -> None:
        """Take the zones' names, each with the moment it was chosen; None = from the beginning."""
        dated = sorted((at, name) for at, name in changes if at is not None)
        always = [name for at, name in changes if at is None]
        zone = _zone(always[-1] if always else DEFAULT_ZONE)
        self._segments: list[tuple[datetime, tzinfo]] = [(_BEGINNING, zone)]
        for at, name in dated:
            begins = self._next_midnight(at)
            if begins == self._segments[-1][0]:
                self._segments.pop()  # chosen and changed again on the same day: it never held
            self._segments.append((begins, _zone(name)))
        self._only = zone if len(self._segments) == 1 else None
        self._windows: dict[tuple[str, date], Window] = {}

    def day(self, moment: datetime) -> date:
        """Name the local day of a moment."""
        zone = self._only or self._zone_at(moment)
        return (moment if zone is UTC else moment.astimezone(zone)).date()

    def starts(self, day: date) -> datetime:
        """Find the first moment that belongs to this local day or a later one."""
        for place, (begins, zone) in enumerate(self._segments):
            midnight = _midnight(day, zone)
            is_last = place + 1 == len(self._segments)
            if is_last or midnight < self._segments[place + 1][0]:
                return max(midnight, begins)
        raise AssertionError  # the last zone has no end

    def daily(self, day: date) -> Window:
        """Give the window of one local day."""
        return self._window("daily", day, day)

    def weekly(self, day: date) -> Window:
        """Give the week (from Monday) that holds a local day."""
        monday = day - timedelta(days=day.weekday())
        return self._window("weekly", monday, monday + timedelta(days=6))

    def monthly(self, day: date) -> Window:
        """Give the month that holds a local day."""
        first = day.replace(day=1)
        following = (first + timedelta(days=31)).replace(day=1)
        return self._window("monthly", first, following - _DAY)

    def _window(
        self, kind: Literal["daily", "weekly", "monthly"], first: date, last: date
    ) -> Window:
        found = self._windows.get((kind, first))
        if found is None:
            found = Window(kind, self.starts(first), self.starts(last + _DAY), first, last)
            self._windows[kind, first] = found
        return found

    def _zone_at(self, moment: datetime) -> tzinfo:
        for begins, zone in reversed(self._segments):
            if begins <= moment:
                return zone
        return self._segments[0][1]

    def _next_midnight(self, moment: datetime) -> datetime:
        begins, zone = self._segments[-1]
        if moment <= begins:
            return begins
        day = moment.astimezone(zone).date()
        midnight = _midnight(day, zone)
        return midnight if midnight == moment else _midnight(day + _DAY, zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    # fold=0: of a midnight that happens twice the first, of one that is skipped the moment of the
    # jump. Both are the first moment of that day.
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
