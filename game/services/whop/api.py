"""The questions we ask Whop about users and companies, answered from a short memory if possible.

Whop allows 600 requests a minute and operation; a page that is opened often must not spend them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import httpx
import structlog
from redis import RedisError

import settings
from game.services.platform import strict_json
from game.services.platform.redis_client import client
from game.services.whop.tokens import WhopUnreachable
from game.services.whop.way_out import http_client

log = structlog.get_logger(__name__)

VERSION_DATE = "2026-10-15-1"
PATIENCE = httpx.Timeout(4.0, connect=2.0)
ACCESS_SECONDS = 60
"""How long a granted access is remembered. A refused one is not: the buyer may pay next."""
COMPANY_SECONDS = 600
NOT_FOUND = 404
CLIENT_ERRORS = range(400, 500)
PLANS_SECONDS = 60
"""How long a price list is remembered: a creator who has just added a plan looks for it here."""
PLANS_LOOKED_AT = 100
LONGEST_WAIT = 3600
"""Seconds; a longer wait that Whop names is not believed."""

_ON_WHOP = re.compile(r"https://([a-z0-9-]+\.)*whop\.com([/?][!-\[\]-~]*)?")
_PATH = re.compile(r"/[!-\[\]-~]*")
"""Printable ASCII without the backslash, which browsers take for a slash."""

Level = Literal["no_access", "customer", "admin"]
Json = dict[str, Any]


class WhopRefused(Exception):
    """Whop answered, and the answer is no. `status` is HTTP's, 400 to 499.

    `retry_after` are the seconds after which Whop wants to be asked again; 0 = it did not say.
    """

    def __init__(self, status: int, retry_after: int = 0) -> None:
        self.status = status
        self.retry_after = retry_after
        super().__init__(f"Whop answered {status}")


@dataclass(frozen=True, slots=True)
class Account:
    """A company as Whop names it. `owner_id` is empty where the key may not see it."""

    company_id: str
    title: str
    route: str
    owner_id: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as customers see it; titles may be empty."""

    id: str
    title: str
    product_id: str
    product_title: str


@dataclass(frozen=True, slots=True)
class WhopUser:
    """A user's public face; empty where Whop does not say."""

    username: str
    avatar_url: str


def access(user_id: str, resource_id: str) -> Level:
    """What the user may do with an experience or a company. Raises WhopUnreachable."""
    found = _remembered(
        f"wl:access:{resource_id}:{user_id}",
        ACCESS_SECONDS,
        lambda: _get(f"/users/{user_id}/access/{resource_id}"),
        worth_keeping=lambda answer: answer.get("has_access") is True,
    )
    level = found.get("access_level") if found.get("has_access") is True else "no_access"
    return cast(Level, level) if level in ("customer", "admin") else "no_access"


def company_of_experience(experience_id: str) -> str:
    """The company an experience belongs to; empty for one that Whop does not know."""
    found = _remembered(
        f"wl:experience:{experience_id}",
        COMPANY_SECONDS,
        lambda: _get(f"/experiences/{experience_id}"),
    )
    owner = found.get("account") or found.get("company") or {}
    named = found.get("account_id") or found.get("company_id") or owner.get("id")
    return named if isinstance(named, str) else ""


def account(company_id: str) -> Account:
    """The company's names and owner. What Whop does not tell is empty; never raises."""
    try:
        found = _remembered(
            f"wl:account:{company_id}", COMPANY_SECONDS, lambda: _get(f"/accounts/{company_id}")
        )
    except WhopUnreachable:
        found = {}
    owner = found.get("owner") or found.get("owner_user") or {}
    owner_id = owner.get("id") if isinstance(owner, dict) else found.get("owner_id")
    return Account(company_id, _text(found, "title"), _text(found, "route"), str(owner_id or ""))


def user(user_id: str) -> WhopUser:
    """The user's name and picture. What Whop does not tell is empty; never raises."""
    try:
        found = _remembered(
            f"wl:user:{user_id}", COMPANY_SECONDS, lambda: _get(f"/users/{user_id}")
        )
    except WhopUnreachable:
        found = {}
    picture = found.get("profile_picture")
    url = picture.get("url") if isinstance(picture, dict) else None
    return WhopUser(_text(found, "username"), url if isinstance(url, str) else "")


def first_plan(company_id: str, product_id: str = "") -> str:
    """The oldest plan that customers see, of a product or of any; empty without one.

    Only the company's first hundred plans are looked at. Raises WhopRefused, WhopUnreachable.
    """
    plans = _visible_plans(company_id)
    fits = (one.id for one in plans if not product_id or one.product_id == product_id)
    return next(fits, "")


def plans(company_id: str) -> list[Plan]:
    """The plans that customers see, oldest first. A company that may not be seen has none.

    Raises WhopUnreachable.
    """
    try:
        return _visible_plans(company_id)
    except WhopRefused:
        return []


