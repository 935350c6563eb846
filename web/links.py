"""`/r/<code>`: a shared link, followed. Whatever happens here, the visitor gets somewhere, soon.

A click goes to Postgres, or, where that does not take it at once, to a stream in Redis, from which
`poll` moves it. The whole takes a second at most.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import structlog
from flask import Blueprint, Response, make_response, redirect, request
from flask_limiter import RateLimitExceeded

import settings
from game.rules.codes import canonical, is_code
from game.rules.visits import country_of, utm_of
from game.services.inbox.spool import NotSpooled
from game.services.referrals import click_spool, visitors
from game.services.referrals import links as referral_links
from game.services.referrals.click_spool import Followed
from game.services.referrals.links import Target
from models.clock import estimate
from web import metrics
from web.errors import DATABASE_DOWN
from web.limits import Breaker, TimeUp, within
from web.rate_limits import limiter
from web.robots import is_robot, is_robot_by_headers
from web.sampling import Sampled

_troubles = Sampled(structlog.get_logger(__name__))
_losses = Sampled(structlog.get_logger(__name__))
links = Blueprint("links", __name__)

WHOLE_SECONDS = 0.95
"""From the request to the redirect, whatever does not answer."""
FIND_SECONDS = 0.5
STORE_SECONDS = 0.25
"""For Postgres to take a click, usually some milliseconds; what is blocked goes to Redis."""
KEPT_SECONDS = 0.2
"""What the steps before leave for Redis to take the click."""
GLANCE_SECONDS = 0.1
"""For a question to Redis that may stay without an answer."""
CLICKS = "60 per minute"
"""Clicks recorded for one address; the ones above are sent on all the same."""
MOST_REMEMBERED = 10_000
COUNTRIES = ("CF-IPCountry", "CloudFront-Viewer-Country", "X-Vercel-IP-Country", "X-Country-Code")
"""Headers in which a proxy of ours names the visitor's country; without one anybody could."""

_remembered: OrderedDict[str, Target] = OrderedDict()
_postgres = Breaker(rest_seconds=1.0)


class Unresolved(Exception):
    """Postgres did not say whose code it is."""


class Clock:
    """What is left of the time a visitor is kept."""

    def __init__(self) -> None:
        self._until = time.monotonic() + WHOLE_SECONDS

    def left(self, at_most: float) -> float:
        """Seconds for the next step; a hair where there are none, so that it ends by itself."""
        return max(0.001, min(at_most, self._until - KEPT_SECONDS - time.monotonic()))

    def rest(self) -> float:
        """Seconds for the last step, which keeps the click."""
        return max(KEPT_SECONDS, self._until - time.monotonic())


@links.get("/r/<code>")
def follow(code: str) -> Response:
    """Record the click and send the visitor to the link's checkout.

    While there is none, to the company's page with a word that names the link: the click, or the
    code where no click was recorded. A code nobody has leads to Whop; one that has expired to its
    company's page. Whop is never asked here. Robots and previews are sent on uncounted.
    """
    now, clock = estimate(), Clock()
    code = canonical(code)
    if not is_code(code):
        return _send_to(referral_links.WHOP)
    is_resolved = True
    try:
        target = _find(code, clock)
    except Unresolved:
        target, is_resolved = _remembered.get(code), False
    if target is not None and not target.is_open(now):
        return _send_to(target.page)
    token = None
    if (target is not None or not is_resolved) and _is_visit():
        token = _record(target if is_resolved else None, _followed(code, now), clock)
    if target is None:
        return _send_to(referral_links.WHOP)
    return _send_to(target.way(token or target.code))


def track(code: str, utm: Mapping[str, str]) -> str | None:
    """Record a click that did not come over `/r/<code>`; its token, None where it does not count.

    For a page of the company's own, which hands the token to its checkout as `wl_ref`.
    """
    now, clock = estimate(), Clock()
    code = canonical(code)
    target = _find(code, clock) if is_code(code) else None
    if target is None or not target.is_open(now) or is_robot_by_headers(request):
        return None
    words = utm_of({f"utm_{name}": word for name, word in utm.items()})
    return _record(target, replace(_followed(code, now), utm=words), clock)


