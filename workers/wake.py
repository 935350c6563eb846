"""A coalesced wake-up: a message `inbox.drain`, unless one already waits in the queue.

A message that still waits will be taken after our commit, so its drain sees our rows: a second
one would say nothing new. That keeps a burst of a thousand webhooks to a handful of messages.
"""

from __future__ import annotations

import contextlib
from typing import Any

from celery import Celery

from workers.metrics import WAKES
from workers.queues import INBOX

TASK = "inbox.drain"


class Waker:
    """Holds one broker connection for looking at the depth and publishing. For one thread."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._connection: Any = None
        self._producer: Any = None

    def wake(self) -> bool:
        """Publish a wake-up. False when one waits already. Raises when the broker is away."""
        try:
            self._connect()
            if self.depth() > 0:
                WAKES.labels("coalesced").inc()
                return False
            self._app.send_task(TASK, producer=self._producer, queue=INBOX, retry=False)
        except Exception:
            WAKES.labels("failed").inc()
            self.forget()
            raise
        WAKES.labels("sent").inc()
        return True

    def depth(self) -> int:
        """How many wake-ups no worker has taken yet. Raises when the broker is away."""
        try:
            self._connect()
            return depth(self._connection.default_channel, self._app, INBOX)
        except Exception:
            self.forget()
            raise

    def forget(self) -> None:
        """Drop the connection; the next call opens a new one."""
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.release()

    def _connect(self) -> None:
        if self._connection is None:
            self._connection = self._app.connection_for_write()
            _keep_client(self._connection.default_channel)
            self._producer = self._app.amqp.Producer(self._connection, auto_declare=False)


def _keep_client(channel: Any) -> None:
    """Let a Redis channel of kombu's use one client for everything.

    By itself it makes a new one for each command, which costs the webhook door more than the
    command. The client takes its connections from the channel's own pool, as the new ones did.
    """
    make_client = getattr(channel, "_create_client", None)
    if make_client is not None:
        client = make_client()
        channel.conn_or_acquire = lambda given=None: contextlib.nullcontext(given or client)


def depth(channel: Any, app: Celery, name: str) -> int:
    """How many messages wait in a declared queue, on Redis and AMQP alike."""
    declared = app.amqp.queues[name]
    answer = channel.queue_declare(
        queue=name, durable=True, auto_delete=False, arguments=declared.queue_arguments
    )
    return int(answer.message_count)
