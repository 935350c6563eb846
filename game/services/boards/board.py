"""Which board is meant: of which company, what it ranks, over which time, among whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from game.rules.boards import BOARD_WINDOWS, BoardWindow, Category
from game.rules.calendar_windows import Window
from game.services.rulesets.charter import Charter

MOMENT = timedelta(microseconds=1)
SHORT: dict[BoardWindow, str] = {"weekly": "w", "monthly": "m"}


@dataclass(frozen=True, slots=True)
class Board:
    """One list of members. `window` None = all time; `character_class` empty = everybody."""

    company_id: str
    category: Category
    window: Window | None = None
    character_class: str = ""

    @property
    def name(self) -> str:
        """What Redis calls it within its company."""
        if self.window is not None:
            return window_name(self.window, self.category)
        if self.character_class:
            return f"c:{self.character_class}:{self.category}"
        return f"a:{self.category}"


def window_name(window: Window, category: Category) -> str:
    """What Redis calls a window's board within its company."""
    short = "w" if window.kind == "weekly" else "m"
    return f"{short}:{int(window.starts_at.timestamp())}:{category}"


def current(charter: Charter, kind: BoardWindow, now: datetime) -> Window:
    """The week or the month that runs."""
    return charter.zones.window(kind, now)


def previous(charter: Charter, kind: BoardWindow, now: datetime) -> Window:
    """The one before it."""
    return charter.zones.window(kind, current(charter, kind, now).starts_at - MOMENT)


def kept_in_redis(charter: Charter, now: datetime) -> list[Window]:
    """The windows whose boards are in Redis: those that run, and for each the one before."""
    return [
        window
        for kind in BOARD_WINDOWS
        for window in (previous(charter, kind, now), current(charter, kind, now))
    ]
