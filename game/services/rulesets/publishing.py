"""Temporal versioning of the rules: a new version from a moment on; older effects keep theirs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from psycopg2.errors import UniqueViolation

from game.rules.refusals import Refusal
from game.rules.ruleset import InvalidRules, RuleSet, default_document, read_rules
from models.session import MEMBER, Transaction, transaction

LEAD = timedelta(minutes=1)
"""A version begins this much after it is published at the earliest: a batch that is under way has
loaded the rules before, and must not settle a payment of the new version's time by them."""
MINUTE = timedelta(minutes=1)
LATEST = timedelta(days=366)
MOST_TELLING = 20
"""Problems of a draft that are named; more would not be read."""

VERSIONS = """
SELECT version, valid_from, document, actor_user_id FROM rule_set
WHERE company_id = %s ORDER BY version DESC
"""


def checked(document: Mapping[str, Any], version: int) -> tuple[RuleSet, dict[str, Any]]:
    """The draft as a rule set and as the document that is stored, numbered `version`.

    Raises the refusal `invalid_rules` (details: `problems`, each with its place).
    """
    numbered = {**document, "version": version}
    try:
        rules = read_rules(numbered)
    except InvalidRules as error:
        some = error.problems[:MOST_TELLING]
        raise Refusal(
            "invalid_rules", f"These rules cannot hold: {some[0]}.", {"problems": some}
        ) from error
    return rules, numbered


def newest(tx: Transaction, company_id: str) -> tuple[int, datetime | None, dict[str, Any]]:
    """The company's newest version: its number, from when it holds, its document.

    None = from the very beginning: the company has published nothing.
    """
    rows = tx.rows(f"{VERSIONS} LIMIT 1", (company_id,))
    if not rows:
        return 1, None, default_document()
    version, valid_from, document, _ = rows[0]
    return version, valid_from, document


def publish(  # noqa: PLR0913, PLR0917 - what, on what, from when, by whom
    company_id: str,
    document: Mapping[str, Any],
    based_on: int,
    valid_from: datetime | None,
    actor: str,
    now: datetime,
) -> tuple[int, datetime]:
    """Publish a version: (its number, the moment it holds from). `valid_from` None = at once.

    Refuses `invalid_rules`, `rules_changed` (somebody published since the draft was begun;
    details: `version`) and `too_early` (details: `earliest`): before the version it follows, or
    before what is under way now can have ended.
    """
    with transaction(MEMBER, company_id) as tx:
        version, begins, _ = newest(tx, company_id)
        if based_on != version:
            raise _changed(version)
        earliest = _minute(max(now + LEAD, begins + MINUTE if begins else now))
        at = valid_from or earliest
        if not earliest <= at <= now + LATEST:
            details = {"earliest": earliest.isoformat(), "latest": (now + LATEST).isoformat()}
            raise Refusal(
                "too_early",
                "A version begins a minute from now at the earliest and "
                "after the one before it, and within a year.",
                details,
            )
        _, numbered = checked(document, version + 1)
        try:
            tx.run(
                "INSERT INTO rule_set (company_id, version, valid_from, document, actor_user_id) "
                "VALUES (%s, %s, %s, %s, %s)",
                (company_id, version + 1, at, json.dumps(numbered), actor),
            )
        except UniqueViolation as error:
            raise _changed(version + 1) from error
        details = {"valid_from": at.isoformat()}
        tx.run(
            "INSERT INTO audit (company_id, actor, action, subject, details, at) "
            "VALUES (%s, %s, 'rules.publish', %s, %s, %s)",
            (
                company_id,
                actor,
                f"rules:{version + 1}",
                json.dumps({"valid_from": at.isoformat()}),
                now,
            ),
        )
        return version + 1, at


def _changed(version: int) -> Refusal:
    words = f"Version {version} was published meanwhile: look at it, then change a copy of it."
    return Refusal("rules_changed", words, {"version": version})


def _minute(moment: datetime) -> datetime:
    """The whole minute at or after a moment."""
    over = timedelta(seconds=moment.second, microseconds=moment.microsecond)
    return moment - over + MINUTE if over else moment
