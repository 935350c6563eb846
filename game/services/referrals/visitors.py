"""Who follows a link: visitors of one company told apart, and members known as themselves.

A visitor is a keyed hash of address and browser. The key is the company's own, stored sealed: it
outlives every rotation of secrets, or one person would be two on the day of a rotation.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

import structlog
from redis import RedisError

from game.services.platform.redis_client import client
from game.services.platform.sealing import SealBroken, is_newest, open_sealed, seal
from models.session import MEMBER, transaction

log = structlog.get_logger(__name__)

KIND = "visitor_key"
KEY_BYTES = 32
HASH_CHARS = 32
LONGEST_AGENT = 512
"""Characters of a browser's name that tell it from others."""
KNOWN_SECONDS = 7 * 86_400
"""How long a member's address and browser are known as theirs after they opened the app."""


def visitor_of(company_id: str, sealed_key: bytes, address: str, browser: str) -> str:
    """Tell visitors of one company apart without naming them: a keyed hash, useless elsewhere.

    `sealed_key` as the company has it; where it has none, or one that no longer opens, it gets one.
    """
    key = _opened(company_id, sealed_key) or _settled_key(company_id)
    told = f"{company_id}\n{address}\n{browser[:LONGEST_AGENT]}".encode()
    return hmac.digest(key, told, hashlib.sha256).hex()[:HASH_CHARS]


def note_member(company_id: str, member_id: int, address: str, browser: str) -> None:
    """Remember for a week that this visitor is that member. Without Redis it is not known."""
    visitor = visitor_of(company_id, b"", address, browser)
    try:
        client().set(_own_key(company_id, member_id, visitor), b"1", ex=KNOWN_SECONDS)
    except RedisError as error:
        log.warning("member_visitor_not_noted", error=type(error).__name__)


def is_member(company_id: str, member_id: int, visitor: str) -> bool:
    """Whether the visitor is this member, as far as we remember."""
    try:
        return bool(client().exists(_own_key(company_id, member_id, visitor)))
    except RedisError:
        return False


def _settled_key(company_id: str) -> bytes:
    """The company's key as stored: made where there is none, sealed anew by the newest key."""
    with transaction(MEMBER, company_id, timeout_ms=2000) as tx:
        rows = tx.rows("SELECT visitor_key FROM company WHERE company_id = %s", (company_id,))
        stored = bytes(rows[0][0]) if rows else b""
        key = _opened(company_id, stored)
        if key is not None and is_newest(stored):
            return key
        if stored and key is None:
            log.error("visitor_key_replaced", company_id=company_id)
        fresh = seal(company_id, key or secrets.token_bytes(KEY_BYTES), KIND)
        tx.run(
            "UPDATE company SET visitor_key = %s WHERE company_id = %s AND visitor_key = %s",
            (fresh, company_id, stored),
        )
        # Of two that made one at the same time the first counts, for both.
        rows = tx.rows("SELECT visitor_key FROM company WHERE company_id = %s", (company_id,))
    return open_sealed(company_id, bytes(rows[0][0]) if rows else fresh, KIND)


def _opened(company_id: str, sealed: bytes) -> bytes | None:
    if not sealed:
        return None
    try:
        return open_sealed(company_id, sealed, KIND)
    except SealBroken:
        return None


def _own_key(company_id: str, member_id: int, visitor: str) -> str:
    return f"wl:own:{company_id}:{member_id}:{visitor}"
