"""Facts to and from their tables: what is known already, merged with what has just come.

The columns of each table are the fields of its fact; one description a kind serves loading,
merging and storing alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cached_property
from operator import attrgetter
from typing import Any, Generic, TypeVar

from game.rules import merging
from game.rules.facts import Dispute, Lesson, Membership, Payment, Refund
from game.services.platform import bulk
from models.session import Row, Transaction

F = TypeVar("F", Payment, Refund, Dispute, Membership)
Key = tuple[str, str]
"""(company id, Whop's id of the object)."""


@dataclass(frozen=True)
class Kind(Generic[F]):
    """How one kind of fact is stored, and how two bodies of one object become one."""

    fact: type[F]
    table: str
    id_column: str
    merge: Callable[[F, F], F]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in fields(self.fact))

    def from_row(self, row: Row) -> F:
        """Build the fact of a row selected with `select_list`."""
        values = [*row[: self.plain], *(_told(told) for told in row[self.plain :])]
        return self.fact(*values)

    @cached_property
    def plain(self) -> int:
        """How many columns are stored as they are: all but `told`, which is nearly always empty."""
        return len(self.columns) - (self.columns[-1] == "told")

    def select_list(self, alias: str) -> str:
        """The fact's columns; an empty `told` as NULL, which saves parsing its JSON."""
        names = [f"{alias}.{name}" for name in self.columns[: self.plain]]
        names += [f"nullif({alias}.{name}, '[]')" for name in self.columns[self.plain :]]
        return ", ".join(names)


PAYMENTS = Kind(Payment, "payment", "payment_id", merging.merge_payment)
REFUNDS = Kind(Refund, "refund", "refund_id", merging.merge_refund)
DISPUTES = Kind(Dispute, "dispute", "dispute_id", merging.merge_dispute)
MEMBERSHIPS = Kind(Membership, "membership", "membership_id", merging.merge_membership)


def load(tx: Transaction, kind: Kind[F], keys: Iterable[Key]) -> dict[Key, F]:
    """The stored facts of these keys, in one query; those not there are left out."""
    identity = attrgetter(kind.id_column)
    return {
        (company, identity(fact)): fact for company, fact in load_by(tx, kind, kind.id_column, keys)
    }


def load_by(
    tx: Transaction, kind: Kind[F], column: str, keys: Iterable[Key]
) -> list[tuple[str, F]]:
    """(company id, fact) of all stored facts whose `column` is named by `keys`, in one query.

    Keys must differ; without keys there is no query.
    """
    companies, ids = bulk.pairs(keys)
    if not ids:
        return []
    rows = tx.rows(
        f"SELECT t.company_id, {kind.select_list('t')} "  # noqa: S608 - our own names
        f"FROM unnest(%s::text[], %s::text[]) AS k (company_id, {column}) "
        f"JOIN {kind.table} t USING (company_id, {column})",
        (companies, ids),
    )
    return [(row[0], kind.from_row(row[1:])) for row in rows]


def record(tx: Transaction, kind: Kind[F], news: Iterable[tuple[str, F]]) -> list[tuple[str, F]]:
    """Merge `news` (company id, fact) into what is stored; what bears on the books, was and is.

    Only facts that changed are written, and of those only the ones are given back whose change
    can change what somebody earns. What a fact was matters as well: one that names another
    payment or buyer than before touches both. The company's turn must be held: nobody else may
    write its facts meanwhile.
    """
    identity = attrgetter(kind.id_column)
    arrived: dict[Key, F] = {}
    for company, fact in news:
        key = (company, identity(fact))
        arrived[key] = kind.merge(arrived[key], fact) if key in arrived else fact
    stored = load(tx, kind, arrived)
    merged = {
        key: kind.merge(stored[key], fact) if key in stored else fact
        for key, fact in arrived.items()
    }
    changed = {key: fact for key, fact in merged.items() if stored.get(key) != fact}
    bulk.insert(
        tx,
        kind.table,
        [{"company_id": company, **_values(kind, fact)} for (company, _), fact in changed.items()],
        key=f"company_id {kind.id_column}",
        update=" ".join(name for name in kind.columns if name != kind.id_column),
    )
    bearing = [
        key
        for key, fact in changed.items()
        if fact.bearing != (stored[key].bearing if key in stored else ())
    ]
    return [(key[0], found[key]) for found in (stored, merged) for key in bearing if key in found]


LessonKey = tuple[str, str, str]
"""(company id, user id, lesson id)."""

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LessonMove:
    """A lesson that is new (`was_at` None) or turned out to be finished earlier than known."""

    company_id: str
    lesson: Lesson
    was_at: datetime | None


def record_lessons(tx: Transaction, news: Iterable[tuple[str, Lesson]]) -> list[LessonMove]:
    """Keep each lesson of a user once, at its earliest completion; those new or moved earlier."""
    arrived: dict[LessonKey, Lesson] = {}
    for company, lesson in news:
        key = (company, lesson.user_id, lesson.lesson_id)
        arrived[key] = merging.merge_lesson(arrived[key], lesson) if key in arrived else lesson
    if not arrived:
        return []
    stored = {
        (company, user, lesson): at
        for company, user, lesson, at in tx.rows(
            "SELECT company_id, user_id, lesson_id, at "
            "FROM unnest(%s::text[], %s::text[], %s::text[]) AS k (company_id, user_id, lesson_id) "
            "JOIN lesson USING (company_id, user_id, lesson_id)",
            [list(column) for column in zip(*arrived, strict=True)],
        )
    }
    moves = [
        LessonMove(company, lesson, stored.get((company, user, lesson_id)))
        for (company, user, lesson_id), lesson in arrived.items()
        if lesson.at < stored.get((company, user, lesson_id), NEVER)
    ]
    rows = [
        {
            "company_id": move.company_id,
            "user_id": move.lesson.user_id,
            "lesson_id": move.lesson.lesson_id,
            "at": move.lesson.at,
        }
        for move in moves
    ]
    bulk.insert(tx, "lesson", rows, key="company_id user_id lesson_id", update="at")
    return moves


def _told(stored: list[list[Any]] | None) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(one) for one in stored or ())


def _values(kind: Kind[Any], fact: object) -> Mapping[str, Any]:
    return {name: getattr(fact, name) for name in kind.columns}
