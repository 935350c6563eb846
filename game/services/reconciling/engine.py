"""What moves runs and questions on: one step at a time, by whoever is called.

Called by the message that begins a run, by the sweep of every minute and by `legends reconcile`.
Any number of processes may call at once: a claim is one row's.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from game.services.reconciling import answering, asking, runs, undoing
from game.services.reconciling.runs import Run
from models.base import Json
from models.session import WORKER, transaction

LOOKS_AGAIN = timedelta(seconds=1)
LOOKS_LATER = timedelta(minutes=1)
SOON = timedelta(minutes=2)
"""How long settling is looked at every second; a backlog or a retry takes what it takes."""

_STATES = """
SELECT count(*) FILTER (WHERE i.state IN ('handled', 'ignored')),
       count(*) FILTER (WHERE i.state = 'dead'),
       count(*) FILTER (WHERE i.state NOT IN ('handled', 'ignored', 'dead'))
FROM whop_hole h JOIN inbox i ON i.webhook_id = h.webhook_id
WHERE h.company_id = %s AND h.run_id = %s AND NOT h.withdrawn
"""


def step(now: datetime) -> bool:
    """Move one run on, and one question. False = nothing was due."""
    with transaction(WORKER) as tx:
        run = runs.claim(tx, now)
    if run is not None:
        move(run, now)
    return answering.step(now) or run is not None


def move(run: Run, now: datetime) -> None:
    """Take the next step of a claimed run."""
    if run.state == "asking":
        asking.ask(run, now)
    elif run.state == "settling":
        _look(run, now)
    else:
        undoing.withdraw(run, now)


def sweep_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Whatever is due, step after step: also what a lost message or a dead worker left."""
    return {"steps": int(progress.get("steps", 0)) + 1} if step(now) else None


def nightly_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Begin the night's run of one company after the other; the sweep moves them on."""
    after = str(progress.get("after", ""))
    with transaction(WORKER) as tx:
        rows = tx.rows(
            "SELECT company_id FROM company WHERE company_id > %s ORDER BY 1 LIMIT 1", (after,)
        )
        if not rows:
            return None
        runs.nightly(tx, rows[0][0], now)
    return {"after": rows[0][0]}


def _look(run: Run, now: datetime) -> None:
    """See how much of what was found is in the books; the run ends when all of it went its way."""
    with transaction(WORKER) as tx:
        [(filled, failed, waiting)] = tx.rows(_STATES, (run.company_id, run.id))
        since = now - run.started_at
        pause = LOOKS_AGAIN if since < SOON else LOOKS_LATER
        tx.run(
            "UPDATE whop_run SET filled = %s, failed = %s, next_at = %s, "
            "state = CASE WHEN %s > 0 THEN state ELSE 'done' END, "
            "finished_at = CASE WHEN %s > 0 THEN NULL ELSE %s::timestamptz END "
            "WHERE company_id = %s AND id = %s AND state = 'settling'",
            (filled, failed, now + pause, waiting, waiting, now, run.company_id, run.id),
        )
