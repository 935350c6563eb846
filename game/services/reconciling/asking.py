"""One step of a run: a page of Whop's asked for, compared, and its holes put into the inbox.

The page's deliveries, the holes and the cursor behind it are committed together. A process that
dies before asks for the same page again; one that dies after does not. Either way each hole is
one delivery, as its id says what it tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog

from game.rules.bodies.fields import Json
from game.rules.holes import EVENTS, PARTS, Asked, Found, as_delivery, belongs, hole_in
from game.services.inbox import intake
from game.services.platform import bulk
from game.services.reconciling import runs
from game.services.reconciling.runs import Run
from game.services.settlement.fact_store import load_by
from game.services.whop import budget, lists
from game.services.whop.api import WhopRefused
from game.services.whop.tokens import WhopUnreachable
from models.session import WORKER, Transaction, transaction

log = structlog.get_logger(__name__)

REACH = {
    "payment": timedelta(days=14),
    "refund": timedelta(days=30),
    "dispute": timedelta(days=180),
    "membership": timedelta(days=14),
}
"""How much further back a list is read: what was created before may have changed since. A slow
rail pays after days, a failed renewal is tried for two weeks, a dispute is decided after months."""
FRESH = timedelta(minutes=5)
"""What changed that lately is left to its webhook, which may be on its way."""
TOO_MANY, PASSING = 429, frozenset({408, 409, 425})
"""Of the refusals, those that pass by themselves; all others need somebody to do something."""

# A JSON number with exactly the digits that Whop wrote: no float on the way.
_encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Hole:
    """Something of Whop's that we do not hold, and why it is thought so."""

    asked: Asked
    found: Found


def ask(run: Run, now: datetime) -> None:
    """Ask for the next page of a run and store what it shows. Puts the run off where it cannot."""
    if wait := budget.seconds_to_wait():
        with transaction(WORKER) as tx:
            runs.put_off(tx, run, now, "", timedelta(seconds=wait))
        return
    begins = run.since - (REACH[run.part] if run.kind == "reconcile" else timedelta(0))
    try:
        page = lists.page(run.part, run.company_id, begins - timedelta(seconds=1), run.after)
    except WhopRefused as refused:
        _note_refusal(run, refused, now)
        return
    except WhopUnreachable:
        with transaction(WORKER) as tx:
            runs.put_off(tx, run, now, "unreachable")
        return
    with transaction(WORKER) as tx:
        _store(tx, run, page, begins, now)


def _store(tx: Transaction, run: Run, page: lists.Page, begins: datetime, now: datetime) -> None:
    received_at = run.started_at if run.kind == "import" else now
    looked, holes = compare(tx, run, page.rows, begins, received_at)
    part, state = run.part, run.state
    if not page.after:
        place = PARTS.index(part) + 1
        part, state = (PARTS[place], state) if place < len(PARTS) else (part, "settling")
    moved = tx.run(
        "UPDATE whop_run SET part = %s, after = %s, state = %s, looked = looked + %s, "
        "attempts = 0, problem = '', next_at = %s "
        "WHERE company_id = %s AND id = %s AND state = 'asking' AND part = %s AND after = %s",
        (part, page.after, state, looked, now, run.company_id, run.id, run.part, run.after),
    )
    if not moved:
        return  # somebody took it over while Whop was slow: the page is theirs
    fresh = _keep_holes(tx, run, holes)
    tx.run(
        "UPDATE whop_run SET holes = holes + %s WHERE company_id = %s AND id = %s",
        (fresh, run.company_id, run.id),
    )
    deliver(tx, [hole.asked for hole in holes], received_at)


def compare(
    tx: Transaction, run: Run, rows: Sequence[Json], begins: datetime, received_at: datetime
) -> tuple[int, list[Hole]]:
    """How many of the objects are the run's to look at, and which of them are holes."""
    kind = EVENTS[run.part][0]
    exponents: dict[str, int] = dict(tx.rows("SELECT currency, exponent FROM currency"))
    installed = runs.installed_at(tx, run.company_id)
    mark = f"{run.id}_" if run.kind == "import" else ""
    asked = {}
    for data in rows:
        if belongs(run.part, run.company_id, data) and _is_in(run, data, begins, installed):
            one = as_delivery(run.part, run.company_id, data, received_at, exponents, mark=mark)
            asked[one.object_id] = one
    held = {
        fact_id(fact, run.part): fact
        for _, fact in load_by(tx, kind, kind.key, [(run.company_id, key) for key in asked])
    }
    holes = []
    for one in asked.values():
        found: Found | None = "unreadable"
        if one.fact is not None:
            found = hole_in(kind, held.get(one.object_id), one.fact)
        if found is not None:
            holes.append(Hole(one, found))
    return len(asked), holes


def deliver(tx: Transaction, asked: Iterable[Asked], received_at: datetime) -> None:
    """Put what was asked for into the inbox, beside what Whop delivers by itself."""
    intake.keep(
        tx,
        [
            intake.read_delivery(
                one.webhook_id, _encoder.encode(one.body), received_at, received_at
            )
            for one in asked
        ],
    )


def fact_id(fact: Any, part: str) -> str:
    """Whop's id of the object a fact is of."""
    name: str = getattr(fact, f"{part}_id")
    return name


def _is_in(run: Run, data: Json, begins: datetime, installed: datetime) -> bool:
    """Whether an object was created in the run's stretch of time, and is not all too fresh.

    What says no time of its own is looked at: the reader will say what is wrong with it.
    """
    created, updated = _moment(data.get("created_at")), _moment(data.get("updated_at"))
    if created is None:
        return True
    if run.until is not None:
        return begins <= created < run.until
    if (updated or created) > run.started_at - FRESH:
        return False
    # Of memberships also those that began before it: they name who sent their later payers.
    return created >= begins and (created >= installed or run.part == "membership")


def _moment(found: object) -> datetime | None:
    if not isinstance(found, str):
        return None
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _keep_holes(tx: Transaction, run: Run, holes: Sequence[Hole]) -> int:
    """Note the holes; how many were not noted yet."""
    rows = [
        {
            "company_id": run.company_id,
            "run_id": run.id,
            "kind": hole.asked.part,
            "object_id": hole.asked.object_id,
            "webhook_id": hole.asked.webhook_id,
            "found": hole.found,
            "withdrawn": False,
        }
        for hole in holes
    ]
    key = "company_id run_id kind object_id"
    return len(bulk.insert(tx, "whop_hole", rows, key=key, returning="object_id"))


def _note_refusal(run: Run, refused: WhopRefused, now: datetime) -> None:
    with transaction(WORKER) as tx:
        if refused.status == TOO_MANY:
            wait = timedelta(seconds=max(refused.retry_after, 1))
            runs.put_off(tx, run, now, "rate_limited", wait)
        elif refused.status in PASSING:
            runs.put_off(tx, run, now, "unreachable")
        else:
            runs.stop(tx, run, now, "forbidden")
            log.warning("whop_run_stopped", company_id=run.company_id, status=refused.status)
