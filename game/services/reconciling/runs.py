"""Runs over Whop's lists: begun, claimed one step at a time, and put off when Whop is.

A run is a row. Whoever claims it first puts it off by a minute, so that one who dies is followed
by another; what a step found is stored in one transaction with how far it got.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import settings
from game.rules.refusals import Refusal
from game.services.platform.keyset import cut
from game.services.whop.questions import note_orphans
from models.outgoing import RunTask
from models.session import Row, Transaction

Kind = Literal["reconcile", "import"]

LEASE = timedelta(seconds=60)
"""Longer than a step takes, which asks one question of at most 6 s and stores a page."""
PAUSES = tuple(timedelta(seconds=s) for s in (2, 10, 30, 120, 480, 1800))
REST = timedelta(minutes=30)
"""After the last of the pauses: Whop has been away for an hour, and is asked on for as long."""
USUAL_REACH = timedelta(days=7)
LONGEST_REACH = timedelta(days=5 * 366)

COLUMNS = (
    "company_id", "id", "kind", "since", "until", "state", "part", "after", "looked", "holes",
    "filled", "failed", "attempts", "next_at", "problem", "asked_by", "started_at", "finished_at",
)  # fmt: skip
_LIST = ", ".join(COLUMNS)

_CLAIM = f"""
UPDATE whop_run SET next_at = %(now)s::timestamptz + %(lease)s::interval
WHERE (company_id, id) = (
  SELECT company_id, id FROM whop_run
  WHERE state IN ('asking', 'settling', 'undoing') AND next_at <= %(now)s
  ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING {_LIST}
"""  # noqa: S608 - our own names
_BEGIN = f"""
INSERT INTO whop_run (company_id, kind, since, until, next_at, asked_by, started_at)
VALUES (%(company)s, %(kind)s, %(since)s, %(until)s, %(now)s, %(by)s, %(now)s)
ON CONFLICT (company_id, kind) WHERE state IN ('asking', 'settling', 'undoing') DO NOTHING
RETURNING {_LIST}
"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Run:
    """One row of `whop_run`."""

    company_id: str
    id: int
    kind: Kind
    since: datetime
    until: datetime | None
    state: str
    part: str
    after: str
    looked: int
    holes: int
    filled: int
    failed: int
    attempts: int
    next_at: datetime
    problem: str
    asked_by: str
    started_at: datetime
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in {"asking", "settling", "undoing"}


def begin(  # noqa: PLR0913, PLR0917 - what a run is begun with
    tx: Transaction,
    company_id: str,
    kind: Kind,
    since: datetime | None,
    now: datetime,
    by: str = "",
) -> Run:
    """Begin a run. Raises Refusal where Whop cannot be asked, one runs, or `since` is no use."""
    if not settings.current().whop_api_key:
        raise Refusal("whop_key_missing", "There is no API key to ask Whop with.")
    installed = installed_at(tx, company_id)
    wanted = since or now - USUAL_REACH
    if kind == "import" and wanted >= installed:
        raise Refusal(
            "since_too_late",
            "An import brings what was before the installation.",
            {"installed_at": installed.isoformat()},
        )
    if wanted > now:
        raise Refusal("since_too_late", "That moment has not come yet.")
    rows = tx.rows(
        _BEGIN,
        {
            "company": company_id,
            "kind": kind,
            "since": max(wanted, now - LONGEST_REACH),
            "until": installed if kind == "import" else None,
            "now": now,
            "by": by,
        },
    )
    if not rows:
        raise Refusal("whop_run_open", "One is running already.", {"kind": kind})
    run = _run(rows[0])
    tx.send(look())
    return run


def look() -> RunTask:
    """The message that has runs and questions looked at soon; lost, the sweep finds them."""
    return RunTask("whop.look")


def installed_at(tx: Transaction, company_id: str) -> datetime:
    """Since when the company is known here. What was before it came by nobody's link of ours."""
    rows = tx.rows("SELECT created_at FROM company WHERE company_id = %s", (company_id,))
    if not rows:
        raise Refusal("not_found", "There is no such company.", {"company_id": company_id})
    moment: datetime = rows[0][0]
    return moment


def claim(tx: Transaction, now: datetime) -> Run | None:
    """Take up the run that has waited longest, and put it off for the case that we die."""
    rows = tx.rows(_CLAIM, {"now": now, "lease": LEASE})
    return _run(rows[0]) if rows else None


def put_off(
    tx: Transaction, run: Run, now: datetime, problem: str, wait: timedelta | None = None
) -> None:
    """Try again later: after `wait`, else after the pause that is due."""
    pause = wait or (PAUSES[run.attempts] if run.attempts < len(PAUSES) else REST)
    tx.run(
        "UPDATE whop_run SET next_at = %s, problem = %s, attempts = attempts + %s "
        "WHERE company_id = %s AND id = %s",
        (now + pause, problem, int(wait is None), run.company_id, run.id),
    )


def stop(tx: Transaction, run: Run, now: datetime, problem: str) -> None:
    """End a run that Whop refuses: asking again changes nothing before somebody does."""
    tx.run(
        "UPDATE whop_run SET state = 'stopped', problem = %s, finished_at = %s "
        "WHERE company_id = %s AND id = %s AND state = 'asking'",
        (problem, now, run.company_id, run.id),
    )


def newest(tx: Transaction, company_id: str, kind: Kind) -> Run | None:
    """The company's newest run of a kind."""
    rows = tx.rows(
        f"SELECT {_LIST} FROM whop_run WHERE company_id = %s AND kind = %s "  # noqa: S608
        "ORDER BY id DESC LIMIT 1",
        (company_id, kind),
    )
    return _run(rows[0]) if rows else None


def newest_in_force(tx: Transaction, company_id: str) -> Run | None:
    """The company's newest import that was not taken back."""
    rows = tx.rows(
        f"SELECT {_LIST} FROM whop_run WHERE company_id = %s AND kind = 'import' "  # noqa: S608
        "AND state <> 'undone' ORDER BY id DESC LIMIT 1",
        (company_id,),
    )
    return _run(rows[0]) if rows else None


def read(tx: Transaction, company_id: str, run_id: int) -> Run:
    """A run that is known to be there."""
    [row] = tx.rows(
        f"SELECT {_LIST} FROM whop_run WHERE company_id = %s AND id = %s",  # noqa: S608
        (company_id, run_id),
    )
    return _run(row)


def of_all(tx: Transaction, after: int, limit: int) -> Any:
    """The runs of all companies, newest first, a page behind the run `after` (0 = the newest)."""
    rows = tx.rows(
        f"SELECT {_LIST} FROM whop_run WHERE %(after)s = 0 OR id < %(after)s "  # noqa: S608
        "ORDER BY id DESC LIMIT %(most)s",
        {"after": after, "most": limit + 1},
    )
    return cut([_run(row) for row in rows], limit, lambda run: (run.id,))


def nightly(tx: Transaction, company_id: str, now: datetime) -> bool:
    """Begin the night's run of a company, from a day before the last one. False = one runs.

    Questions that were never noted (from before they were) are noted with it.
    """
    last = tx.rows(
        "SELECT max(started_at) FROM whop_run WHERE company_id = %s AND kind = 'reconcile' "
        "AND state = 'done' AND started_at > %s",
        (company_id, now - USUAL_REACH),
    )[0][0]
    note_orphans(tx, company_id, now)
    try:
        begin(tx, company_id, "reconcile", last and last - timedelta(days=1), now)
    except Refusal:
        return False
    return True


def note(  # noqa: PLR0913, PLR0917 - one line of the audit
    tx: Transaction, company_id: str, actor: str, action: str, run: Run, now: datetime
) -> None:
    """Write down who did what by hand."""
    details = {"since": run.since.isoformat(), "run": str(run.id)}
    tx.run(
        "INSERT INTO audit (company_id, actor, action, subject, details, at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (company_id, actor, action, f"whop_run:{run.id}", json.dumps(details), now),
    )


def _run(row: Row) -> Run:
    return Run(*row)
