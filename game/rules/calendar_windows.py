"""A company's local days, weeks and months as half-open stretches of UTC.

Time zones come from `zoneinfo`, a table of facts that stands outside the game: reading it is the
only thing here that is not arithmetic. No clock is read.

Where a company changes its zone, each open window runs on to the first boundary of the new zone at
or after its old end. Hence a day may be longer than others, and the day after it may bear the same
date once more; both are told apart by `Day.part`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "UTC"
_BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
_NEAR = timedelta(days=4)
"""No stretch begins further than this from midnight UTC of its date, and no change reaches further
than this beyond the last boundary it moved."""

Kind = Literal["daily", "weekly", "monthly"]
KINDS: tuple[Kind, ...] = ("daily", "weekly", "monthly")


class Day(NamedTuple):
    """A local day, or a stretch of one that begins where a window ended by an earlier zone.

    `part` tells stretches of one date apart, in their order: 0 = the first, nearly always the only
    one. A day is named by its first stretch.
    """

    date: date
    part: int = 0

    def __str__(self) -> str:
        return f"{self.date}.{self.part}" if self.part else str(self.date)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


@dataclass(frozen=True, slots=True)
class Window:
    """`[starts_at, ends_at)` in UTC; the first of its days, and the date of the last one."""

    kind: Kind
    starts_at: datetime
    ends_at: datetime
    first: Day
    last_day: date

    @property
    def first_day(self) -> date:
        """The date it begins with."""
        return self.first.date


@dataclass(slots=True)
class _Segment:
    """From `begins` on, windows of one kind end where this zone says.

    `last_start`: the window that begins there is its last and ends where the next segment begins.
    """

    begins: datetime
    zone: tzinfo
    last_start: datetime | None = None


def _zone(name: str) -> tzinfo:
    return UTC if name == DEFAULT_ZONE else ZoneInfo(name)


class Zones:
    """The time zones a company has lived in, one after the other.

    Days never run backwards, each moment lies in exactly one window of each kind, and every week
    and month begins with a day. What has begun is never moved by a later change.
    """

    __slots__ = ("_bases", "_cuts", "_only", "_plain_from", "_segments", "_windows")

    def __init__(self, changes: Sequence[tuple[datetime | None, str]] = ()) -> None:
        """Take the zones' names, each with the moment it was chosen; None = from the beginning."""
        dated = sorted((at, name) for at, name in changes if at is not None)
        always = [name for at, name in changes if at is None]
        zone = _zone(always[-1] if always else DEFAULT_ZONE)
        self._windows: dict[tuple[Kind, date], Window] = {}
        self._bases: dict[datetime, int] = {}
        self._only = zone if not dated else None
        self._segments = {kind: [_Segment(_BEGINNING, zone)] for kind in KINDS}
        cuts: set[datetime] = set()
        for at, name in dated:
            for kind in KINDS:
                cuts.add(self._change(kind, at, _zone(name)))
        self._cuts = sorted(cuts)
        begun = [its[-1].begins for its in self._segments.values()]
        self._plain_from = max([*begun[:1], *self._cuts]) + _NEAR

    def _change(self, kind: Kind, at: datetime, zone: tzinfo) -> datetime:
        """Let the open window run on to a boundary of the new zone; where it would have ended."""
        segments = self._segments[kind]
        start, end = self._bounds(kind, at)
        if segments[-1].begins == end:
            segments.pop()  # chosen and changed again in one window: it never held
        segments[-1].last_start = start
        segments.append(_Segment(_boundary(kind, end, zone), zone))
        return end

    def day(self, moment: datetime) -> Day:
        """Name the local day of a moment."""
        if self._only is not None:
            return Day(_local(moment, self._only))
        if moment >= self._plain_from:
            return Day(self._date(moment))
        start, _ = self._bounds("daily", moment)
        return Day(self._date(start), self._base(start))

    def stretch(self, moment: datetime) -> Day:
        """Name the stretch of its day that a moment lies in: no window ends within a stretch."""
        if self._only is not None:
            return Day(_local(moment, self._only))
        if moment >= self._plain_from:
            return Day(self._date(moment))
        start, end = self._bounds("daily", moment)
        passed = sum(start < cut <= moment for cut in self._cuts if cut < end)
        return Day(self._date(start), self._base(start) + passed)

    def day_of(self, stretch: Day) -> Day:
        """Name the day that a stretch is part of."""
        return stretch if self._only is not None else self.day(self.starts(stretch))

    def starts(self, day: Day) -> datetime:
        """Find the first moment of a day or a stretch; of one there is not, the next one's."""
        if self._only is not None:
            return _midnight(day.date, self._only)
        moment = datetime(day.date.year, day.date.month, day.date.day, tzinfo=UTC) - _NEAR
        while self.stretch(moment) < day:
            moment = self._next_stretch(moment)
        return self._begun(moment)

    def before(self, day: Day) -> Day:
        """Name the day before."""
        return self.day(self.starts(day) - _MOMENT)

    def after(self, day: Day) -> Day:
        """Name the day after."""
        return self.day(self._bounds("daily", self.starts(day))[1])

    def window(self, kind: Kind, moment: datetime) -> Window:
        """Give the day, the week (from Monday) or the month that holds a moment."""
        if self._only is None:
            return self._window(kind, *self._bounds(kind, moment))
        first = _first_of(kind, self._date(moment))
        found = self._windows.get((kind, first))
        if found is None:
            found = self._window(kind, *self._bounds(kind, moment))
            self._windows[kind, first] = found
        return found

    def _window(self, kind: Kind, start: datetime, end: datetime) -> Window:
        return Window(kind, start, end, self.day(start), self.day(end - _MOMENT).date)

    def _bounds(self, kind: Kind, moment: datetime) -> tuple[datetime, datetime]:
        segments = self._segments[kind]
        place = next(n for n in range(len(segments) - 1, -1, -1) if segments[n].begins <= moment)
        held = segments[place]
        if held.last_start is not None and moment >= held.last_start:
            return held.last_start, segments[place + 1].begins
        first = _first_of(kind, _local(moment, held.zone))
        return _midnight(first, held.zone), _midnight(_following(kind, first), held.zone)

    def _date(self, moment: datetime) -> date:
        """The local date of a moment; of a day's beginning, the day's own."""
        if self._only is not None:
            return _local(moment, self._only)
        segments = self._segments["daily"]
        return _local(moment, next(s.zone for s in reversed(segments) if s.begins <= moment))

    def _base(self, start: datetime) -> int:
        """How many stretches of earlier days bear the date of the day that begins there."""
        if start not in self._bases:
            before, _ = self._bounds("daily", start - _MOMENT)
            base = 0
            if self._date(before) == self._date(start):
                base = self._base(before) + 1 + sum(before < cut < start for cut in self._cuts)
            self._bases[start] = base
        return self._bases[start]

    def _begun(self, moment: datetime) -> datetime:
        """When the stretch of a moment began."""
        start, _ = self._bounds("daily", moment)
        return max([start, *(cut for cut in self._cuts if start < cut <= moment)])

    def _next_stretch(self, moment: datetime) -> datetime:
        _, end = self._bounds("daily", moment)
        return min([end, *(cut for cut in self._cuts if moment < cut < end)])


def _local(moment: datetime, zone: tzinfo) -> date:
    return (moment if zone is UTC else moment.astimezone(zone)).date()


def _first_of(kind: Kind, day: date) -> date:
    """The date on which the window of a date begins."""
    if kind == "daily":
        return day
    return day - timedelta(days=day.weekday()) if kind == "weekly" else day.replace(day=1)


def _following(kind: Kind, first: date) -> date:
    """The date on which the next window begins."""
    if kind == "monthly":
        return (first + timedelta(days=31)).replace(day=1)
    return first + (_DAY if kind == "daily" else 7 * _DAY)


def _boundary(kind: Kind, moment: datetime, zone: tzinfo) -> datetime:
    """The first moment at or after this one where a window begins in a zone."""
    first = _first_of(kind, _local(moment, zone))
    start = _midnight(first, zone)
    return start if start == moment else _midnight(_following(kind, first), zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    # fold=0: of a midnight that happens twice the first, of one that is skipped the moment of the
    # jump. Both are the first moment of that day.
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return midnight if zone is UTC else midnight.astimezone(UTC)
