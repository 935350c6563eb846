"""Is this process alive, may it be sent requests, and how are the servers it depends on."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from game.services.operations import health_checks
from game.services.operations.gauges import Gauges, read_gauges
from web import metrics
from web.limits import TimeUp, within
from workers.broker_check import broker

health = Blueprint("health", __name__)

CHECK_SECONDS = 1.5
Checks = Mapping[str, Callable[[datetime], str]]
NEEDED: Checks = {
    "postgres": health_checks.postgres,
    "migrations": health_checks.migrations,
    "clock": health_checks.clock,
    "redis": health_checks.redis,
}
EVERYTHING: Checks = {**NEEDED, "broker": broker}
"""Without the broker nothing is lost and `poll` settles, so it is shown and not needed."""
ASKED_OF_POSTGRES = ("migrations", "clock")


@dataclass(frozen=True)
class Finding:
    """What one check found; `detail` says what is wrong, or how good it is."""

    ok: bool
    latency_ms: float
    detail: str


@health.get("/health/live")
def live() -> Response:
    """The process answers. Asks nobody, so an outage elsewhere never restarts it."""
    return jsonify({"status": "live"})


@health.get("/health/ready")
def ready() -> tuple[Response, int]:
    """Everything needed for the whole service is there; 503 names what is not.

    For dashboards and deployments. A balancer that took the webhook door away while Postgres is
    down would also take the spool away: send webhooks by `/health/live`.
    """
    findings = _look(NEEDED)
    good = all(finding.ok for finding in findings.values())
    body = {"status": "ready" if good else "not_ready", "checks": _plain(findings)}
    return jsonify(body), 200 if good else 503


@health.get("/health")
def overview() -> Response:
    """Each dependency with its latency; always 200, for people and dashboards."""
    findings = _look(EVERYTHING)
    good = all(finding.ok for finding in findings.values())
    return jsonify({"status": "ok" if good else "degraded", "checks": _plain(findings)})


@health.get("/metrics")
def prometheus() -> Response:
    """Figures for Prometheus; no name, id or amount of anybody is among them."""
    gauges = Gauges(by_state=None, oldest_seconds=None, spooled=None)
    with contextlib.suppress(TimeUp), within(CHECK_SECONDS):
        gauges = read_gauges(datetime.now(UTC))
    return Response(metrics.exposition(gauges), content_type=CONTENT_TYPE_LATEST)


def _look(checks: Checks) -> dict[str, Finding]:
    """Ask every server once; what only Postgres can tell is not asked of one that is away."""
    now = datetime.now(UTC)
    findings: dict[str, Finding] = {}
    for name, check in checks.items():
        if name in ASKED_OF_POSTGRES and not findings["postgres"].ok:
            findings[name] = Finding(ok=False, latency_ms=0.0, detail="postgres does not answer")
        else:
            findings[name] = _check(check, now)
    return findings


def _check(check: Callable[[datetime], str], now: datetime) -> Finding:
    began = time.perf_counter()
    try:
        with within(CHECK_SECONDS):
            detail, ok = check(now), True
    except TimeUp:
        detail, ok = f"no answer within {CHECK_SECONDS:g} s", False
    except health_checks.Unhealthy as unhealthy:
        detail, ok = str(unhealthy), False
    return Finding(ok, round((time.perf_counter() - began) * 1000, 2), detail)


def _plain(findings: dict[str, Finding]) -> dict[str, Any]:
    return {
        name: {"ok": each.ok, "latency_ms": each.latency_ms, "detail": each.detail}
        for name, each in findings.items()
    }
