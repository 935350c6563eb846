"""Operating the installation: queues, jobs and audit of all companies. For operators only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import redis
import structlog

from game.services.inbox import spool
from game.services.operations.reads import (
    AuditLine,
    TickView,
    read_audit,
    read_inbox,
    read_last_ticks,
    read_ticks,
)
from models.session import WORKER, transaction
from web.api.blueprint import ApiBlueprint
from web.api.ops_schemas import (
    AuditQuery,
    AuditSchema,
    LastTickQuery,
    QueuesSchema,
    TickQuery,
    TickSchema,
)
from web.api.paging import show
from web.api.queue_depths import depths
from web.auth import require

log = structlog.get_logger(__name__)

COUNTING_MS = 30_000
"""The counts are exact, and an inbox is never emptied."""

ops = ApiBlueprint(
    "ops", __name__, url_prefix="/api/v1/ops", description="For operators of the installation."
)


@ops.get("/queues")
@require("admin")
@ops.response(200, QueuesSchema)
def queues() -> dict[str, Any]:
    """How many deliveries are how far, and what waits at the broker."""
    with transaction(WORKER, timeout_ms=COUNTING_MS) as tx:
        inbox = read_inbox(tx, datetime.now(UTC))
    return {
        "inbox": {"spooled": _spooled(), **inbox.by_state},
        "oldest_waiting_seconds": inbox.oldest_waiting_seconds,
        "queues": depths(),
    }


@ops.get("/jobs")
@require("admin")
@ops.arguments(LastTickQuery, location="query")
@ops.response(200, TickSchema(many=True))
def jobs(query: dict[str, Any]) -> list[TickView]:
    """The newest tick of every job."""
    with transaction(WORKER) as tx:
        page = read_last_ticks(tx, query["after"], query["limit"])
    return show(page, query["limit"])


@ops.get("/jobs/<job>")
@require("admin")
@ops.arguments(TickQuery, location="query")
@ops.response(200, TickSchema(many=True))
def job_ticks(query: dict[str, Any], job: str) -> list[TickView]:
    """The ticks of one job, newest first; none for a job that never ran."""
    with transaction(WORKER) as tx:
        page = read_ticks(tx, job, query["after"], query["limit"])
    return show(page, query["limit"])


@ops.get("/audit")
@require("admin")
@ops.arguments(AuditQuery, location="query")
@ops.response(200, AuditSchema(many=True))
def audit(query: dict[str, Any]) -> list[AuditLine]:
    """Who did what by hand, in all companies, newest first."""
    with transaction(WORKER) as tx:
        page = read_audit(tx, query["company"], query["after"], query["limit"])
    return show(page, query["limit"])


def _spooled() -> int | None:
    try:
        return spool.depth()
    except redis.RedisError as error:
        log.warning("redis_unavailable", error=type(error).__name__)
        return None
