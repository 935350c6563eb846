"""Storing a delivery durably before it is answered: in Postgres, else in the spool.

Either may be gone or frozen. Each has its share of the time an answer may take, and is left alone
for a moment after it has missed one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import structlog

from game.services.inbox import spool
from game.services.inbox.intake import Acceptance, Delivery, accept_all
from models.one_shot import NotStorable, Unavailable
from web.gathering import Gathering
from web.limits import Breaker, TimeUp, is_gevent, within

log = structlog.get_logger(__name__)

POSTGRES_SECONDS = 2.0
SPOOL_SECONDS = 1.4
"""Redis fsyncs once a second, so an entry may wait a second for it."""
MOST_TOGETHER = 50
"""Deliveries that share one statement; more would only make the first of them wait."""

REST_SECONDS = 1.0
"""Before a server that missed a delivery is asked again."""

_postgres = Breaker(REST_SECONDS)
_redis = Breaker(REST_SECONDS)


def keep(delivery: Delivery, deadline: float) -> str | None:
    """Store the delivery in the first place that takes it durably; None if neither does.

    `deadline` is a moment of time.monotonic().
    """
    return _in_postgres(delivery, deadline) or _in_spool(delivery, deadline)


def _in_postgres(delivery: Delivery, deadline: float) -> str | None:
    if not _postgres.may_try():
        return None
    try:
        with within(min(POSTGRES_SECONDS, deadline - time.monotonic() - SPOOL_SECONDS)):
            outcome = _inbox.ask(delivery) if is_gevent() else _store([delivery])[0]
    except (Unavailable, TimeUp) as error:
        _postgres.failed()
        log.warning("postgres_missed_webhook", error=str(error))
        return None
    except NotStorable:
        _postgres.answered()
        log.exception("webhook_not_storable", webhook_id=delivery.webhook_id)
        return None
    except BaseException:
        _postgres.failed()
        raise
    _postgres.answered()
    return outcome


def _store(deliveries: Sequence[Delivery]) -> Sequence[Acceptance]:
    with within(POSTGRES_SECONDS):
        return accept_all(deliveries, timeout_ms=int(POSTGRES_SECONDS * 1000))


_inbox = Gathering(_store, MOST_TOGETHER, own_fault=NotStorable)


def _in_spool(delivery: Delivery, deadline: float) -> str | None:
    if not _redis.may_try():
        return None
    seconds = min(SPOOL_SECONDS, deadline - time.monotonic())
    try:
        with within(seconds):
            spool.put(delivery, wait_ms=int((seconds - 0.1) * 1000))
    except (spool.NotSpooled, TimeUp) as error:
        _redis.failed()
        log.error("spool_missed_webhook", error=str(error))  # noqa: TRY400 - expected, no trace
        return None
    except BaseException:
        _redis.failed()
        raise
    _redis.answered()
    return "spooled"
