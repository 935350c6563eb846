"""Flower on our terms: it also lists the queues that nobody consumes, and stays on this machine.

Flower 2.2 asks the living workers which queues they consume and shows those; the dead letters'
mirror is never consumed. It is read-only: its buttons would let anyone with the password stop
workers or point one at the mirror.
"""

from __future__ import annotations

import ipaddress
import os
import signal
import tempfile
from pathlib import Path
from typing import Any

from flower.app import Flower
from flower.command import extract_settings, setup_logging
from flower.options import options
from flower.urls import settings as flower_settings
from flower.views import BaseHandler

import settings
from workers.app import current
from workers.queues import CONSUMED, DEAD

DECLARED = (*CONSUMED, DEAD)
GONE_SECONDS = 120
"""A worker that has sent no event for so long is not shown any more."""


class NoPassword(Exception):
    """FLOWER_AUTH must be set where other machines can reach Flower, or outside development."""


def show_declared_queues() -> None:
    """Make Flower list our queues, whoever consumes them, in place of what workers report."""

    def names(handler: BaseHandler) -> list[str]:  # noqa: ARG001 - a method of Flower's handlers
        return list(DECLARED)

    BaseHandler.get_active_queue_names = names


def serve(address: str, port: int) -> None:
    """Run Flower until it is asked to leave. Raises NoPassword."""
    values = settings.current()
    if not values.flower_auth and not (values.is_local and is_loopback(address)):
        raise NoPassword
    show_declared_queues()
    flower = make(address, port, values)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    flower.start_http_server()
    flower.start()


def leave(*_: object) -> None:
    """Asked to leave: there is nothing to finish, all it knows is in memory."""
    raise SystemExit(0)


def is_loopback(address: str) -> bool:
    """True for an address that no other machine reaches."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def make(address: str, port: int, values: settings.Settings) -> Any:
    """A Flower application over our Celery app; it holds its state in memory only."""
    for name in [name for name in os.environ if name.startswith("FLOWER_")]:
        del os.environ[name]  # FLOWER_AUTH is ours; Flower would read it as a pattern of mails
    options.address, options.port = address, port
    options.basic_auth = [values.flower_auth] if values.flower_auth else []
    options.read_only = True
    options.persistent = False
    options.db = str(Path(tempfile.gettempdir()) / "flower-unused")
    options.natural_time = True
    options.inspect_timeout = 2000.0
    options.max_tasks = 5000
    options.purge_offline_workers = GONE_SECONDS
    extract_settings()
    setup_logging()
    return Flower(capp=current(), options=options, **flower_settings)
