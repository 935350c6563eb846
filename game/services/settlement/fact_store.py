"""A repository of facts (upsert): what is known already, merged with what has just come.

One row of `game.rules.fact_kinds` serves loading, merging and storing alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Generic

from game.rules.fact_kinds import F, FactKind
from game.rules.facts import Lesson, Transfer
from game.rules.tellings import Telling
from game.services.platform import bulk
from models.session import Row, Transaction

Key = tuple[str, str]
"""(company id, Whop's id of the object)."""

FullKey = tuple[str, ...]
"""(company id, the texts that say which object of its kind it is)."""


@dataclass(frozen=True)  # with slots, Python 3.11 cannot call `FactChange[Lesson]`
class FactChange(Generic[F]):
    """A fact that bears on the books otherwise than before; `was` is None for a new one."""

    company_id: str
    was: F | None
    now: F

    def named(self, field: str) -> set[Key]:
        """Whom or what the field names, now and before: both are touched. Empty names nothing."""
        found = {getattr(fact, field) for fact in (self.was, self.now) if fact is not None}
        return {(self.company_id, name) for name in found if name}


LessonChange = FactChange[Lesson]
TransferChange = FactChange[Transfer]


def select_list(kind: FactKind[F], alias: str) -> str:
    """The fields of a fact as `from_row` reads them; an empty list as NULL: no JSON to parse."""
    names = ["''" if name in kind.unkept else f"{alias}.{name}" for name in kind.fields]
    names[kind.plain :] = [f"nullif({name}, '[]')" for name in names[kind.plain :]]
    return ", ".join(names)


def from_row(kind: FactKind[F], row: Row) -> F:
    """Build the fact of a row selected with `select_list`."""
    if not any(row[kind.plain :]):
        return kind.fact(*row[: kind.plain])  # the lists are empty where nothing is said
    values = list(row[: kind.plain])
    for name, stored in zip(kind.fields[kind.plain :], row[kind.plain :], strict=True):
        make = Telling._make if name == "tellings" else tuple
        values.append(tuple(make(one) for one in stored or ()))
    return kind.fact(*values)


def load_by(
    tx: Transaction, kind: FactKind[F], columns: Collection[str], keys: Iterable[FullKey]
) -> list[tuple[str, F]]:
    """(company id, fact) of all stored facts whose `columns` are named by `keys`, in one query.

    Keys must differ; without keys there is no query.
    """
    arrays = [list(values) for values in zip(*keys, strict=True)]
    if not arrays:
        return []
    names = ", ".join(("company_id", *columns))
    rows = tx.rows(
        f"SELECT t.company_id, {select_list(kind, 't')} "  # noqa: S608 - our own names
        f"FROM unnest({', '.join(['%s::text[]'] * len(arrays))}) AS k ({names}) "
        f"JOIN {kind.table} t USING ({names})",
        arrays,
    )
    return [(row[0], from_row(kind, row[1:])) for row in rows]


def record(
    tx: Transaction, kind: FactKind[F], told: Iterable[tuple[str, F]]
) -> list[FactChange[F]]:
    """Merge what was told (company id, fact) into what is stored; what bears on the books.

    Only facts that changed are written, and of those only the ones are given back whose change
    can change what somebody earns. What a fact was matters as well: one that names another
    payment or buyer than before touches both. The company's turn must be held: nobody else may
    write its facts meanwhile.
    """
    arrived: dict[FullKey, F] = {}
    for company, fact in told:
        key = _key(kind, company, fact)
        arrived[key] = kind.merge(arrived[key], fact) if key in arrived else fact
    stored = {
        _key(kind, company, fact): fact for company, fact in load_by(tx, kind, kind.key, arrived)
    }
    merged = {
        key: kind.merge(stored[key], fact) if key in stored else fact
        for key, fact in arrived.items()
    }
    changed = {key: fact for key, fact in merged.items() if stored.get(key) != fact}
    bulk.insert(
        tx,
        kind.table,
        [_row(kind, key[0], fact) for key, fact in changed.items()],
        key=" ".join(("company_id", *kind.key)),
        update=" ".join(name for name in kind.columns if name not in kind.key),
    )
    return [
        FactChange(key[0], stored.get(key), fact)
        for key, fact in changed.items()
        if fact.bearing != (stored[key].bearing if key in stored else ())
    ]


def _key(kind: FactKind[F], company: str, fact: F) -> FullKey:
    return (company, *(getattr(fact, name) for name in kind.key))


def _row(kind: FactKind[F], company: str, fact: F) -> dict[str, Any]:
    return {"company_id": company, **{name: getattr(fact, name) for name in kind.columns}}
