"""What creators add to the game: special quests and achievements of their own, version by version.

Each version is a company fact: it holds from its moment on, as versions of the rules do, and never
changes. What was given or unlocked by an earlier one stays as it was.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from game.rules.calendar_windows import Day, Zones
from game.rules.calendar_windows import Kind as WindowKind
from game.rules.requirements import Requirement
from game.rules.ruleset_parts import Achievement

State = Literal["draft", "published", "ended"]
STATES: tuple[State, ...] = ("draft", "published", "ended")
ONCE = "once"
EVERY: Mapping[str, WindowKind | None] = {
    ONCE: None,
    "day": "daily",
    "week": "weekly",
    "month": "monthly",
}
SPECIAL = "special"
"""The window, in the sense of `quest.time_window`, of every quest a creator wrote."""
_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """From the first day to the last (inclusive, local dates), once or in every such window.

    `last_day` None: until it is ended; only what comes again may have none.
    """

    every: str
    first_day: date
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is given a quest: these classes (empty = all), these highest levels ever reached."""

    classes: frozenset[str]
    level_from: int
    level_to: int | None

    def admits(self, character_class: str | None, level_ever: int) -> bool:
        """Say whether a member of this class and highest level is meant."""
        if self.classes and character_class not in self.classes:
            return False
        return self.level_from <= level_ever and (
            self.level_to is None or level_ever <= self.level_to
        )


@dataclass(frozen=True, slots=True)
class SpecialQuest:
    """A quest a creator wrote. `number` names this version, `key` the quest through all of them."""

    number: int
    key: str
    title: str
    description: str
    requirement: Requirement
    reward_xp: int
    schedule: Schedule
    audience: Audience


@dataclass(frozen=True, slots=True)
class SpecialWindow:
    """`[starts_at, ends_at)` of a special quest, in UTC; its first and last date."""

    starts_at: datetime
    ends_at: datetime
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Version:
    """One version of what a creator made, from `at` on."""

    number: int
    at: datetime
    state: State
    made: Achievement | SpecialQuest


@dataclass(slots=True)
class Catalogue:
    """Everything a company's creators ever published, by version in order of their moments."""

    versions: Sequence[Version] = ()
    _at: list[datetime] = field(init=False)
    _held: dict[int, tuple[tuple[Achievement, ...], tuple[SpecialQuest, ...]]] = field(init=False)

    def __post_init__(self) -> None:
        """Note the moments, so that what held at one is found without a walk."""
        self._at = [version.at for version in self.versions]
        self._held = {0: ((), ())}

    def place(self, moment: datetime) -> int:
        """How many versions had been made at a moment."""
        return bisect_right(self._at, moment)

    def achievements(self, moment: datetime) -> tuple[Achievement, ...]:
        """The achievements that could be unlocked at a moment, in the order they were made."""
        return self._found(self.place(moment))[0]

    def quests(self, moment: datetime) -> tuple[SpecialQuest, ...]:
        """The special quests that were given at a moment, where their schedule says so."""
        return self._found(self.place(moment))[1]

    def quest(self, number: int | None) -> SpecialQuest | None:
        """The version of a special quest by its number."""
        for version in self.versions:
            if version.number == number and isinstance(version.made, SpecialQuest):
                return version.made
        return None

    def newest(self, key: str) -> Achievement | SpecialQuest | None:
        """What a key names, as its newest version words it."""
        for version in reversed(self.versions):
            if version.made.key == key:
                return version.made
        return None

    def _found(self, place: int) -> tuple[tuple[Achievement, ...], tuple[SpecialQuest, ...]]:
        if place not in self._held:
            newest: dict[str, Version] = {}
            for version in self.versions[:place]:
                newest[version.made.key] = version
            made = [one.made for one in newest.values() if one.state == "published"]
            self._held[place] = (
                tuple(one for one in made if isinstance(one, Achievement)),
                tuple(one for one in made if isinstance(one, SpecialQuest)),
            )
        return self._held[place]


NOTHING_MADE = Catalogue()


def open_quests(
    catalogue: Catalogue, moment: datetime, zones: Zones
) -> list[tuple[SpecialQuest, SpecialWindow]]:
    """List the special quests that are given at a moment, each with the window that holds it."""
    return [
        (quest, window)
        for quest in catalogue.quests(moment)
        if (window := window_of(quest.schedule, moment, zones))
    ]


def window_of(schedule: Schedule, moment: datetime, zones: Zones) -> SpecialWindow | None:
    """Find the window of a schedule that holds a moment; None between and outside of them.

    Windows begin and end with local days, as facts are counted by these. One that comes again is
    cut where the schedule begins and ends.
    """
    starts_at = zones.starts(Day(schedule.first_day))
    ends_at = None if schedule.last_day is None else zones.starts(Day(schedule.last_day + _DAY))
    kind = EVERY[schedule.every]
    if kind is not None:
        window = zones.window(kind, moment)
        starts_at = max(starts_at, window.starts_at)
        ends_at = window.ends_at if ends_at is None else min(ends_at, window.ends_at)
    if ends_at is None or not starts_at <= moment < ends_at:
        return None
    last_day = zones.day(ends_at - _MOMENT).date
    return SpecialWindow(starts_at, ends_at, zones.day(starts_at).date, last_day)
