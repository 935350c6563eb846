"""What companies' creators made, read once a process and change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from game.rules.creation_reading import read_made_achievement, read_special_quest
from game.rules.creations import NOTHING_MADE, Catalogue, Version
from models.session import Transaction

MOST_KNOWN = 1024
"""Companies whose catalogue a process keeps."""

_known: dict[str, tuple[datetime, Catalogue]] = {}
"""By company: when its creators last changed something, and everything up to then."""


def load_catalogues(
    tx: Transaction, changed: Mapping[str, datetime | None]
) -> dict[str, Catalogue]:
    """The catalogues of companies, each with the moment of its newest version.

    In one query, and none where all of them are known as of that moment.
    """
    stale = [
        company
        for company, at in changed.items()
        if at is not None and _known.get(company, (None,))[0] != at
    ]
    if stale:
        found: dict[str, list[Version]] = {company: [] for company in stale}
        for company, *row in tx.rows(
            "SELECT company_id, number, at, state, kind, key, document FROM creation "
            "WHERE company_id = ANY(%s) AND state <> 'draft' ORDER BY company_id, number",
            (stale,),
        ):
            found[company].append(version_of(*row))
        if len(_known) > MOST_KNOWN:
            _known.clear()
        for company, versions in found.items():
            at = changed[company]
            assert at is not None  # noqa: S101 - those without are not looked for
            _known[company] = (at, Catalogue(tuple(versions)) if versions else NOTHING_MADE)
    return {
        company: NOTHING_MADE if at is None else _known[company][1]
        for company, at in changed.items()
    }


def forget() -> None:
    """Know nothing again, as of another database."""
    _known.clear()


def version_of(  # noqa: PLR0913, PLR0917 - the columns of a row
    number: int, at: datetime, state: Any, kind: str, key: str, document: Mapping[str, Any]
) -> Version:
    """A row of `creation` as the rules look at it."""
    if kind == "quest":
        return Version(number, at, state, read_special_quest(document, key, number))
    return Version(number, at, state, read_made_achievement(document, key))
