"""Referral codes and the clicks on their links: made by members, followed by visitors."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import settings
from game.rules.bodies.fields import REF_KEY
from game.rules.codes import ALPHABET, CODE_CHARS
from game.rules.refusals import Refusal
from game.services.referrals import checkouts
from game.services.rulesets.book import load_book
from game.services.whop import api
from models.outgoing import Wake
from models.session import MEMBER, WORKER, Transaction, transaction

TOKEN_PREFIX = "ck_"  # noqa: S105 - names a click, opens nothing
TOKEN_CHARS = 22
WHOP = "https://whop.com"


IS_CREATOR = (
    "(m.role = 'creator' OR EXISTS (SELECT FROM company o WHERE o.company_id = m.company_id "
    "AND o.owner_user_id <> '' AND o.owner_user_id = m.whop_user_id))"
)
"""Whether member `m` is the company's creator: its owner is never credited."""


class CreatorEarnsNothing(Refusal):
    """The company's creator is never credited, so a link of theirs could not earn anything."""

    def __init__(self) -> None:
        super().__init__(
            "creator_earns_nothing",
            "This is your own company: its creator is never credited, so a link of yours could "
            "not earn anything. Your members' links do.",
        )


@dataclass(frozen=True, slots=True)
class Link:
    """A member's referral link. `expires_at` None = for ever."""

    code: str
    url: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Target:
    """Whose link a code is. `page` is the company's; `purchase_url` empty = no checkout yet.

    `visitor_key` is the company's, sealed; empty = it has none yet.
    """

    code: str
    company_id: str
    member_id: int
    expires_at: datetime | None
    page: str
    purchase_url: str = ""
    visitor_key: bytes = b""

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

    Takes the member's lock, so that two requests at once do not make two codes. Refuses
    `creator_earns_nothing`: the company's creator is never credited.
    """
    fresh = None
    while True:
        with transaction(MEMBER, company_id) as tx:
            rows = tx.rows(
                f"SELECT {IS_CREATOR} FROM member m WHERE m.company_id = %s AND m.id = %s "  # noqa: S608
                "FOR NO KEY UPDATE",
                (company_id, member_id),
            )
            if not rows:
                raise Refusal("not_found", "There is no such member.", {"member": str(member_id)})
            if rows[0][0]:
                raise CreatorEarnsNothing
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
    """The member's link that still holds, in one query; None where none was made.

    None for the company's creator too, who may have made one before they were it.
    """
    rows = tx.rows(
        "SELECT r.code, r.expires_at FROM referral_code r "  # noqa: S608 - our own constant
        "JOIN member m ON m.company_id = r.company_id AND m.id = r.member_id "
        "WHERE r.company_id = %s AND r.member_id = %s "
        f"AND (r.expires_at IS NULL OR r.expires_at > %s) AND NOT {IS_CREATOR} "
        "ORDER BY r.created_at, r.code LIMIT 1",
        (company_id, member_id, now),
    )
    return Link(rows[0][0], url_of(rows[0][0]), rows[0][1]) if rows else None


def find(code: str, *, timeout_ms: int = 2000) -> Target | None:
    """Whose code this is, in its canonical spelling, in one query; None for one that nobody has.

    Should two companies have come to the same code, the older one keeps it.
    """
    with transaction(WORKER, timeout_ms=timeout_ms) as tx:
        rows = tx.rows(
            "SELECT r.code, r.company_id, r.member_id, r.expires_at, c.page_url, "
            "r.purchase_url, c.visitor_key "
            "FROM referral_code r JOIN company c USING (company_id) "
            "WHERE r.code = %s ORDER BY r.created_at LIMIT 1",
            (code,),
        )
    if not rows:
        return None
    code, company_id, member_id, expires_at, page, purchase_url, key = rows[0]
    page = page or company_page(company_id)
    return Target(code, company_id, member_id, expires_at, page, purchase_url, bytes(key))


def new_token() -> str:
    """A word that names one click, whenever and however often it is stored."""
    return TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_CHARS)[:TOKEN_CHARS]


def record_click(
    target: Target, visitor: str, token: str, at: datetime, *, timeout_ms: int = 2000
) -> None:
    """Store a click and, once a visitor and local day, the fact quests count.

    Its token names the click: storing it again changes nothing. Where there is no checkout the
    token goes with the visitor and may name the click in a payment.
    """
    with transaction(MEMBER, target.company_id, timeout_ms=timeout_ms) as tx:
        day = load_book(tx, target.company_id).zones.day(at)
        tx.run(
            "INSERT INTO click (company_id, token, code, member_id, visitor, at) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (company_id, token) DO NOTHING",
            (target.company_id, token, target.code, target.member_id, visitor, at),
        )
        is_first = tx.run(
            "INSERT INTO member_fact (company_id, member_id, kind, key, at) "
            "VALUES (%s, %s, 'click', %s, %s) ON CONFLICT DO NOTHING",
            (target.company_id, target.member_id, f"{day}:{visitor}", at),
        )
        if is_first:
            tx.send(Wake())


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
