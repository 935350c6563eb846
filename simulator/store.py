"""What the twin's API can be asked about: people, companies and everything the world sold.

A small SQLite file in LEGENDS_HOME, so that the demo (which writes) and the twin's server (which
reads) are programs of their own and a restart forgets nothing.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from simulator.fragments import Json

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    kind TEXT NOT NULL, id TEXT NOT NULL, account_id TEXT NOT NULL, parent_id TEXT NOT NULL,
    user_id TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    flat TEXT NOT NULL, nested TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX IF NOT EXISTS objects_in_order ON objects (kind, account_id, created_at, id);
CREATE INDEX IF NOT EXISTS objects_of_parent ON objects (kind, parent_id);
CREATE TABLE IF NOT EXISTS access (
    user_id TEXT NOT NULL, account_id TEXT NOT NULL, level TEXT NOT NULL,
    PRIMARY KEY (user_id, account_id)
);
CREATE TABLE IF NOT EXISTS affiliates (membership_id TEXT PRIMARY KEY, user_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refusals (
    account_id TEXT NOT NULL, action TEXT NOT NULL, PRIMARY KEY (account_id, action)
);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, asked TEXT NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL,
    at REAL NOT NULL
);
"""
# Events come out of order: an older state never replaces a newer one.
PUT = """
INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE
SET parent_id = excluded.parent_id, updated_at = excluded.updated_at,
    flat = excluded.flat, nested = excluded.nested
WHERE excluded.updated_at >= objects.updated_at
"""
FORGET = """
DELETE FROM objects WHERE kind = ? AND account_id = ? AND created_at < (
    SELECT created_at FROM objects WHERE kind = ? AND account_id = ?
    ORDER BY created_at DESC LIMIT 1 OFFSET ?
)
"""
SOLD = ("payment", "refund", "dispute", "membership")
KEPT_OF_A_KIND = 10_000
ANSWERS_KEPT_SECONDS = 86_400
PEOPLE_SHOWN = 30


@dataclass(frozen=True)
class Thing:
    """One object of the API in both shapes. Empty strings where a key does not apply.

    `parent_id` is what lists can be narrowed to: a refund's payment, a payment's membership.
    """

    kind: str
    id: str
    account_id: str
    created_at: str
    flat: Json
    nested: Json
    parent_id: str = ""
    user_id: str = ""


@dataclass(frozen=True)
class Answered:
    """What a request with an idempotency key was answered. `asked` tells one from another."""

    asked: str
    status: int
    body: bytes


@dataclass(frozen=True)
class Slice:
    """A slice of a list in time order, newest last; cursors are opaque to the caller."""

    rows: list[Thing]
    has_next: bool
    has_previous: bool


