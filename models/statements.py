"""Statements that a connection keeps: parsed and planned once, then run by name.

A batch sends the same fifty statements every time, and Postgres would plan each of them anew,
which takes longer than most of them run. `PREPARE` is the SQL for what newer drivers do by
themselves; it lives as long as the connection, so the connection must be ours from end to end
(a pooler between us and Postgres has to pool sessions, not transactions).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class in all but name

Params = Sequence[Any] | Mapping[str, Any]

_PLACE = re.compile(r"%(?:\((\w+)\))?s|%%")


class Kept:
    """The statements one connection keeps. `execute` takes what a cursor's own takes.

    Each parameter's type must follow from its place in the statement or from a cast.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._uses = 0

    def begin(self, cursor: Cursor) -> None:
        """Count a transaction; before the 2nd, 4th, 8th … all statements are planned anew.

        A plan made for an empty table may walk all of it once it is full: to the planner any
        index over no rows is as good as the right one. So no plan is used for tables that grew
        to much more than twice what it was made for; later on, ANALYZE ends old plans.
        """
        self._uses += 1
        if self._names and self._uses & (self._uses - 1) == 0:
            cursor.execute("DEALLOCATE ALL")
            self._names.clear()

    def execute(self, cursor: Cursor, sql: str, params: Params) -> None:
        """Run `sql`, preparing it first where this connection sees it for the first time."""
        numbered, order = _numbered(sql)
        name = self._names.get(sql)
        if name is None:
            name = f"kept_{len(self._names) + 1}"
            cursor.execute(f"PREPARE {name} AS {numbered}")
            self._names[sql] = name
        values = [params[key] for key in order] if isinstance(params, Mapping) else params
        places = f"({', '.join(['%s'] * len(order))})" if order else ""
        cursor.execute(f"EXECUTE {name}{places}", values)


@lru_cache(maxsize=1024)
def _numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """`sql` with numbered places, and what goes into each: a name, or a position as text."""
    order: list[str] = []

    def number(place: re.Match[str]) -> str:
        if place.group() == "%%":
            return "%"
        key = place.group(1) or str(len(order))
        if key not in order:
            order.append(key)
        return f"${order.index(key) + 1}"

    return _PLACE.sub(number, sql), tuple(order)
