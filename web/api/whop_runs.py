"""What a company holds against what Whop knows: compare, bring history in, take it back."""

from __future__ import annotations

from typing import Any

from flask import g

import settings
from game.services.reconciling import runs, undoing
from game.services.reconciling.runs import Run
from models import clock
from models.session import MEMBER, WORKER, Transaction, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.api.paging import show
from web.api.shapes import NothingSchema
from web.api.whop_run_schemas import (
    CompanyWhopRunSchema,
    ImportAskedSchema,
    ImportSchema,
    ReconcileAskedSchema,
    ReconcileSchema,
    RunQuery,
)
from web.auth import require
from web.rate_limits import limiter

whop_runs = ApiBlueprint(
    "whop-runs",
    __name__,
    url_prefix="/api/v1",
    description="What a company holds, compared with Whop's own lists.",
)

BEGINNINGS = "10 per minute"


@whop_runs.get("/company/reconcile")
@require("creator")
@whop_runs.response(200, ReconcileSchema)
def last_reconcile() -> dict[str, Any]:
    """The newest comparison with Whop: holes found, holes filled, and how far it is."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return _shown(runs.newest(tx, g.caller.company_id, "reconcile"))


@whop_runs.post("/company/reconcile")
@require("creator")
@limiter.limit(BEGINNINGS)
@refuses("whop_key_missing", "whop_run_open", "since_too_late")
@whop_runs.arguments(ReconcileAskedSchema)
@whop_runs.response(200, ReconcileSchema)
def reconcile(body: dict[str, Any]) -> dict[str, Any]:
    """Compare with Whop's payments, refunds, disputes and memberships; take in what is missing."""
    return _shown(_begin("reconcile", body))


@whop_runs.get("/company/import")
@require("creator")
@whop_runs.response(200, ImportSchema)
def last_import() -> dict[str, Any]:
    """The newest import of history, how far it is, and whether it can be taken back."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return _imported(tx, runs.newest(tx, g.caller.company_id, "import"))


@whop_runs.post("/company/import")
@require("creator")
@limiter.limit(BEGINNINGS)
@refuses("whop_key_missing", "whop_run_open", "since_too_late")
@whop_runs.arguments(ImportAskedSchema)
@whop_runs.response(200, ImportSchema)
def bring_in(body: dict[str, Any]) -> dict[str, Any]:
    """Bring in what was sold between a date and the installation."""
    run = _begin("import", body)
    with transaction(MEMBER, g.caller.company_id) as tx:
        return _imported(tx, run)


@whop_runs.post("/company/import/undo")
@require("creator")
@limiter.limit(BEGINNINGS)
@refuses("nothing_imported", "import_paid_out")
@whop_runs.arguments(NothingSchema)
@whop_runs.response(200, ImportSchema)
def undo(body: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - it has no fields
    """Take the newest import back, as long as nobody was paid out since."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        run = undoing.begin(tx, g.caller.company_id, clock.now(), g.caller.whop_user_id)
        return _imported(tx, run)


@whop_runs.get("/ops/whop-runs")
@require("admin")
@whop_runs.arguments(RunQuery, location="query")
@whop_runs.response(200, CompanyWhopRunSchema(many=True))
def of_all(query: dict[str, Any]) -> list[Run]:
    """The comparisons and imports of all companies, newest first."""
    with transaction(WORKER) as tx:
        page = runs.of_all(tx, query["after"][0] if query["after"] else 0, query["limit"])
    return show(page, query["limit"])


def _begin(kind: runs.Kind, body: dict[str, Any]) -> Run:
    company_id, now = g.caller.company_id, clock.now()
    with transaction(MEMBER, company_id) as tx:
        run = runs.begin(tx, company_id, kind, body["since"], now, g.caller.whop_user_id)
        runs.note(tx, company_id, g.caller.whop_user_id, f"{kind}.start", run, now)
    return run


def _shown(run: Run | None) -> dict[str, Any]:
    return {"can_ask": bool(settings.current().whop_api_key), "run": run}


def _imported(tx: Transaction, run: Run | None) -> dict[str, Any]:
    in_force = runs.newest_in_force(tx, g.caller.company_id)
    can_undo = (
        in_force is not None
        and in_force.state != "undoing"
        and not undoing.is_paid_out(tx, in_force)
    )
    return _shown(run) | {
        "installed_at": runs.installed_at(tx, g.caller.company_id),
        "can_undo": can_undo,
        "withdrawn": undoing.withdrawn(tx, run) if run is not None else 0,
    }
