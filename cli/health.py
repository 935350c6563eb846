"""`legends health PART`: ask one part on this machine whether it does its work; exit 1 if not.

For health checks of containers. It asks the part itself: by its own page, or by the sign of life
that a part without a page leaves as its loop goes round. It asks no server, so that an outage
elsewhere restarts nobody.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cli.addresses import HOST, PORT, joined
from cli.local.processes import trouble_at
from cli.local.running import run_state
from settings import home_folder, process_environment
from workers import alive

PAGES = {
    "web": (8000, "/health/live"),
    "relay": (8001, "/health/live"),
    "flower": (5555, "/healthcheck"),
    "twin": (8800, "/health/live"),
}
# A watchdog asks every 10 s and gives up on a worker after 60; a step of poll may take 45 s.
SIGNS = {
    "worker": (("worker",), 90.0),
    "beat": (("beat",), 30.0),
    "poll": (("poll", "poll-redis", "poll-jobs"), 90.0),
}


@click.command()
@click.argument("part", type=click.Choice([*PAGES, *SIGNS]))
@click.option("--host", type=HOST, default="127.0.0.1", show_default=True, help="Where it listens.")
@click.option("--port", type=PORT, help="Where it listens (default: the part's own).")
def health(part: str, host: str, port: int | None) -> None:
    """Ask one part whether it does its work. Exit 1 if not."""
    home = home_folder(process_environment())
    if part in SIGNS:
        why = silence_of(home, part)
    else:
        known = run_state(home).get(part, {}).get("port")
        default, path = PAGES[part]
        why = trouble_at(f"http://{joined(host, port or known or default)}{path}")
    click.echo(f"{part}: {why or 'well'}")
    sys.exit(1 if why else 0)


def silence_of(home: Path, part: str) -> str:
    """What is wrong with the signs of life of a part; empty if all are fresh."""
    names, limit = SIGNS[part]
    for name in names:
        age = alive.age(home, name)
        if age is None:
            return "no sign of life yet"
        if age > limit:
            return f"no sign of life for {age:.0f} s"
    return ""


def forget_signs(home: Path, part: str) -> None:
    """Take the signs of life of an earlier process of this part away."""
    for name in SIGNS[part][0]:
        alive.forget(home, name)
