"""Server-side cursors: rows of a large company, a few thousand at a time, in one snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from models.session import Row, Transaction

ROWS_A_FETCH = 2_000


def stream(tx: Transaction, name: str, sql: str, company_id: str) -> Iterator[Row]:
    """The rows of one query of a company, never all of them in memory. `name` is the cursor's."""
    # All rows will be read: the plan that is quickest to its first row is the wrong one.
    tx.run("SELECT set_config('cursor_tuple_fraction', '1', true)")
    tx.run(f"DECLARE {name} NO SCROLL CURSOR FOR {sql}", {"company": company_id})
    while found := tx.rows(f"FETCH {ROWS_A_FETCH} FROM {name}"):
        yield from found
    tx.run(f"CLOSE {name}")


def together(*streams: Iterable[Row]) -> Iterator[tuple[Any, list[list[Row]]]]:
    """Bring streams that are sorted by their first column together: (its value, rows of each)."""
    placed = [_placed(place, rows) for place, rows in enumerate(streams)]
    for value, group in groupby(merge(*placed, key=itemgetter(0, 1)), key=itemgetter(0)):
        parts: list[list[Row]] = [[] for _ in streams]
        for _, place, row in group:
            parts[place].append(row)
        yield value, parts


def _placed(place: int, rows: Iterable[Row]) -> Iterator[tuple[Any, int, Row]]:
    return ((row[0], place, row) for row in rows)


def as_object(found: Any) -> dict[str, Any]:
    """A JSON object as it is stored; whatever else somebody put there, as one nobody writes."""
    return found if isinstance(found, dict) else {"no object": found}
