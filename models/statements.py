"""A prepared-statement cache: statements a connection keeps, planned once, then run by name.

A batch sends the same fifty statements every time, and Postgres would plan each of them anew,
which takes longer than most of them run. `PREPARE` is the SQL for what newer drivers do by
themselves; it lives as long as the connection, so the connection must be ours from end to end
(a pooler between us and Postgres has to pool sessions, not transactions).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class in all but name

Params = Sequence[Any] | Mapping[str, Any]

NOTEBOOK = "kept_statements"
"""Where a pooled connection's own notes hold what it has prepared."""


class Pooled(Protocol):
    """What SQLAlchemy's connections have in common: notes that last as long as the real one."""

    @property
    def info(self) -> dict[Any, Any]: ...


_PLACE = re.compile(r"%(?:\((\w+)\))?s|%%")


class Kept:
    """The statements one connection keeps.

    Each parameter's type must follow from its place in the statement or from a cast.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._uses = 0
        self._is_sure = True

    def begin(self, cursor: Cursor) -> None:
        """Count a transaction; before the 2nd, 4th, 8th … all statements are planned anew.

        A plan made for an empty table may walk all of it once it is full: to the planner any
        index over no rows is as good as the right one. So no plan is used for tables that grew
        to much more than twice what it was made for; later on, ANALYZE ends old plans.
        """
        self._uses += 1
        if not self._is_sure or (self._names and self._uses & (self._uses - 1) == 0):
            self.renew(cursor)

    def renew(self, cursor: Cursor) -> None:
        """Keep nothing any more: every statement is prepared again when it is next sent."""
        cursor.execute("DEALLOCATE ALL")
        self._names.clear()
        self._is_sure = True

    def calling(self, cursor: Cursor, sql: str, params: Params) -> bytes:
        """What to send for `sql`: its call, after its preparation where it is new here."""
        numbered, order = _numbered(sql)
        name = self._names.get(sql)
        preparation = b""
        if name is None:
            name = self._names[sql] = f"kept_{len(self._names) + 1}"
            preparation = f"PREPARE {name} AS {numbered};".encode()
        values = [params[key] for key in order] if isinstance(params, Mapping) else params
        places = f"({', '.join(['%s'] * len(order))})" if order else ""
        return preparation + bytes(cursor.mogrify(f"EXECUTE {name}{places}", values))

    def doubt(self) -> None:
        """After an error: nobody knows which preparations Postgres got to see."""
        self._is_sure = False


def kept_on(connection: Pooled) -> Kept:
    """What this pooled connection keeps; a new connection begins with nothing."""
    kept: Kept = connection.info.setdefault(NOTEBOOK, Kept())
    return kept


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
