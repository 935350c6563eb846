"""JWT verification: who is asking, by the token Whop's proxy adds to requests of our origin.

ES256, signed by a key from Whop's published set. The base URL of this app is public and anyone can
send any header, so nothing about a token is believed before its signature holds.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import httpx
import jwt
import structlog

import settings
from game.rules.refusals import Refusal
from game.services.platform import strict_json
from game.services.whop.way_out import http_client

log = structlog.get_logger(__name__)

ISSUER = "urn:whopcom:exp-proxy"
KEPT_FOR = timedelta(hours=12)
COOL_DOWN = timedelta(seconds=30)
"""Between two looks for a new key, so that made-up tokens cannot make us hammer Whop."""
LEEWAY_SECONDS = 10
FETCH = httpx.Timeout(4.0, connect=2.0)
MOST_KEYS = 16
_USER = re.compile(r"user_[A-Za-z0-9_]{1,64}")


class TokenInvalid(Refusal):
    """The token is not a good one of Whop's for this app."""

    def __init__(self, reason: str) -> None:
        super().__init__("token_invalid", "Open this page inside Whop again.", {"reason": reason})


class WhopUnreachable(Refusal):
    """Whop does not answer, so nothing can be said about this user."""

    def __init__(self) -> None:
        super().__init__("whop_unreachable", "Whop does not answer right now.")


class KeySet:
    """Whop's public keys as last fetched from one address."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: Sequence[jwt.PyJWK] = ()
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._fetching = threading.Lock()

    def candidates(self, kid: str | None, now: datetime) -> Sequence[jwt.PyJWK]:
        """The keys that may have signed: the one of that id, or all for a token without one."""
        if self._fetched_at is None or now - self._fetched_at > KEPT_FOR:
            self._fetch(now)
        found = self._named(kid)
        if not found and self._fetch(now):
            found = self._named(kid)
        return found

    def refreshed(self, now: datetime) -> bool:
        """Fetch again, unless that was just done; True if there may be new keys."""
        return self._fetch(now)

    def _named(self, kid: str | None) -> Sequence[jwt.PyJWK]:
        if kid is None:
            return self._keys
        return [key for key in self._keys if key.key_id in (kid, None)]

    def _fetch(self, now: datetime) -> bool:
        """One fetch at a time; the others use what it found. Old keys outlive a failed fetch."""
        with self._fetching:
            if self._tried_at is not None and now - self._tried_at < COOL_DOWN:
                if self._fetched_at is None:
                    raise WhopUnreachable
                return False
            self._tried_at = now
            try:
                self._keys = _read_keys(self._url)
            except (httpx.HTTPError, ValueError) as error:
                log.warning("whop_keys_not_fetched", error=type(error).__name__)
                if self._fetched_at is None:
                    raise WhopUnreachable from error
                return False
            self._fetched_at = now
            return True


def verify(token: str, now: datetime) -> str:
    """The Whop user id in a genuine, fresh token for this app. Raises a refusal."""
    if not token:
        raise Refusal("token_missing", "Open this page inside Whop.")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, RecursionError) as error:  # one of brackets only, say
        raise TokenInvalid("malformed") from error
    if header.get("alg") != "ES256":
        raise TokenInvalid("algorithm")
    kid = header.get("kid")
    keys = key_set(settings.current().whop_jwks_url)
    claims = _signed_claims(token, keys.candidates(kid, now))
    if claims is None and kid is None and keys.refreshed(now):
        claims = _signed_claims(token, keys.candidates(kid, now))
    if claims is None:
        raise TokenInvalid("signature")
    return _user_of(claims, now)


@cache
def key_set(url: str) -> KeySet:
    """The process's copy of the keys at `url`."""
    return KeySet(url)


def _signed_claims(token: str, keys: Sequence[jwt.PyJWK]) -> dict[str, Any] | None:
    """The claims if one of the keys signed them and they are Whop's, for this app."""
    for key in keys:
        try:
            return jwt.decode(
                token,
                key.key,
                algorithms=["ES256"],
                audience=settings.current().whop_app_id,
                issuer=ISSUER,
                # Times are compared with our own `now` below.
                options={
                    "require": ["exp", "sub", "aud", "iss"],
                    "strict_aud": True,
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except jwt.InvalidSignatureError:
            continue
        except (jwt.PyJWTError, RecursionError) as error:
            raise TokenInvalid(type(error).__name__) from error
    return None


def _user_of(claims: dict[str, Any], now: datetime) -> str:
    seconds = now.timestamp()
    expires, begins = claims["exp"], claims.get("nbf", 0)
    if not isinstance(expires, int) or not isinstance(begins, int):
        raise TokenInvalid("times")
    if seconds > expires + LEEWAY_SECONDS:
        raise TokenInvalid("expired")
    if seconds < begins - LEEWAY_SECONDS:
        raise TokenInvalid("not yet")
    if not _USER.fullmatch(str(claims["sub"])):
        raise TokenInvalid("subject")
    return str(claims["sub"])


def _read_keys(url: str) -> list[jwt.PyJWK]:
    """Fetch the document and keep the keys that can check ES256. Raises HTTPError, ValueError."""
    with http_client(url, FETCH) as client:
        answer = client.get(url).raise_for_status()
    document = strict_json.loads(answer.content)
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a key set")  # noqa: TRY004 - one kind of error for a bad document
    keys = []
    for each in listed[:MOST_KEYS]:
        if isinstance(each, dict) and each.get("kty") == "EC" and each.get("crv") == "P-256":
            try:
                keys.append(jwt.PyJWK(each, algorithm="ES256"))
            except jwt.PyJWTError:
                log.warning("whop_key_unusable")
    if not keys:
        raise ValueError("no usable key")
    return keys
