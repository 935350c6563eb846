"""Is this process alive, may it be sent requests, and how are the servers it depends on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from game.services.operations import health_checks
from game.services.operations.gauges import (
    InboxGauges,
    SpoolGauges,
    read_inbox_gauges,
    read_spool_gauges,
)
from models import clock
from web import metrics
from web.api.queue_depths import depths
from web.asking import PATIENCE_SECONDS, Question, ask_all
from web.envelope import refusal
from web.errors import RETRY_SECONDS
from web.limits import TimeUp, within
from workers.broker_check import broker

health = Blueprint("health", __name__)

CHECK_SECONDS = 1.5
KEPT = "legends_health"
Checks = Mapping[str, Callable[[datetime], str]]
SERVERS: Mapping[str, Checks] = {
    "postgres": {
        "postgres": health_checks.postgres,
        "migrations": health_checks.migrations,
        "clock": health_checks.clock,
    },
    "redis": {"redis": health_checks.redis},
    "broker": {"broker": broker},
}
"""The checks of each server; it is asked them in turn, the servers are asked at once."""
BRIDGED = "broker"
"""While it is away nothing is lost and `poll` settles, so it keeps nobody from being ready. One
that answers and does not write comes back by nobody's doing but an operator's."""


@dataclass(frozen=True)
class Finding:
    """What one check found; `detail` says what is wrong, or how good it is."""

    ok: bool
    latency_ms: float
    detail: str
    is_away: bool = False


Findings = dict[str, Finding]


class Asked:
    """The questions of one application to its servers."""

    def __init__(self) -> None:
        self.health = [Question(partial(_look, checks)) for checks in SERVERS.values()]
        self.inbox: Question[InboxGauges | None] = Question(
            lambda: read_inbox_gauges(clock.estimate())
        )
        self.spool: Question[SpoolGauges | None] = Question(read_spool_gauges)
        self.messages = Question(_messages)


@health.get("/health/live")
def live() -> Response:
    """The process answers. Asks nobody, so an outage elsewhere never restarts it."""
    return jsonify({"status": "live"})


@health.get("/health/ready")
def ready() -> tuple[Response, int]:
    """Everything needed for the whole service is there and can be written to; 503 names what not.

    For dashboards and deployments. A balancer that took the webhook door away while Postgres is
    down would also take the spool away: send webhooks by `/health/live`.
    """
    findings = {name: each for name, each in _findings().items() if _matters(name, each)}
    wrong = {name: each for name, each in findings.items() if not each.ok}
    if not wrong:
        return jsonify({"status": "ready", "checks": _plain(findings)}), 200
    reasons = "; ".join(f"{name} {each.detail}" for name, each in wrong.items())
    # Dashboards find the checks where they stand in the other answer too.
    beside = {"status": "not_ready", "checks": _plain(findings)}
    details = {"checks": _plain(findings)}
    told = refusal("not_ready", f"Not ready: {reasons}.", details, g.get("request_id", ""))
    answer = jsonify(told | beside)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer, 503


@health.get("/health")
def overview() -> Response:
    """Each dependency with its latency; always 200, for people and dashboards."""
    findings = _findings()
    good = all(finding.ok for finding in findings.values())
    return jsonify({"status": "ok" if good else "degraded", "checks": _plain(findings)})


@health.get("/metrics")
def prometheus() -> Response:
    """Figures for Prometheus; no name, id or amount of anybody is among them."""
    asked = _asked()
    servers = metrics.Servers(*ask_all((asked.inbox, asked.spool, asked.messages)))
    return Response(metrics.exposition(servers), content_type=CONTENT_TYPE_LATEST)


def _asked() -> Asked:
    kept: Asked = current_app.extensions.setdefault(KEPT, Asked())
    return kept


def _findings() -> Findings:
    """Ask every server at once; one that owes its answer is named as such."""
    findings: Findings = {}
    for checks, answer in zip(SERVERS.values(), ask_all(_asked().health), strict=True):
        findings |= dict.fromkeys(checks, _SILENT) if answer is None else answer
    return findings


_SILENT = Finding(
    ok=False,
    latency_ms=PATIENCE_SECONDS * 1000,
    detail=f"no answer within {PATIENCE_SECONDS:g} s",
    is_away=True,
)


def _matters(name: str, finding: Finding) -> bool:
    return name != BRIDGED or not (finding.ok or finding.is_away)


def _look(checks: Checks) -> Findings:
    """Ask one server its questions in turn; one that does not answer is asked no more of them."""
    now = datetime.now(UTC)  # noqa: TID251 - this machine's clock is what is looked at
    findings: Findings = {}
    for name, check in checks.items():
        first = next(iter(findings.items()), None)
        if first is not None and first[1].is_away:
            detail = f"{first[0]} does not answer"
            findings[name] = Finding(ok=False, latency_ms=0.0, detail=detail, is_away=True)
        else:
            findings[name] = _check(check, now)
    return findings


def _check(check: Callable[[datetime], str], now: datetime) -> Finding:
    began = time.perf_counter()
    is_away = False
    try:
        with within(CHECK_SECONDS):
            detail, ok = check(now), True
    except TimeUp:
        detail, ok, is_away = f"no answer within {CHECK_SECONDS:g} s", False, True
    except health_checks.Unhealthy as unhealthy:
        detail, ok = str(unhealthy), False
        is_away = isinstance(unhealthy, health_checks.Away)
    return Finding(ok, round((time.perf_counter() - began) * 1000, 2), detail, is_away)


def _messages() -> dict[str, int] | None:
    """Messages by queue; None while the broker does not answer."""
    found = {name: depth for name, depth in depths().items() if depth is not None}
    return found or None


def _plain(findings: Mapping[str, Finding]) -> dict[str, Any]:
    return {
        name: {"ok": each.ok, "latency_ms": each.latency_ms, "detail": each.detail}
        for name, each in findings.items()
    }
