"""Bulk (set-wise) writes: many rows in one statement, whatever their number.

Rows travel as one JSON text and become typed by the table's own row type; of the ways tried
(VALUES lists, arrays, COPY into a temporary table) none was faster by more than a few
microseconds a row, and none as plain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from models.session import Row, Transaction, pairs

__all__ = ["insert", "pairs", "to_json", "update"]

_encoder = msgspec.json.Encoder()


def insert(  # noqa: PLR0913 - the parts of one INSERT statement
    tx: Transaction,
    table: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    key: str = "",
    update: str = "",
    add: str = "",
    latest: str = "",
    returning: str = "",
) -> list[Row]:
    """Insert `rows` (dicts with the same names) into `table`; nothing happens without rows.

    On a conflict over the columns `key`: the columns in `update` take the new value, those in
    `add` grow by it, those in `latest` take it where it is larger than theirs or theirs is empty;
    with none of them, the row that is there stays. Column lists are words
    separated by spaces. Returns what `returning` asks for of the rows that were inserted or
    changed; without it the rows travel with the next statement (`Transaction.put`).
    """
    if not rows:
        return []
    columns = ", ".join(rows[0])
    sql = (
        f"INSERT INTO {table} ({columns}) "  # noqa: S608 - names come from our own code
        f"SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::json)"
    )
    if key:
        sql += f" ON CONFLICT ({', '.join(key.split())}) DO " + _on_conflict(
            table, update, add, latest
        )
    if returning:
        return tx.rows(f"{sql} RETURNING {returning}", (to_json(rows),))
    tx.put(sql, (to_json(rows),))
    return []


def update(
    tx: Transaction, table: str, rows: Sequence[Mapping[str, Any]], *, key: str, columns: str
) -> None:
    """Set `columns` of the rows of `table` that `key` names."""
    if not rows:
        return
    assignments = ", ".join(f"{name} = new.{name}" for name in columns.split())
    matches = " AND ".join(f"{table}.{name} = new.{name}" for name in key.split())
    tx.put(
        f"UPDATE {table} SET {assignments} "  # noqa: S608 - names come from our own code
        f"FROM json_populate_recordset(NULL::{table}, %s::json) AS new WHERE {matches}",
        (to_json(rows),),
    )


def to_json(value: object) -> str:
    """JSON for Postgres; moments and days as ISO 8601."""
    return _encoder.encode(value).decode()


def _on_conflict(table: str, update: str, add: str, latest: str) -> str:
    assignments = [f"{name} = EXCLUDED.{name}" for name in update.split()]
    assignments += [f"{name} = {table}.{name} + EXCLUDED.{name}" for name in add.split()]
    assignments += [
        f"{name} = greatest({table}.{name}, EXCLUDED.{name})" for name in latest.split()
    ]
    if not assignments:
        return "NOTHING"
    sql = f"UPDATE SET {', '.join(assignments)}"
    if not add and not latest:
        # A row that says the same already is left alone: no new version of it, no index entries.
        old, new = (", ".join(f"{t}.{n}" for n in update.split()) for t in (table, "EXCLUDED"))
        sql += f" WHERE ({old}) IS DISTINCT FROM ({new})"
    return sql
