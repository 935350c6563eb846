"""The figure `intake`: webhooks accepted per second by one web process, beside a bare route."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.bare import TABLE
from bench.crowd import events, write_events
from bench.stand import MIGRATED, Stand

CONNECTIONS = 16
WARM_UP = 50
DOOR = "/webhooks/whop"
LIVE = "/health/live"


def gunicorn(factory: str, workers: int = 1) -> tuple[str, ...]:
    """The command that serves an application as `legends web` is served."""
    return (
        "gunicorn", "--config", "python:cli.gunicorn_conf", "--bind", "127.0.0.1:{port}",
        "--workers", str(workers), factory,
    )  # fmt: skip


def measure(stand: Stand, count: int) -> dict[str, Any]:
    """The door, then the bare route: same load, same worker class, same server."""
    file = stand.home / "intake-events"
    write_events(file, events(count + WARM_UP, datetime.now(UTC)))
    ours = _serve(stand, file, count, gunicorn("web.app:create_app()"), DOOR)
    bare = _serve(stand, file, count, gunicorn("bench.bare:create_app()"), "/keep")
    return {
        "connections": CONNECTIONS,
        "events": count,
        "door": ours,
        "bare": bare,
        "ratio": round(ours["per_second"] / bare["per_second"], 2),
    }


def _serve(
    stand: Stand, file: Path, count: int, command: tuple[str, ...], path: str
) -> dict[str, Any]:
    database = stand.database(MIGRATED)
    with closing(stand.servers.postgres.connect(database)) as connection:
        connection.cursor().execute(TABLE)
    stand.settle_down()
    with stand.server("intake-web", database, *command, health=LIVE) as port:
        stand.child(database, "load", port, path, file, count, WARM_UP, CONNECTIONS, 0)
        figures = stand.child(database, "load", port, path, file, 0, count, CONNECTIONS, 0)
    stand.drop(database)
    return figures