def plan_is_on_sale(plan_id: str) -> bool:
    """Whether customers can still buy a plan. Raises WhopRefused, WhopUnreachable."""
    try:
        found = _exchange("GET", f"/plans/{plan_id}")
    except WhopRefused as error:
        if error.status == NOT_FOUND:
            return False
        raise
    return found.get("visibility") != "archived"


def _visible_plans(company_id: str) -> list[Plan]:
    found = _remembered(
        f"wl:plans:{company_id}",
        PLANS_SECONDS,
        lambda: {"plans": _ask_plans(company_id)},
        worth_keeping=lambda answer: bool(answer["plans"]),
    )
    return [Plan(*one) for one in found["plans"]]


def make_checkout(company_id: str, plan_id: str, metadata: Mapping[str, str], key: str) -> str:
    """Make a checkout whose payments and memberships carry this metadata; its address.

    Asking again with the same key gives the same checkout for a day. Empty where Whop names no
    address that visitors may be sent to. Raises WhopRefused, WhopUnreachable.
    """
    made = _exchange(
        "POST",
        "/checkout_configurations",
        json={
            "account_id": company_id,
            "plan_id": plan_id,
            "metadata": dict(metadata),
            "mode": "payment",
        },
        headers={"Idempotency-Key": key},
    )
    url = made.get("purchase_url")
    return url if isinstance(url, str) and is_checkout(url) else ""


def is_checkout(url: str) -> bool:
    """Whether a visitor may be sent there: https on whop.com; in development also the twin."""
    if _ON_WHOP.fullmatch(url):
        return True
    api = urlsplit(settings.current().whop_api_url)
    origin = f"{api.scheme}://{api.netloc}"
    return (
        settings.current().is_local
        and url.startswith(origin)
        and _PATH.fullmatch(url.removeprefix(origin)) is not None
    )


def _ask_plans(company_id: str) -> list[list[str]]:
    asked = {
        "account_id": company_id,
        "order": "created_at",
        "direction": "asc",
        "first": PLANS_LOOKED_AT,
    }
    listed = _exchange("GET", "/plans", params=asked).get("data")
    plans = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return [
        [_text(each, "id"), _text(each, "title"), _text(product, "id"), _text(product, "title")]
        for each in plans
        if each.get("visibility") == "visible"
        and isinstance(product := each.get("product") or {}, dict)
    ]


def _text(found: Json, name: str) -> str:
    value = found.get(name)
    return value.replace("\x00", "")[:200] if isinstance(value, str) else ""


def _remembered(
    key: str,
    seconds: int,
    ask: Callable[[], Json],
    *,
    worth_keeping: Callable[[Json], bool] = bool,
) -> Json:
    """Answer from Redis, else from Whop. Without Redis every question goes to Whop."""
    try:
        kept = cast(bytes | None, client().get(key))
    except RedisError:
        kept = None
    if kept is not None:
        return cast(Json, json.loads(kept))
    answer = ask()
    if worth_keeping(answer):
        try:
            client().set(key, json.dumps(answer, default=str), ex=seconds)
        except RedisError:
            log.warning("whop_answer_not_remembered")
    return answer


def _get(path: str) -> Json:
    """One question; {} for what Whop does not know. Raises WhopUnreachable when it fails."""
    try:
        return _exchange("GET", path)
    except WhopRefused as error:
        if error.status == NOT_FOUND:
            return {}
        raise WhopUnreachable from error


def exchange(method: str, path: str, **options: Any) -> Json:
    """Ask anything else of Whop. Raises WhopRefused for 4xx, else WhopUnreachable."""
    return _exchange(method, path, **options)


def _exchange(method: str, path: str, **options: Any) -> Json:
    """One request and its answer. Raises WhopRefused for 4xx, else WhopUnreachable."""
    headers = {"Api-Version-Date": VERSION_DATE, **options.pop("headers", {})}
    if settings.current().whop_api_key:
        headers["Authorization"] = f"Bearer {settings.current().whop_api_key}"
    url = settings.current().whop_api_url + path
    try:
        answer = _http().request(method, url, headers=headers, **options)
        answer.raise_for_status()
        found = strict_json.loads(answer.content)
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        if status != NOT_FOUND:
            log.warning("whop_refused", path=path, status=status)
        if status in CLIENT_ERRORS:
            raise WhopRefused(status, _retry_after(error.response)) from error
        raise WhopUnreachable from error
    except (httpx.HTTPError, ValueError) as error:
        log.warning("whop_unreachable", path=path, error=type(error).__name__)
        raise WhopUnreachable from error
    return cast(Json, found) if isinstance(found, dict) else {}


def _retry_after(response: httpx.Response) -> int:
    said = response.headers.get("Retry-After", "")
    return min(int(said), LONGEST_WAIT) if said.isascii() and said.isdecimal() else 0


@cache
def _http() -> httpx.Client:
    return http_client(settings.current().whop_api_url, PATIENCE)
