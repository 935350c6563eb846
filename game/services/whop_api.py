"""The questions we ask Whop about users and companies, answered from a short memory if possible.

Whop allows 600 requests a minute and operation; a page that is opened often must not spend them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast

import httpx
import structlog
from redis import RedisError

import settings
from game.services import strict_json
from game.services.redis_client import client
from game.services.whop_tokens import WhopUnreachable

log = structlog.get_logger(__name__)

VERSION_DATE = "2026-10-15-1"
PATIENCE = httpx.Timeout(4.0, connect=2.0)
ACCESS_SECONDS = 60
"""How long a granted access is remembered. A refused one is not: the buyer may pay next."""
COMPANY_SECONDS = 600
NOT_FOUND = 404

Level = Literal["no_access", "customer", "admin"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """A company as Whop names it. `owner_id` is empty where the key may not see it."""

    company_id: str
    title: str
    route: str
    owner_id: str


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
    url = settings.current().whop_api_url + path
    headers = {"Api-Version-Date": VERSION_DATE}
    if settings.current().whop_api_key:
        headers["Authorization"] = f"Bearer {settings.current().whop_api_key}"
    try:
        answer = _http().get(url, headers=headers)
        if answer.status_code == NOT_FOUND:
            return {}
        answer.raise_for_status()
        found = strict_json.loads(answer.content)
    except httpx.HTTPStatusError as error:
        log.warning("whop_refused", path=path, status=error.response.status_code)
        raise WhopUnreachable from error
    except (httpx.HTTPError, ValueError) as error:
        log.warning("whop_unreachable", path=path, error=type(error).__name__)
        raise WhopUnreachable from error
    return cast(Json, found) if isinstance(found, dict) else {}


@cache
def _http() -> httpx.Client:
    return httpx.Client(timeout=PATIENCE, transport=httpx.HTTPTransport(retries=1))