def _find(code: str, clock: Clock) -> Target | None:
    """Whose code it is; None for nobody's. Raises Unresolved.

    Postgres is left alone for a second after it failed, but for a code that only it can tell of.
    """
    if code in _remembered and not _postgres.may_try():
        raise Unresolved
    try:
        with within(clock.left(FIND_SECONDS)):
            target = referral_links.find(code, timeout_ms=int(FIND_SECONDS * 1000))
    except DATABASE_DOWN as error:
        _postgres.failed()
        _troubles.warning("click_unresolved", error=type(error).__name__)
        raise Unresolved from error
    except BaseException:
        _postgres.failed()
        raise
    _postgres.answered()
    if target is not None:
        _remember(target)
    return target


def _remember(target: Target) -> None:
    _remembered[target.code] = target
    _remembered.move_to_end(target.code)
    while len(_remembered) > MOST_REMEMBERED:
        _remembered.popitem(last=False)


def _is_visit() -> bool:
    """False for what looks at a link without a person behind it, and from inside the app."""
    if "Authorization" in request.headers or "X-Whop-User-Token" in request.headers:
        return False
    if is_robot(request):
        metrics.clicks.labels("robot").inc()
        return False
    return True


def _followed(code: str, now: datetime) -> Followed:
    told = next((request.headers[name] for name in COUNTRIES if name in request.headers), "")
    return Followed(
        referral_links.new_token(),
        code,
        now,
        *sender(),
        country_of(told) if settings.current().trusted_proxies else "",
        utm_of(request.args),
    )


def sender() -> tuple[str, str]:
    """Address and browser of this request: what a visitor is known by."""
    return request.remote_addr or "", request.headers.get("User-Agent", "")


def _record(target: Target | None, click: Followed, clock: Clock) -> str | None:
    """The click's token once Postgres has it; `target` None = Postgres is not asked.

    None where the click waits in Redis: until it is moved a payment could not be led back to it,
    so the code goes with the visitor. None too where it does not count.
    """
    try:
        with within(clock.left(GLANCE_SECONDS)), limiter.limit(CLICKS):
            pass
    except RateLimitExceeded:
        metrics.clicks.labels("over_limit").inc()
        return None
    except TimeUp:
        pass  # Redis is frozen: count here what cannot be counted there
    if target is not None:
        stored = _store(target, click, clock)
        if stored is not None:
            return click.token if stored else None
    _spool(click, clock)
    return None


def _store(target: Target, click: Followed, clock: Clock) -> bool | None:
    """True: Postgres has the click. False: the member made it. None: Postgres does not take it."""
    try:
        with within(clock.left(STORE_SECONDS)):
            visitor = visitors.visitor_of(
                target.company_id, target.visitor_key, click.address, click.browser
            )
        if _is_own(target, visitor, clock):
            metrics.clicks.labels("own").inc()
            return False
        with within(clock.left(STORE_SECONDS)):
            referral_links.record_click(
                target,
                visitor,
                click.token,
                click.at,
                click.visit,
                timeout_ms=int(STORE_SECONDS * 1000),
            )
    except DATABASE_DOWN as error:
        _troubles.warning("click_blocked", error=type(error).__name__, company_id=target.company_id)
        return None
    metrics.clicks.labels("stored").inc()
    return True


def _is_own(target: Target, visitor: str, clock: Clock) -> bool:
    """Whether a member follows their own link; False while Redis does not say."""
    with suppress(TimeUp), within(clock.left(GLANCE_SECONDS)):
        return visitors.is_member(target.company_id, target.member_id, visitor)
    return False


def _spool(click: Followed, clock: Clock) -> None:
    seconds = clock.rest()
    try:
        with within(seconds):
            is_synced = click_spool.put(click, wait_ms=int((seconds - 0.1) * 1000))
    except (NotSpooled, TimeUp) as error:
        metrics.clicks.labels("lost").inc()
        _losses.warning("click_lost", code=click.code, error=str(error))
        return
    metrics.clicks.labels("spooled" if is_synced else "spooled_unsynced").inc()


def _send_to(page: str) -> Response:
    response = make_response(redirect(page, 302))
    response.headers["Cache-Control"] = "no-store"
    return response
