"""`/r/<code>`: a shared link, followed. Whatever happens here, the visitor gets somewhere."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, make_response, redirect, request
from flask_limiter import RateLimitExceeded

from game.services.referrals import links as referral_links
from game.services.referrals.links import Target
from web.errors import DATABASE_DOWN
from web.limits import TimeUp, within
from web.rate_limits import limiter

log = structlog.get_logger(__name__)
links = Blueprint("links", __name__)

PATIENCE_SECONDS = 2.0
GLANCE_SECONDS = 0.5
CLICKS = "60 per minute"
"""Clicks recorded for one address; the ones above are sent on all the same."""
MOST_REMEMBERED = 10_000

_remembered: OrderedDict[str, Target] = OrderedDict()


@links.get("/r/<code>")
def follow(code: str) -> Response:
    """Record the click and send the visitor to the link's checkout.

    While there is none, to the company's page with a word that names the link: the click, or the
    code where no click was recorded. A code nobody has leads to Whop; one that has expired to its
    company's page. Whop is never asked here.
    """
    now = datetime.now(UTC)
    target = _find(code)
    if target is None:
        return _send_to(referral_links.WHOP)
    if not target.is_open(now):
        return _send_to(target.page)
    reference = (_record(target, now) if _is_visit() else None) or target.code
    return _send_to(target.way(reference))


def _find(code: str) -> Target | None:
    """Whose code it is; from memory while Postgres is away."""
    try:
        with within(PATIENCE_SECONDS):
            target = referral_links.find(code)
    except DATABASE_DOWN as error:
        log.warning("click_unresolved", error=type(error).__name__)
        return _remembered.get(code.upper())
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
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    is_signed_in = "Authorization" in request.headers or "X-Whop-User-Token" in request.headers
    return request.method == "GET" and "prefetch" not in purpose and not is_signed_in


def visitor_at(company_id: str) -> str:
    """The keyed hash by which the sender of this request is known in a company."""
    browser = request.headers.get("User-Agent", "")
    return referral_links.visitor_of(company_id, request.remote_addr or "", browser)


def _record(target: Target, now: datetime) -> str | None:
    """The click's token; None where it could not be recorded, or is the member's own."""
    visitor = visitor_at(target.company_id)
    if _is_own(target, visitor):
        return None
    try:
        with limiter.limit(CLICKS), within(PATIENCE_SECONDS):
            return referral_links.record_click(target, visitor, now)
    except RateLimitExceeded:
        return None
    except DATABASE_DOWN as error:
        log.warning("click_not_recorded", error=type(error).__name__)
        return None


def _is_own(target: Target, visitor: str) -> bool:
    """Whether a member follows their own link; False while Redis does not say."""
    try:
        with within(GLANCE_SECONDS):
            return referral_links.is_own_click(target, visitor)
    except TimeUp:
        return False


def _send_to(page: str) -> Response:
    response = make_response(redirect(page, 302))
    response.headers["Cache-Control"] = "no-store"
    return response
