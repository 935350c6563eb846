"""What Prometheus reads about the web part.

With PROMETHEUS_MULTIPROC_DIR set (as `legends web` does for its worker processes) every worker
answers for all of them; without it, each process answers for itself.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)

webhooks = Counter("legends_webhooks", "Deliveries by answer.", ["answer"])
webhook_seconds = Histogram(
    "legends_webhook_seconds", "From the request to the answer of the webhook door.", buckets=FAST
)
requests = Counter("legends_http_requests", "Answers by route.", ["method", "route", "status"])
request_seconds = Histogram(
    "legends_http_request_seconds", "Time to answer by route.", ["method", "route"], buckets=FAST
)


def exposition() -> bytes:
    """The figures in Prometheus's text format."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
