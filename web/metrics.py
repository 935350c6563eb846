"""What Prometheus reads about the web part.

With PROMETHEUS_MULTIPROC_DIR set (as `legends web` does for its worker processes) every worker
answers for all of them; without it, each process answers for itself.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

from game.services.operations.gauges import Gauges

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)

webhooks = Counter("legends_webhooks", "Deliveries by answer.", ["answer"])
webhook_seconds = Histogram(
    "legends_webhook_seconds", "From the request to the answer of the webhook door.", buckets=FAST
)
requests = Counter("legends_http_requests", "Answers by route.", ["method", "route", "status"])
request_seconds = Histogram(
    "legends_http_request_seconds", "Time to answer by route.", ["method", "route"], buckets=FAST
)


def exposition(gauges: Gauges | None = None) -> bytes:
    """The figures in Prometheus's text format, with what waits if that is known."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    told = generate_latest(registry)
    return told if gauges is None else told + generate_latest(_of_servers(gauges))


def _of_servers(gauges: Gauges) -> CollectorRegistry:
    """Gauges that every process would answer alike, made anew for each reader."""
    registry = CollectorRegistry()
    up = Gauge("legends_up", "1 while the server answers.", ["server"], registry=registry)
    up.labels("postgres").set(gauges.by_state is not None)
    up.labels("redis").set(gauges.spooled is not None)
    if gauges.by_state is not None:
        rows = Gauge("legends_inbox_rows", "Deliveries still open.", ["state"], registry=registry)
        for state, count in gauges.by_state.items():
            rows.labels(state).set(count)
    if gauges.oldest_seconds is not None:
        oldest = Gauge(
            "legends_inbox_oldest_waiting_seconds",
            "Age of the oldest delivery that no worker has taken.",
            registry=registry,
        )
        oldest.set(gauges.oldest_seconds)
    if gauges.spooled is not None:
        Gauge("legends_spool_entries", "Deliveries in the spool.", registry=registry).set(
            gauges.spooled
        )
    return registry