class Store:
    """Opened once per program; safe to use from several threads."""

    def __init__(self, home: Path) -> None:
        path = home / "twin" / "whop.sqlite3"
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, timeout=30, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def put(self, things: Iterable[Thing]) -> None:
        """Write the things; of two states of one thing the newer stays."""
        rows = [
            (
                thing.kind,
                thing.id,
                thing.account_id,
                thing.parent_id,
                thing.user_id,
                thing.created_at,
                str(thing.flat.get("updated_at", "")),
                json.dumps(thing.flat),
                json.dumps(thing.nested),
            )
            for thing in things
        ]
        with self._lock, self._db:
            self._db.executemany(PUT, rows)

    def get(self, kind: str, thing_id: str) -> Thing | None:
        found = self._read("kind = ? AND id = ?", (kind, thing_id), 1)
        return found[0] if found else None

    def user(self, id_or_name: str) -> Thing | None:
        """A person by `user_` id or by username."""
        by_name = "kind = 'user' AND json_extract(flat, '$.username') = ?"
        found = self.get("user", id_or_name)
        return found or next(iter(self._read(by_name, (id_or_name,), 1)), None)

    def forget_old(self, account_id: str, keep: int = KEPT_OF_A_KIND) -> None:
        """Drop what was sold long ago, so that a demo may run for days."""
        with self._lock, self._db:
            for kind in SOLD:
                self._db.execute(FORGET, (kind, account_id, kind, account_id, keep))

    def everyone(self, account_id: str) -> list[tuple[Thing, str]]:
        """The first people who may enter a company, with their level."""
        query = "SELECT user_id, level FROM access WHERE account_id = ? ORDER BY rowid LIMIT ?"
        values = (account_id, PEOPLE_SHOWN)
        with self._lock, closing(self._db.execute(query, values)) as cursor:
            rows = cursor.fetchall()
        known = [(self.get("user", user_id), level) for user_id, level in rows]
        return [(person, level) for person, level in known if person is not None]

    def page(  # noqa: PLR0913 - the query parameters of Whop's lists
        self,
        kind: str,
        *,
        account_id: str = "",
        parent_id: str = "",
        user_id: str = "",
        created_after: str = "",
        fields: dict[str, str] | None = None,
        after: str = "",
        first: int = 20,
    ) -> Slice:
        """A page of a kind, oldest first; empty filters do not narrow."""
        wanted = {"account_id": account_id, "parent_id": parent_id, "user_id": user_id}
        where, values = ["kind = ?"], [kind]
        for column, value in wanted.items():
            if value:
                where.append(f"{column} = ?")
                values.append(value)
        for field, value in (fields or {}).items():
            where.append("json_extract(flat, ?) = ?")
            values += [f"$.{field}", value]
        if created_after:
            where.append("created_at > ?")
            values.append(created_after)
        if after:
            created_at, _, last_id = after.partition("|")
            where.append("(created_at, id) > (?, ?)")
            values += [created_at, last_id]
        rows = self._read(" AND ".join(where), tuple(values), first + 1)
        return Slice(rows[:first], len(rows) > first, bool(after))

    def grant(self, user_id: str, account_id: str, level: str) -> None:
        """Give a person `customer`, `admin` or `no_access` in a company."""
        with self._lock, self._db:
            self._db.execute(
                "INSERT INTO access VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET level = excluded.level",
                (user_id, account_id, level),
            )

    def access(self, user_id: str, account_id: str) -> str:
        """The level of a person in a company; strangers have `no_access`."""
        query = "SELECT level FROM access WHERE user_id = ? AND account_id = ?"
        row = self._one(query, (user_id, account_id))
        return str(row[0]) if row else "no_access"

    def set_affiliate(self, membership_id: str, user_id: str) -> None:
        """Note whom Whop's own affiliate program credits for a membership."""
        with self._lock, self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO affiliates VALUES (?, ?)", (membership_id, user_id)
            )

    def affiliate(self, membership_id: str) -> str | None:
        row = self._one("SELECT user_id FROM affiliates WHERE membership_id = ?", (membership_id,))
        return str(row[0]) if row else None

    def refuse(self, account_id: str, action: str) -> None:
        """The company has not approved this permission; all others are granted."""
        with self._lock, self._db:
            self._db.execute("INSERT OR IGNORE INTO refusals VALUES (?, ?)", (account_id, action))

    def is_granted(self, account_id: str, action: str) -> bool:
        query = "SELECT 1 FROM refusals WHERE account_id = ? AND action = ?"
        return self._one(query, (account_id, action)) is None

    def keep_answer(self, key: str, answer: Answered, now: float) -> None:
        """Keep an answer for the request that comes again; after a day it is forgotten."""
        with self._lock, self._db:
            self._db.execute("DELETE FROM answers WHERE at < ?", (now - ANSWERS_KEPT_SECONDS,))
            row = (key, answer.asked, answer.status, answer.body, now)
            self._db.execute("INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?)", row)

    def kept_answer(self, key: str, now: float) -> Answered | None:
        query = "SELECT asked, status, body FROM answers WHERE key = ? AND at >= ?"
        values = (key, now - ANSWERS_KEPT_SECONDS)
        with self._lock, closing(self._db.execute(query, values)) as cursor:
            row = cursor.fetchone()
        return Answered(*row) if row else None

    def _one(self, query: str, values: tuple[str, ...]) -> tuple[str, ...] | None:
        with self._lock, closing(self._db.execute(query, values)) as cursor:
            row: tuple[str, ...] | None = cursor.fetchone()
        return row

    def _read(self, where: str, values: tuple[str, ...], limit: int) -> list[Thing]:
        # `where` is put together from the constants above; every value is bound.
        query = (
            "SELECT kind, id, account_id, created_at, flat, nested, parent_id, user_id "  # noqa: S608
            f"FROM objects WHERE {where} ORDER BY created_at, id LIMIT {int(limit)}"
        )
        with self._lock, closing(self._db.execute(query, values)) as cursor:
            rows = cursor.fetchall()
        return [
            Thing(kind, key, account, at, json.loads(flat), json.loads(nested), parent, user)
            for kind, key, account, at, flat, nested, parent, user in rows
        ]


def cursor_of(thing: Thing) -> str:
    """The Relay cursor that continues behind this row."""
    return f"{thing.created_at}|{thing.id}"
