"""What a worker refuses to start with, and what it does around its start, forks and end.

Imported by the worker's program only. A refusal ends the process with its reason in one line.
"""

from __future__ import annotations

import gc
import mmap
import sys
from typing import Any

import redis
import structlog
from celery import signals

import settings
from game.services.platform.eviction import reckless_policy
from models.session import engine, register_sender
from workers import alive, logs
from workers.app import current, speaks_redis
from workers.metrics import JUNK
from workers.queues import CONSUMED, own_queue
from workers.sender import Sender

log = structlog.get_logger(__name__)

_leaving = mmap.mmap(-1, 1)
"""One byte shared with the pool's children: 1 once the worker has been asked to leave."""


REFUSED = 78
"""Exit code of a worker that must not start as it is; starting it again would not help."""


class Refused(SystemExit):
    """The worker must not start. A SystemExit, because Celery's signals swallow Exceptions."""

    def __init__(self, reason: str) -> None:
        print(f"legends worker: {reason}", file=sys.stderr)  # noqa: T201 - before logs are set up
        super().__init__(REFUSED)


def is_leaving() -> bool:
    """True once this worker has been asked to stop: long loops end after their current step."""
    return _leaving[0] == 1


@signals.celeryd_init.connect
def refuse_foreign_queues(options: dict[str, Any], **_: Any) -> None:
    """A worker without -Q would consume every declared queue, and eat the dead letters' mirror."""
    wanted = options.get("queues") or []
    names = wanted.split(",") if isinstance(wanted, str) else list(wanted)
    allowed = ", ".join(CONSUMED)
    if not names:
        raise Refused(f"This worker needs its queues: -Q with one or more of {allowed}.")
    foreign = sorted(set(names) - set(CONSUMED))
    if foreign:
        raise Refused(f"No worker may consume {', '.join(foreign)}; -Q takes {allowed}.")


@signals.celeryd_init.connect
def refuse_forgetful_broker(**_: Any) -> None:
    """Refuse a Redis that evicts keys at will; say whether it keeps its messages on disk."""
    set_up_logging()  # Celery asks for it only after this
    url = settings.current().broker_url
    if not speaks_redis(url) or url.startswith("sentinel"):
        return
    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
            info: dict[str, Any] = client.info("memory") | client.info("persistence")
    except redis.RedisError as error:
        log.warning("broker_not_checked", error=type(error).__name__)
        return
    if policy := reckless_policy(info):
        raise Refused(f"The broker's maxmemory-policy is {policy}: it would evict whole queues.")
    log.info(
        "broker_checked",
        policy=info.get("maxmemory_policy"),
        append_only=bool(info.get("aof_enabled")),
    )


@signals.celeryd_after_setup.connect
def add_own_queue(sender: str, instance: Any, **_: Any) -> None:
    """Consume also the queue through which this node's watchdog asks for a sign of life."""
    instance.app.amqp.queues.select_add(own_queue(sender))


@signals.worker_ready.connect
def note_ready(**_: Any) -> None:
    """From now on the watchdog asks, and notes each answer."""
    alive.touch("worker")


@signals.setup_logging.connect
def set_up_logging(**_: Any) -> None:
    """Keep Celery from installing its own log format."""
    logs.configure(settings.current().log_format)


@signals.worker_process_init.connect
def begin_child(**_: Any) -> None:
    """A child of the pool uses neither the connections nor the threads of its parent.

    What is loaded by now stays loaded, so the garbage collector need not walk through it: a full
    round takes it 0.05 s, in the middle of some batch.
    """
    gc.freeze()
    if engine.cache_info().currsize:
        engine().dispose(close=False)
    register_sender(_sender())


@signals.worker_process_shutdown.connect
def end_child(**_: Any) -> None:
    """Send what is still in hand."""
    _sender().flush()


@signals.worker_shutting_down.connect
def note_leaving(**_: Any) -> None:
    """Tell the children; a byte in shared memory is safe in a signal handler."""
    _leaving[0] = 1


@signals.task_unknown.connect
def count_unknown(name: str, id: str, **_: Any) -> None:  # noqa: A002 - Celery's argument name
    """A message for a task we do not have: acknowledged by Celery and gone, so note it."""
    JUNK.labels("unknown_task").inc()
    log.error("broker_message_unknown", name=str(name)[:100], id=str(id)[:100])


@signals.task_rejected.connect
def count_rejected(message: Any, **_: Any) -> None:
    """A message Celery could not read. Its body may hold anything: log only its size."""
    JUNK.labels("unreadable").inc()
    log.error("broker_message_unreadable", body_bytes=len(message.body or b""))


_made: list[Sender] = []


def _sender() -> Sender:
    if not _made:
        _made.append(Sender(current()))
    return _made[0]
