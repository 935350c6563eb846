"""Making and changing special quests and achievements: each change is a version of its own.

A version holds from its moment on and is never edited. A draft binds nobody; what was published is
changed by a further version, for those who are given it from then on, or ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from game.rules.creation_reading import (
    InvalidCreation,
    read_made_achievement,
    read_special_quest,
)
from game.rules.creations import SpecialQuest
from game.rules.refusals import Refusal
from game.services.platform import bulk
from game.services.rulesets.charter import Charter, load_charter
from models.session import MEMBER, Transaction, transaction

Kind = Literal["achievement", "quest"]
PREFIX: Mapping[Kind, str] = {"achievement": "made", "quest": "special"}
MOST = 200
"""Of one kind, not ended, in a company: all of them are looked at with every posting."""
MOST_VERSIONS = 10_000
FOLLOWS: Mapping[str, tuple[str, ...]] = {
    "draft": ("draft", "published", "ended"),
    "published": ("published", "ended"),
    "ended": (),
}
"""From which state to which: what was published cannot become a draft again."""
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes or changes something, in which company."""

    company_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest version of something."""

    key: str
    state: str
    document: Mapping[str, Any]


def make(author: Author, kind: Kind, document: Mapping[str, Any], state: str, now: datetime) -> int:
    """Make a quest or an achievement; its id, which is the number of its first version.

    Refuses `validation_failed` (what is wrong with which field), `too_many_creations`.
    """
    with transaction(MEMBER, author.company_id) as tx:
        number, at = _next(tx, author.company_id, now)
        _refuse_too_many(tx, author.company_id, kind, number)
        key = f"{PREFIX[kind]}:{number}"
        _check(load_charter(tx, author.company_id), kind, key, document, state, at, old=None)
        _write(tx, author, _Newest(key, state, document), kind, number, at)
    return number


def change(  # noqa: PLR0913, PLR0917 - what, by whom, to what
    author: Author,
    kind: Kind,
    first: int,
    changes: Mapping[str, Any],
    state: str | None,
    now: datetime,
) -> None:
    """Make a further version of what was made as number `first`; the same again changes nothing.

    Refuses `not_found`, `creation_ended`, `creation_published` (a draft it cannot become again),
    `quest_has_begun` (its first day and how often it comes stay) and what `make` refuses.
    """
    key = f"{PREFIX[kind]}:{first}"
    with transaction(MEMBER, author.company_id) as tx:
        number, at = _next(tx, author.company_id, now)
        old = _newest(tx, author.company_id, key)
        if old is None:
            raise Refusal("not_found", f"There is no such {kind}.", {"id": str(first)})
        new = _Newest(key, state or old.state, {**old.document, **changes})
        if new == old:
            return
        if old.state == "ended":
            raise Refusal("creation_ended", f"This {kind} is over.", {"id": str(first)})
        if new.state not in FOLLOWS[old.state]:
            raise Refusal("creation_published", f"This {kind} is live.", {"id": str(first)})
        if new.state != "ended":
            charter = load_charter(tx, author.company_id)
            _check(charter, kind, key, new.document, new.state, at, old=old)
        _write(tx, author, new, kind, number, at)


def _next(tx: Transaction, company_id: str, now: datetime) -> tuple[int, datetime]:
    """The number and moment of the next version. Locks the company's row: one at a time."""
    rows = tx.rows(
        "SELECT catalogue_at FROM company WHERE company_id = %s FOR NO KEY UPDATE", (company_id,)
    )
    if not rows:
        raise Refusal("not_found", "There is no such company.", {"company": company_id})
    newest = rows[0][0]
    [(number,)] = tx.rows(
        "SELECT coalesce(max(number), 0) + 1 FROM creation WHERE company_id = %s", (company_id,)
    )
    return number, now if newest is None else max(now, newest + _MOMENT)


def _newest(tx: Transaction, company_id: str, key: str) -> _Newest | None:
    rows = tx.rows(
        "SELECT key, state, document FROM creation WHERE company_id = %s AND key = %s "
        "ORDER BY number DESC LIMIT 1",
        (company_id, key),
    )
    return _Newest(*rows[0]) if rows else None


def _refuse_too_many(tx: Transaction, company_id: str, kind: Kind, number: int) -> None:
    [(open_now,)] = tx.rows(
        "SELECT count(*) FROM (SELECT DISTINCT ON (key) state FROM creation "
        "WHERE company_id = %s AND kind = %s ORDER BY key, number DESC) AS newest "
        "WHERE state <> 'ended'",
        (company_id, kind),
    )
    if open_now >= MOST or number > MOST_VERSIONS:
        raise Refusal("too_many_creations", f"There are {open_now} already.", {"most": MOST})


def _check(  # noqa: PLR0913, PLR0917 - one version in its company
    charter: Charter,
    kind: Kind,
    key: str,
    document: Mapping[str, Any],
    state: str,
    at: datetime,
    *,
    old: _Newest | None,
) -> None:
    try:
        if kind == "achievement":
            read_made_achievement(document, key)
            return
        classes = charter.rules.at(at).classes.keys()
        quest = read_special_quest(document, key, 0, classes)
    except InvalidCreation as error:
        raise invalid(error.problems) from error
    if state == "published":
        _check_days(charter, quest, at, old)


def _check_days(charter: Charter, quest: SpecialQuest, at: datetime, old: _Newest | None) -> None:
    """Nothing is published for days that have passed; what has begun keeps its beginning."""
    today = charter.zones.day(at).date
    schedule = quest.schedule
    if schedule.last_day is not None and schedule.last_day < today:
        raise invalid(["schedule.last_day: must not have passed"])
    if old is not None and old.state == "published":
        before = read_special_quest(old.document, quest.key, 0).schedule
        if before.first_day <= today:
            if (before.every, before.first_day) != (schedule.every, schedule.first_day):
                raise Refusal("quest_has_begun", "It has begun: its first day stays as it is.")
            return
    if schedule.first_day < today:
        raise invalid(["schedule.first_day: must not have passed"])


def invalid(problems: list[str]) -> Refusal:
    """The refusal of what cannot be published, field by field."""
    fields: dict[str, list[str]] = {}
    for problem in problems:
        place, _, what = problem.partition(": ")
        fields.setdefault(place, []).append(what)
    return Refusal("validation_failed", "Some fields are not right.", {"fields": fields})


def _write(  # noqa: PLR0913, PLR0917 - the columns of a version
    tx: Transaction, author: Author, version: _Newest, kind: Kind, number: int, at: datetime
) -> None:
    tx.run(
        "INSERT INTO creation (company_id, number, kind, key, state, document, at, actor_user_id) "
        "VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s, %s)",
        (
            author.company_id,
            number,
            kind,
            version.key,
            version.state,
            bulk.to_json(version.document),
            at,
            author.user_id,
        ),
    )
    tx.run("UPDATE company SET catalogue_at = %s WHERE company_id = %s", (at, author.company_id))
    note(tx, author, f"{kind}.{version.state}", version.key, {"version": number}, at)


def note(  # noqa: PLR0913, PLR0917 - the columns of a line
    tx: Transaction,
    author: Author,
    action: str,
    subject: str,
    details: Mapping[str, object],
    at: datetime,
) -> None:
    """Leave a line in the audit."""
    tx.run(
        "INSERT INTO audit (company_id, actor, action, subject, details, at) "
        "VALUES (%s, %s, %s, %s, %s::jsonb, %s)",
        (author.company_id, author.user_id, action, subject, bulk.to_json(details), at),
    )
