"""How many messages wait at the broker, queue by queue."""

from __future__ import annotations

import structlog
from kombu.exceptions import KombuError

from web.limits import TimeUp, within
from workers.app import current
from workers.queues import CONSUMED, DEAD
from workers.wake import depth

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 3


def depths() -> dict[str, int | None]:
    """Messages by queue; None for each while the broker does not answer.

    The truth about work to do is in Postgres, so a broker that is away is no error here.
    """
    names = (*CONSUMED, DEAD)
    app = current()
    try:
        with within(PATIENCE_SECONDS), app.connection_for_read() as connection:
            connection.ensure_connection(max_retries=0, timeout=2)
            channel = connection.default_channel
            return {name: depth(channel, app, name) for name in names}
    except (KombuError, OSError, TimeUp) as error:
        log.warning("broker_unavailable", error=type(error).__name__)
        return dict.fromkeys(names)
