"""What Prometheus reads about the relay: any of its processes answers for all of them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector, generate_latest

from workers import figures

registry = CollectorRegistry()
_process = CollectorRegistry()
ProcessCollector(registry=_process)

connections = Gauge(
    "legends_relay_connections", "Open live connections.", ["transport"], registry=registry
)
frames = Counter(
    "legends_relay_frames", "Frames handed to browsers.", ["transport"], registry=registry
)
received = Counter("legends_relay_received", "Frames that came from Redis.", registry=registry)
fills = Counter("legends_relay_fills", "Gaps that were filled from Postgres.", registry=registry)
closed = Counter(
    "legends_relay_closed", "Connections closed from our side, by code.", ["code"],
    registry=registry,
)  # fmt: skip
cut = Counter("legends_relay_cut", "Connections cut in the middle of a frame.", registry=registry)
subscribed = Gauge(
    "legends_relay_redis_up", "Processes whose subscription to Redis stands.", registry=registry
)
losses = Counter("legends_relay_redis_losses", "Lost Redis connections.", registry=registry)


def exposition() -> bytes:
    """The figures in Prometheus's text format; memory and files where one process is the part."""
    told = figures.exposition(registry)
    return told + generate_latest(_process) if figures.processes() == 1 else told
