"""The Celery app: one set of options for every process that touches the broker.

Celery is the muscle, Postgres the memory: each setting here keeps a worker from hanging or from
being killed by the broker, none of them is relied upon to keep a message.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from celery import Celery

import settings
from workers.queues import INBOX, ROUTES, declared
from workers.timetable import entries

TASK_MODULES = (
    "tasks.inbox",
    "tasks.checkouts",
    "tasks.payouts",
    "tasks.guilds",
    "tasks.previews",
    "tasks.heartbeat",
    "tasks.jobs",
    "tasks.whop",
)
KEY_PREFIX = "wl:q:"
HARD_LIMIT_SECONDS = 60
SOFT_LIMIT_SECONDS = 45

# The shortest visibility timeout of all processes on a broker wins, so web, worker, beat, poll and
# Flower share this object. It must stay above twice the hard limit of a task.
REDIS_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 150,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,  # without it a half-open connection freezes a worker for good
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "global_keyprefix": KEY_PREFIX,
    "priority_steps": [0],  # no task has a priority: one list a queue instead of four
    "queue_order_strategy": "round_robin",
    "client_name": "legends",
}
AMQP_OPTIONS: dict[str, Any] = {"confirm_publish": True}


def make_app(values: settings.Settings) -> Celery:
    """Build the app for these settings. Connects to nothing."""
    app = Celery("legends", include=TASK_MODULES, task_cls="workers.base:LegendsTask")
    app.conf.update(_broker(values), **_tasks(), **_worker(), **_beat())
    return app


@cache
def current() -> Celery:
    """The app of this process's settings; `current.cache_clear()` forgets it."""
    return make_app(settings.current())


def speaks_redis(broker_url: str) -> bool:
    """True for a broker URL that kombu opens with its Redis transport."""
    return broker_url.partition("://")[0].partition("+")[0] in ("redis", "rediss", "sentinel")


def _broker(values: settings.Settings) -> dict[str, Any]:
    redis = speaks_redis(values.broker_url)
    return {
        # Celery lets the variable CELERY_BROKER_URL win over `broker_url`, but not over these.
        "broker_url": values.broker_url,
        "broker_read_url": values.broker_url,
        "broker_write_url": values.broker_url,
        "broker_transport_options": REDIS_OPTIONS if redis else AMQP_OPTIONS,
        "broker_connection_timeout": 2,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_pool_limit": 20,  # Flower asks eight things at once, each over two connections
        "task_queues": declared(quorum=not redis),
    }


def _tasks() -> dict[str, Any]:
    return {
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_default_queue": INBOX,
        "task_default_exchange": "",
        "task_default_routing_key": INBOX,
        "task_create_missing_queues": False,  # a typing error must fail where it is published
        "task_routes": ROUTES,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        "result_expires": None,
        "task_time_limit": HARD_LIMIT_SECONDS,
        "task_soft_time_limit": SOFT_LIMIT_SECONDS,
        "task_publish_retry": False,  # a lost wake-up is made good by `legends poll` within 1 s
        "enable_utc": True,
    }


def _worker() -> dict[str, Any]:
    return {
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": 20_000,
        "worker_max_memory_per_child": 400_000,  # kB
        "worker_consumer": "workers.consumer:PatientConsumer",
        "worker_send_task_events": True,
        "event_queue_ttl": 10,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_proc_alive_timeout": 20,
    }


def _beat() -> dict[str, Any]:
    return {
        "beat_scheduler": "workers.beat:SingleScheduler",
        "beat_max_loop_interval": 5,
        "beat_schedule": entries(),
    }
