"""The webhook door: prove a delivery genuine, store it durably, answer. Nothing else.

A 202 means that the delivery survives a crash of everything: it is committed in Postgres, or, while
Postgres does not answer, fsynced in the spool. Whoever cannot be given that hears 503 and comes
again, as Whop does for three days. Every answer leaves within four seconds.

It stands in front of the Flask application, as plain WSGI: what Flask does around a view costs
more than everything that is done here (docs/decisions/0026).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog

import settings
from game.services.inbox.intake import Delivery, NotAnEvent, read_delivery
from game.services.whop.signatures import NotGenuine, Signed, look, prove
from web import delivery_body, metrics
from web.delivery_body import Environ
from web.envelope import refusal
from web.keeping import keep
from web.requests import request_id_of, safe_headers
from web.sampling import Sampled
from web.turned import Turned

log = structlog.get_logger(__name__)

ADDRESSES = ("/webhooks/whop", "/webhooks/whop/")
ANSWER_SECONDS = 3.7
"""From the first byte of the body read to the answer; Whop counts five seconds as failed."""
MOST_AT_ONCE = 200
"""Proven deliveries in work in one process; each holds its body in memory."""
RETRY_SECONDS = 5

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication


class Door:
    """WSGI: answers at its own address, and hands every other request on."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._in_work = 0
        self._refusals = Sampled(log)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] in ADDRESSES:
            return self._take(environ, start_response)
        return self._application(environ, start_response)

    def _take(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one delivery of Whop."""
        started = time.monotonic()
        request_id = request_id_of(environ)
        try:
            outcome = self._stored(environ, started + ANSWER_SECONDS)
        except Turned as turned:
            self._note(environ, turned, request_id)
            return _refuse(environ, start_response, turned, request_id)
        except Exception as error:
            log.exception("request_failed", route=ADDRESSES[0], error=type(error).__name__)
            fault = Turned(500, "internal", "Something went wrong on our side.")
            return _refuse(environ, start_response, fault, request_id)
        finally:
            metrics.webhook_seconds.observe(time.monotonic() - started)
        metrics.webhooks.labels(outcome).inc()
        return _answer(start_response, 202, request_id, b'{"status":"%b"}' % outcome.encode())

    def _stored(self, environ: Environ, deadline: float) -> str:
        """What became of it: accepted, duplicate or spooled. Raises Turned."""
        delivery = _genuine(environ, datetime.now(UTC))
        if self._in_work >= MOST_AT_ONCE:
            raise _come_again("busy")
        self._in_work += 1
        try:
            outcome = keep(delivery, deadline)
        finally:
            self._in_work -= 1
        if outcome is None:
            raise _come_again("unavailable")
        return outcome

    def _note(self, environ: Environ, turned: Turned, request_id: str) -> None:
        """One audit line of what was refused; never the body, never a secret."""
        metrics.webhooks.labels(turned.code).inc()
        if turned.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            self._refusals.warning(
                "webhook_refused",
                status=turned.status,
                code=turned.code,
                webhook_id=environ.get("HTTP_WEBHOOK_ID", "")[:128],
                address=environ.get("REMOTE_ADDR"),
                bytes=environ.get("CONTENT_LENGTH"),
                request_id=request_id,
            )


def _genuine(environ: Environ, now: datetime) -> Delivery:
    """Read and prove the delivery. Raises Turned.

    What can be refused without the body is, before it is awaited; and the signature is checked
    before the body is looked at: a stranger learns nothing from us.
    """
    if environ["REQUEST_METHOD"] != "POST":
        raise Turned(405, "method_not_allowed", "Webhooks are sent with POST.")
    if _media_type(environ) != "application/json":
        raise Turned(415, "unsupported_media_type", "Content-Type must be application/json.")
    length = delivery_body.announced(environ)
    headers = _signed(environ)
    try:
        sent_at = look(headers, now)
        body = delivery_body.receive(environ, length)
        prove(headers, body, settings.current().whop_webhook_secrets)
        return read_delivery(headers.webhook_id, body, sent_at)
    except NotGenuine as error:
        raise Turned(401, error.code, str(error)) from error
    except NotAnEvent as error:
        raise Turned(400, "not_an_event", str(error)) from error


def _media_type(environ: Environ) -> str:
    return str(environ.get("CONTENT_TYPE") or "").partition(";")[0].strip().lower()


def _signed(environ: Environ) -> Signed:
    """The headers as they came. Given twice one holds a comma, which no good value of ours does."""
    signed = Signed(
        webhook_id=environ.get("HTTP_WEBHOOK_ID", ""),
        timestamp=environ.get("HTTP_WEBHOOK_TIMESTAMP", ""),
        signature=environ.get("HTTP_WEBHOOK_SIGNATURE", ""),
    )
    if not signed.signature and environ.get("HTTP_X_WHOP_SIGNATURE"):
        raise Turned(
            401,
            "old_webhook_version",
            "This is a v2 or v5 webhook. Make a v1 webhook in Whop and use its secret.",
        )
    return signed


def _come_again(code: str) -> Turned:
    return Turned(503, code, "Not stored. Please deliver it again.", retry_after=RETRY_SECONDS)


def _refuse(
    environ: Environ, start_response: StartResponse, turned: Turned, request_id: str
) -> Iterator[bytes]:
    """The answer, and then what the server shall not wait for."""
    body = json.dumps(refusal(turned.code, str(turned), None, request_id)).encode()
    more: list[tuple[str, str]] = []
    if turned.retry_after is not None:
        more.append(("Retry-After", str(turned.retry_after)))
    if turned.status == HTTPStatus.METHOD_NOT_ALLOWED:
        more.append(("Allow", "POST"))
    yield from _answer(start_response, turned.status, request_id, body, more)
    if turned.is_cut:
        delivery_body.cut(environ)
    else:
        delivery_body.discard(environ)


def _answer(
    start_response: StartResponse,
    status: int,
    request_id: str,
    body: bytes,
    more: Iterable[tuple[str, str]] = (),
) -> Iterable[bytes]:
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        *safe_headers(request_id),
        *more,
    ]
    start_response(_STATUS_LINES[status], headers)
    return (body,)


_STATUS_LINES: dict[int, str] = {each.value: f"{each.value} {each.phrase}" for each in HTTPStatus}
