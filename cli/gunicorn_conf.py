"""How gunicorn serves web and relay: gevent workers in which psycopg2 waits without blocking.

Each worker patches the standard library and psycopg2 (which, being C, needs psycogreen) before the
application is imported. This module imports nothing that waits, or knows gevent, on purpose.
"""

from __future__ import annotations

from typing import Any

from workers.shared_memory import SLOTS, SharedMemory

worker_class = "gevent"
worker_connections = 2000
# A worker that cannot finish its requests in this time is dropped; clients come back with jitter.
graceful_timeout = 5
# A worker whose loop has not moved for this long hangs, whatever the reason, and is replaced.
timeout = 60
keepalive = 15
# Query strings carry tickets and are never logged; the application logs routes itself.
accesslog = None
errorlog = "-"
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190
# Only the application reads X-Forwarded-For, by TRUSTED_PROXIES; gunicorn must not rewrite schemes.
forwarded_allow_ips = ""
control_socket_disable = True


_memory: list[SharedMemory] = []


def on_starting(server: Any) -> None:
    """Make room for the figures of all workers, also while a reload has twice as many."""
    _memory[:] = [SharedMemory(max(SLOTS, 3 * int(server.cfg.workers)))]


def pre_fork(server: Any, worker: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Give the worker a place for its figures: that of one who is gone, with its counts."""
    worker.figures_slot = _memory[0].claim()


def child_exit(server: Any, worker: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Free the place of a worker that is gone; its counts stay."""
    _memory[0].free(worker.figures_slot)


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Let everything that waits, psycopg2 too, give way to the other greenlets.

    And let gunicorn refuse in our words, and answer in one write: it offers settings for neither.
    A worker accepts no more connections than it may open files.
    """
    from gevent import monkey  # noqa: PLC0415 - in the worker, not the master
    from psycogreen.gevent import patch_psycopg  # noqa: PLC0415

    monkey.patch_all()
    patch_psycopg()

    from gunicorn import util  # noqa: PLC0415
    from gunicorn.http import wsgi  # noqa: PLC0415

    from web.descriptors import room_for  # noqa: PLC0415 - nothing of ours before the patches
    from web.early import shorten_log, write_refusal  # noqa: PLC0415
    from web.one_write import OneWrite  # noqa: PLC0415
    from workers import figures  # noqa: PLC0415

    util.write_error = write_refusal
    wsgi.Response = OneWrite
    shorten_log()
    worker.worker_connections = room_for(worker_connections)
    figures.share(_memory[0], worker.figures_slot)
