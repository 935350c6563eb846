"""The webhook door: prove a delivery genuine, store it durably, answer. Nothing else.

A 202 means that the delivery survives a crash of everything: it is committed in Postgres, or, while
Postgres does not answer, fsynced in the spool. Whoever cannot be given that hears 503 and comes
again, as Whop does for three days. Every answer leaves within four seconds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import BinaryIO

import structlog
from flask import Blueprint, Response, request
from gunicorn.http.errors import ParseException

import settings
from game.services.inbox import spool
from game.services.inbox.intake import Delivery, NotAnEvent, Outcome, accept_all, read_delivery
from game.services.whop.signatures import NotGenuine, Signed, verify
from models.one_shot import NotStorable, Unavailable
from web import metrics
from web.envelope import failure
from web.gathering import Gathering
from web.limits import Breaker, TimeUp, is_gevent, within

log = structlog.get_logger(__name__)
door = Blueprint("webhooks", __name__)

LARGEST_BODY = 1024 * 1024
ANSWER_SECONDS = 3.7
"""From the first byte of the body read to the answer; Whop counts five seconds as failed."""
READ_SECONDS = 1.5
"""For the body to arrive. Whop's are some kilobytes."""
POSTGRES_SECONDS = 2.0
SPOOL_SECONDS = 1.4
"""Redis fsyncs once a second, so an entry may wait a second for it."""
MOST_AT_ONCE = 200
"""Deliveries in work in one process; each holds its body in memory."""
MOST_TOGETHER = 50
"""Deliveries that share one statement; more would only make the first of them wait."""
RETRY_SECONDS = 5

_in_work = threading.BoundedSemaphore(MOST_AT_ONCE)
_postgres = Breaker(rest_seconds=1.0)
_redis = Breaker(rest_seconds=1.0)


class Turned(Exception):
    """The delivery is turned away with this status; nothing is stored."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@door.post("/webhooks/whop")
def take() -> Response:
    """Answer one delivery of Whop."""
    started = time.monotonic()
    if not _in_work.acquire(blocking=False):
        return _come_again("busy")
    try:
        delivery = _genuine(datetime.now(UTC))
        outcome = _keep(delivery, started + ANSWER_SECONDS)
    except Turned as turned:
        return _turn_away(turned)
    finally:
        _in_work.release()
        metrics.webhook_seconds.observe(time.monotonic() - started)
    if outcome is None:
        return _come_again("unavailable")
    metrics.webhooks.labels(outcome).inc()
    return Response(f'{{"status":"{outcome}"}}', 202, mimetype="application/json")


def _genuine(now: datetime) -> Delivery:
    """Read and prove the delivery. Raises Turned.

    The signature is checked before the body is looked at: a stranger learns nothing from us.
    """
    if request.mimetype != "application/json":
        raise Turned(415, "unsupported_media_type", "Content-Type must be application/json.")
    body = _body()
    headers = Signed(
        webhook_id=_header("HTTP_WEBHOOK_ID"),
        timestamp=_header("HTTP_WEBHOOK_TIMESTAMP"),
        signature=_header("HTTP_WEBHOOK_SIGNATURE"),
    )
    if not headers.signature and _header("HTTP_X_WHOP_SIGNATURE"):
        raise Turned(
            401,
            "old_webhook_version",
            "This is a v2 or v5 webhook. Make a v1 webhook in Whop and use its secret.",
        )
    try:
        sent_at = verify(headers, body, settings.current().whop_webhook_secrets, now)
        return read_delivery(headers.webhook_id, body, sent_at, now)
    except NotGenuine as error:
        raise Turned(401, error.code, str(error)) from error
    except NotAnEvent as error:
        raise Turned(400, "not_an_event", str(error)) from error


def _header(name: str) -> str:
    """A header as it came. Given twice it holds a comma, which no good value of ours does."""
    return str(request.environ.get(name, ""))


def _body() -> bytes:
    """The raw bytes, never more than LARGEST_BODY of them in memory. Raises Turned."""
    length = request.content_length
    if length is None and not request.environ.get("wsgi.input_terminated"):
        return b""
    if length is not None and length > LARGEST_BODY:
        raise Turned(413, "too_large", f"More than {LARGEST_BODY} bytes.")
    try:
        with within(READ_SECONDS):
            return _received(request.environ["wsgi.input"], length)
    except TimeUp as error:
        raise Turned(408, "too_slow", "The body did not arrive in time.") from error
    except (OSError, ParseException) as error:
        raise Turned(400, "cut_short", "The body ended too early or is chunked wrongly.") from error


def _received(stream: BinaryIO, length: int | None) -> bytes:
    """Read it; `length` None = in chunks, whose sum is not known before."""
    body = stream.read(LARGEST_BODY + 1 if length is None else length)
    if len(body) > LARGEST_BODY:
        # An answer that leaves while the other side still sends would never be read.
        _ = sum(len(chunk) for chunk in iter(lambda: stream.read(65_536), b""))
        raise Turned(413, "too_large", f"More than {LARGEST_BODY} bytes.")
    if length is not None and len(body) < length:
        raise Turned(400, "cut_short", "The body ended too early.")
    return body


def _keep(delivery: Delivery, deadline: float) -> str | None:
    """Store the delivery in the first place that takes it durably; None if neither does."""
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


def _store(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
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


def _turn_away(turned: Turned) -> Response:
    """One audit line of what was refused; never the body, never a secret."""
    metrics.webhooks.labels(turned.code).inc()
    log.warning(
        "webhook_refused",
        status=turned.status,
        code=turned.code,
        webhook_id=_header("HTTP_WEBHOOK_ID")[:128],
        address=request.remote_addr,
        bytes=request.content_length,
    )
    return failure(turned.status, turned.code, str(turned))


def _come_again(code: str) -> Response:
    metrics.webhooks.labels(code).inc()
    return failure(503, code, "Not stored. Please deliver it again.", retry_after=RETRY_SECONDS)
