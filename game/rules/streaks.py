"""Streaks: days in a row on which a member did something that counts.

An active day has a conversion or a quest claimed by the member; what is granted when a window
closes is no activity. After the member's first active day ever, the first inactive day of a week
is frozen: it neither breaks a streak nor counts. Weeks are the company's, from Monday, and where a
change of zone makes one longer it still freezes one day.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from game.rules.calendar_windows import Day, Zones


@dataclass(frozen=True, slots=True)
class Activity:
    """A member's active days. `first`: the first one ever, also where `days` begin later."""

    days: AbstractSet[Day]
    first: Day | None

    def is_frozen(self, day: Day, zones: Zones) -> bool:
        """Say whether an inactive day neither breaks a streak nor counts."""
        if self.first is None or day <= self.first or day in self.days:
            return False
        return self.has_freeze(day, zones)

    def has_freeze(self, day: Day, zones: Zones) -> bool:
        """Say whether no day before this one, of its week, used the week's freeze."""
        if self.first is None:
            return False
        week = zones.window("weekly", zones.starts(day))
        while day > self.first and zones.starts(day) > week.starts_at:
            day = zones.before(day)
            if day > self.first and day not in self.days:
                return False
        return True


@dataclass(frozen=True, slots=True)
class Streak:
    """A member's streak as it stands.

    `is_done`: today counts already. `has_freeze`: this week's freeze is still there, for today if
    it stays inactive. `ends_at`: when it ends unless something counts before; None where it has
    not begun or cannot end before tomorrow is over.
    """

    days: int
    best: int
    is_done: bool
    has_freeze: bool
    ends_at: datetime | None


def longest_run(activity: Activity, around: Day, zones: Zones) -> int:
    """Count the active days of the streak that holds the day `around`; 0 where it is inactive."""
    if around not in activity.days:
        return 0
    back = _count(activity, around, zones.before, zones)
    return 1 + back + _count(activity, around, zones.after, zones)


def longest(activity: Activity, zones: Zones) -> int:
    """Count the active days of the longest streak there ever was."""
    best = 0
    seen: set[Day] = set()
    for first in sorted(activity.days):
        if first in seen:
            continue
        length, day = 1, first
        while (day := zones.after(day)) in activity.days or activity.is_frozen(day, zones):
            if day in activity.days:
                length += 1
                seen.add(day)
        best = max(best, length)
    return best


def current_streak(activity: Activity, best: int, now: datetime, zones: Zones) -> Streak:
    """Read the streak at a moment. Today, unfinished, never breaks it."""
    today = zones.day(now)
    is_done = today in activity.days
    days = is_done + _count(activity, today, zones.before, zones)
    has_freeze = activity.has_freeze(today, zones)
    may_end = days > 0 and not is_done and not has_freeze
    ends_at = zones.window("daily", now).ends_at if may_end else None
    return Streak(days, max(best, days), is_done, has_freeze, ends_at)


def _count(activity: Activity, day: Day, following: Callable[[Day], Day], zones: Zones) -> int:
    """Count active days from `day`, itself left out, on to where the streak ends."""
    length = 0
    while True:
        day = following(day)
        if day in activity.days:
            length += 1
        elif not activity.is_frozen(day, zones):
            return length
