"""Referral codes and the clicks on their links: made by members, followed by visitors."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import structlog
from redis import RedisError

import settings
from game.rules.bodies.fields import REF_KEY
from game.rules.refusals import Refusal
from game.services.platform.redis_client import client
from game.services.referrals import checkouts
from game.services.rulesets.book import load_book
from game.services.whop import api
from models.outgoing import Wake
from models.session import MEMBER, WORKER, Transaction, transaction

log = structlog.get_logger(__name__)

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Capitals and digits without O and I, 0 and 1, which people mistake for each other."""
CODE_CHARS = 8
TOKEN_PREFIX = "ck_"  # noqa: S105 - names a click, opens nothing
TOKEN_CHARS = 22
KNOWN_SECONDS = 7 * 86_400
"""How long a member's address and browser are known as theirs after they opened the app."""
WHOP = "https://whop.com"


@dataclass(frozen=True, slots=True)
class Link:
    """A member's referral link. `expires_at` None = for ever."""

    code: str
    url: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Target:
    """Whose link a code is. `page` is the company's; `purchase_url` empty = no checkout yet."""

    code: str
    company_id: str
    member_id: int
    expires_at: datetime | None
    page: str
    purchase_url: str = ""

    def is_open(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at

    def way(self, reference: str) -> str:
        """Where a visitor goes: to the checkout that names the code, else to the company's page.

        Whop would drop a reference, but a page of the company's own may hand it to a checkout.
        """
        if api.is_checkout(self.purchase_url):
            return self.purchase_url
        return with_reference(self.page, reference)


def generate(company_id: str, member_id: int, now: datetime) -> Link:
    """The member's active link, made if there is none: asking twice gives the same.

    Takes the member's lock, so that two requests at once do not make two codes.
    """
    fresh = None
    while True:
        with transaction(MEMBER, company_id) as tx:
            if not tx.rows(
                "SELECT id FROM member WHERE company_id = %s AND id = %s FOR NO KEY UPDATE",
                (company_id, member_id),
            ):
                raise Refusal("not_found", "There is no such member.", {"member": str(member_id)})
            active = active_link(tx, company_id, member_id, now)
            if active is not None:
                return active
            if fresh is not None and tx.run(
                "INSERT INTO referral_code (company_id, code, member_id, created_at) "
                "VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                (company_id, fresh, member_id, now),
            ):
                if checkouts.can_ask():
                    tx.send(checkouts.wanted(company_id, fresh))
                return Link(fresh, url_of(fresh), None)
        fresh = _unused_code()


def active_link(tx: Transaction, company_id: str, member_id: int, now: datetime) -> Link | None:
    """The member's link that still holds, in one query; None where none was made."""
    rows = tx.rows(
        "SELECT code, expires_at FROM referral_code WHERE company_id = %s "
        "AND member_id = %s AND (expires_at IS NULL OR expires_at > %s) "
        "ORDER BY created_at, code LIMIT 1",
        (company_id, member_id, now),
    )
    return Link(rows[0][0], url_of(rows[0][0]), rows[0][1]) if rows else None


def find(typed: str) -> Target | None:
    """Whose code this is, in one query; None for one that nobody has.

    Should two companies have come to the same code, the older one keeps it.
    """
    code = typed.upper()
    if len(code) != CODE_CHARS or not set(code) <= set(ALPHABET):
        return None
    with transaction(WORKER, timeout_ms=2000) as tx:
        rows = tx.rows(
            "SELECT r.code, r.company_id, r.member_id, r.expires_at, c.page_url, "
            "r.purchase_url "
            "FROM referral_code r JOIN company c USING (company_id) "
            "WHERE r.code = %s ORDER BY r.created_at LIMIT 1",
            (code,),
        )
    if not rows:
        return None
    code, company_id, member_id, expires_at, page, purchase_url = rows[0]
    page = page or company_page(company_id)
    return Target(code, company_id, member_id, expires_at, page, purchase_url)


def record_click(target: Target, visitor: str, now: datetime) -> str:
    """Store a click and, once a visitor and local day, the fact quests count; the click's token.

    Where there is no checkout the token goes with the visitor and may name the click in a payment.
    """
    token = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_CHARS)[:TOKEN_CHARS]
    with transaction(MEMBER, target.company_id, timeout_ms=2000) as tx:
        day = load_book(tx, target.company_id).zones.day(now)
        tx.run(
            "INSERT INTO click (company_id, token, code, member_id, visitor, at) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            (target.company_id, token, target.code, target.member_id, visitor, now),
        )
        is_first = tx.run(
            "INSERT INTO member_fact (company_id, member_id, kind, key, at) "
            "VALUES (%s, %s, 'click', %s, %s) ON CONFLICT DO NOTHING",
            (target.company_id, target.member_id, f"{day}:{visitor}", now),
        )
        if is_first:
            tx.send(Wake())
    return token


def visitor_of(company_id: str, address: str, browser: str) -> str:
    """Tell visitors of one company apart without naming them: a keyed hash, useless elsewhere."""
    secret = settings.current().session_secrets[0].encode()
    key = hmac.digest(secret, b"legends click visitor", hashlib.sha256)
    told = f"{company_id}\n{address}\n{browser}".encode()
    return hmac.digest(key, told, hashlib.sha256).hex()[:32]


def note_member(company_id: str, member_id: int, visitor: str) -> None:
    """Remember for a week that this visitor is that member. Without Redis it is not known."""
    try:
        client().set(_own_key(company_id, member_id, visitor), b"1", ex=KNOWN_SECONDS)
    except RedisError as error:
        log.warning("member_visitor_not_noted", error=type(error).__name__)


def is_own_click(target: Target, visitor: str) -> bool:
    """Whether the visitor of a link is the member whose link it is, as far as we remember."""
    try:
        return bool(client().exists(_own_key(target.company_id, target.member_id, visitor)))
    except RedisError:
        return False


def _own_key(company_id: str, member_id: int, visitor: str) -> str:
    return f"wl:own:{company_id}:{member_id}:{visitor}"


def url_of(code: str) -> str:
    """The link people share."""
    return f"{settings.current().public_url}/r/{code}"


def company_page(company_id: str) -> str:
    """A company's page on Whop, for those that have not named another."""
    return f"{WHOP}/{quote(company_id)}/"


def with_reference(page: str, reference: str) -> str:
    """The page's address with the click token or code in its query; what is there stays."""
    parts = urlsplit(page)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != REF_KEY]
    return urlunsplit(parts._replace(query=urlencode([*query, (REF_KEY, reference)])))


def _unused_code() -> str:
    """A random code that no company has."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARS))
        with transaction(WORKER) as tx:
            if not tx.rows("SELECT FROM referral_code WHERE code = %s LIMIT 1", (code,)):
                return code
