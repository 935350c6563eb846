"""What Prometheus reads about the web part: any of its processes answers for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from game.services.operations.gauges import InboxGauges, SpoolGauges
from workers import figures

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)

webhooks = Counter("legends_webhooks", "Deliveries by answer.", ["answer"])
webhook_seconds = Histogram(
    "legends_webhook_seconds", "From the request to the answer of the webhook door.", buckets=FAST
)
clicks = Counter("legends_clicks", "Followed links by what became of the click.", ["outcome"])
requests = Counter("legends_http_requests", "Answers by route.", ["method", "route", "status"])
request_seconds = Histogram(
    "legends_http_request_seconds", "Time to answer by route.", ["method", "route"], buckets=FAST
)


@dataclass(frozen=True, slots=True)
class Servers:
    """What the servers say; None for one that does not answer."""

    inbox: InboxGauges | None
    spool: SpoolGauges | None
    messages: Mapping[str, int] | None
    """Messages at the broker, by queue."""


def exposition(servers: Servers) -> bytes:
    """The figures in Prometheus's text format, with what waits where that is known."""
    return figures.exposition() + generate_latest(_of_servers(servers))


def _of_servers(servers: Servers) -> CollectorRegistry:
    """Gauges that every process would answer alike, made anew for each reader."""
    registry = CollectorRegistry()
    up = Gauge("legends_up", "1 while the server answers.", ["server"], registry=registry)
    up.labels("postgres").set(servers.inbox is not None)
    up.labels("redis").set(servers.spool is not None)
    up.labels("broker").set(servers.messages is not None)

    def tell(name: str, words: str, value: float) -> None:
        Gauge(name, words, registry=registry).set(value)

    def tell_each(name: str, words: str, label: str, counts: Mapping[str, int]) -> None:
        rows = Gauge(name, words, [label], registry=registry)
        for word, count in counts.items():
            rows.labels(word).set(count)

    if servers.inbox is not None:
        inbox = servers.inbox
        tell_each("legends_inbox_rows", "Deliveries still open.", "state", inbox.by_state)
        tell(
            "legends_inbox_oldest_waiting_seconds",
            "Age of the oldest delivery that no worker has taken.",
            inbox.oldest_seconds,
        )
        tell(
            "legends_inbox_alerts",
            "Known webhook ids that came again with another body, since the beginning.",
            inbox.alerts,
        )
    if servers.spool is not None:
        tell("legends_spool_entries", "Deliveries in the spool.", servers.spool.waiting)
        tell(
            "legends_spool_quarantined",
            "Entries of the spool that nobody could read.",
            servers.spool.quarantined,
        )
    if servers.messages is not None:
        words = "Messages at the broker."
        tell_each("legends_broker_messages", words, "queue", servers.messages)
    return registry
