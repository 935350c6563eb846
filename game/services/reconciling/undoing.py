"""An import taken back: what only it told is no fact any more, and the books follow by postings.

Step by step, each under the company's turn: some of the import's objects leave the facts, their
buyers are valued anew, and what the books held for them is taken back by receipts and movements
of its own. Nothing in a ledger is removed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from game.rules.refusals import Refusal
from game.services.inbox.turns import take_turn
from game.services.reconciling import runs
from game.services.reconciling.runs import Run
from game.services.settlement.withdrawing import withdraw_facts
from game.services.whop.questions import note_orphans
from models.session import WORKER, Transaction, transaction

A_STEP = 200
STEP_MS = 30_000

_NEXT = """
SELECT kind, object_id FROM whop_hole
WHERE company_id = %s AND run_id = %s AND NOT withdrawn ORDER BY kind, object_id LIMIT %s
"""
_NAMED_BY_NOBODY = """
UPDATE whop_question q SET state = 'nobodys', closed_at = %(now)s
WHERE q.company_id = %(company)s AND q.state = 'open'
  AND NOT EXISTS (SELECT FROM refund r WHERE r.company_id = q.company_id
    AND r.payment_id = q.payment_id AND (q.kind = 'payment' OR r.refund_id = q.object_id))
  AND NOT EXISTS (SELECT FROM dispute d WHERE q.kind = 'payment'
    AND d.company_id = q.company_id AND d.payment_id = q.payment_id)
"""
_PAID_OUT = """
SELECT EXISTS (SELECT FROM balance WHERE company_id = %(company)s AND paid_minor <> 0)
  AND EXISTS (SELECT FROM movement
    WHERE company_id = %(company)s AND credit = 'paid' AND posted_at >= %(since)s)
"""


def begin(tx: Transaction, company_id: str, now: datetime, by: str) -> Run:
    """Begin to take the newest import back. Raises Refusal where there is none, or no way back."""
    run = runs.newest_in_force(tx, company_id)
    if run is None or run.state == "undoing":
        raise Refusal("nothing_imported", "There is no import to take back.")
    if is_paid_out(tx, run):
        raise Refusal("import_paid_out", "Since this import somebody was paid: it stays.")
    tx.run(
        "UPDATE whop_run SET state = 'undoing', next_at = %s, attempts = 0, problem = '' "
        "WHERE company_id = %s AND id = %s",
        (now, company_id, run.id),
    )
    runs.note(tx, company_id, by, "import.undo", run, now)
    tx.send(runs.look())
    return runs.read(tx, company_id, run.id)


def is_paid_out(tx: Transaction, run: Run) -> bool:
    """Whether money has left for a member since the import: from then on it stays."""
    [(paid,)] = tx.rows(_PAID_OUT, {"company": run.company_id, "since": run.started_at})
    return bool(paid)


def withdrawn(tx: Transaction, run: Run) -> int:
    """How many of an import's objects an undo has taken back so far."""
    [(left,)] = tx.rows(
        "SELECT count(*) FROM whop_hole WHERE company_id = %s AND run_id = %s AND NOT withdrawn",
        (run.company_id, run.id),
    )
    return run.holes - int(left)


def withdraw(run: Run, now: datetime) -> None:
    """Take back the next few of an import's objects; the run ends with the last of them.

    What of it still waits in the inbox goes first: settled later it would be a fact again.
    """
    with transaction(WORKER, run.company_id, timeout_ms=STEP_MS) as tx:
        take_turn(tx, run.company_id)
        _recall(tx, run, now)
        found: dict[str, list[str]] = defaultdict(list)
        for kind, object_id in tx.rows(_NEXT, (run.company_id, run.id, A_STEP)):
            found[kind].append(object_id)
        if found:
            withdraw_facts(tx, run.company_id, found, now)
            _mark(tx, run, found)
        done = sum(map(len, found.values())) < A_STEP
        if done:
            _leave_no_question(tx, run, now)
        tx.run(
            "UPDATE whop_run SET next_at = %s, state = %s, finished_at = %s "
            "WHERE company_id = %s AND id = %s AND state = 'undoing'",
            (now, "undone" if done else "undoing", now if done else None, run.company_id, run.id),
        )


def _recall(tx: Transaction, run: Run, now: datetime) -> None:
    tx.run(
        "UPDATE inbox i SET state = 'ignored', settled_at = %s, next_attempt_at = NULL, "
        "last_error = 'the import was undone' "
        "FROM whop_hole h WHERE h.company_id = %s AND h.run_id = %s AND NOT h.withdrawn "
        "AND i.webhook_id = h.webhook_id AND i.state IN ('waiting', 'retrying', 'snoozed')",
        (now, run.company_id, run.id),
    )


def _leave_no_question(tx: Transaction, run: Run, now: datetime) -> None:
    """Refunds that came by themselves may have lost their payment, and questions their refund."""
    tx.run(_NAMED_BY_NOBODY, {"company": run.company_id, "now": now})
    note_orphans(tx, run.company_id, now)


def _mark(tx: Transaction, run: Run, found: dict[str, list[str]]) -> None:
    for kind, ids in found.items():
        _mark_kind(tx, run, kind, ids)


def _mark_kind(tx: Transaction, run: Run, kind: str, ids: Collection[str]) -> None:
    tx.run(
        "UPDATE whop_hole SET withdrawn = true "
        "WHERE company_id = %s AND run_id = %s AND kind = %s AND object_id = ANY(%s)",
        (run.company_id, run.id, kind, list(ids)),
    )
