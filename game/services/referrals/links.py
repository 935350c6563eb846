"""Referral codes and the clicks on their links: made by members, followed by visitors."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import settings
from game.rules.bodies.fields import REF_KEY
from game.rules.codes import ALPHABET, CODE_CHARS
from game.rules.refusals import Refusal
from game.rules.visits import UNKNOWN, Visit
from game.services.referrals import checkouts
from game.services.rulesets.charter import load_charter
from game.services.whop import api
from models.outgoing import Wake
from models.session import MEMBER, WORKER, Transaction, transaction

TOKEN_PREFIX = "ck_"  # noqa: S105 - names a click, opens nothing
TOKEN_CHARS = 22
WHOP = "https://whop.com"
AFFILIATE_KEY = "a"
"""Names the affiliate, by username, in the query of any page of Whop's."""
MOST_LINKS = 50
"""Links of one member that hold at a time."""


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
    """A member's referral link. `expires_at` None = for ever.

    `name` empty and `campaign_id` None = their main one. `plan_id`: the plan they want it to sell,
    empty = what the company's links sell.
    """

    code: str
    url: str
    expires_at: datetime | None
    name: str = ""
    campaign_id: int | None = None
    plan_id: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which link is asked for; nothing = the main one."""

    name: str = ""
    campaign_id: int | None = None
    plan_id: str = ""


MAIN = Wanted()


@dataclass(frozen=True, slots=True)
class Target:
    """Whose link a code is. `page` is the company's; `purchase_url` empty = no checkout yet.

    `username` is the member's on Whop, whose affiliate link stands in where no checkout can be
    made. `visitor_key` is the company's, sealed; empty = it has none yet.
    """

    code: str
    company_id: str
    member_id: int
    expires_at: datetime | None
    page: str
    purchase_url: str = ""
    visitor_key: bytes = b""
    username: str = ""

    def is_open(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at

    @property
    def has_checkout(self) -> bool:
        return api.is_checkout(self.purchase_url)

    def way(self, reference: str) -> str:
        """Where a visitor goes: to the checkout that names the code, else to the company's page.

        Whop would drop a reference, but a page of the company's own may hand it to a checkout.
        Without a key there is no checkout, and Whop's own affiliate program is told instead.
        """
        if self.has_checkout:
            return self.purchase_url
        page = with_reference(self.page, reference)
        if self.username and not checkouts.can_ask() and api.is_checkout(self.page):
            page = with_words(page, {AFFILIATE_KEY: self.username})
        return page


def generate(company_id: str, member_id: int, now: datetime, wanted: Wanted = MAIN) -> Link:
    """The member's link of that name and campaign, made if there is none: twice gives the same.

    Takes the member's lock, so that two requests at once do not make two codes. Refuses
    `not_found`, `creator_earns_nothing`, `too_many_links` and `unknown_plan`.
    """
    if wanted.plan_id and checkouts.can_ask():
        _check_on_sale(company_id, wanted.plan_id)
    fresh = None
    while True:
        with transaction(MEMBER, company_id) as tx:
            _lock(tx, company_id, member_id)
            active = active_link(tx, company_id, member_id, now, wanted)
            if active is not None:
                return active
            if fresh is not None and _insert(tx, company_id, member_id, fresh, wanted, now):
                if checkouts.can_ask():
                    tx.send(checkouts.wanted(company_id, fresh))
                return Link(
                    fresh, url_of(fresh), None, wanted.name, wanted.campaign_id, wanted.plan_id
                )
            _check_room(tx, company_id, member_id, now, wanted)
        fresh = _unused_code()


def _lock(tx: Transaction, company_id: str, member_id: int) -> None:
    rows = tx.rows(
        f"SELECT {IS_CREATOR} FROM member m WHERE m.company_id = %s AND m.id = %s "  # noqa: S608
        "FOR NO KEY UPDATE",
        (company_id, member_id),
    )
    if not rows:
        raise Refusal("not_found", "There is no such member.", {"member": str(member_id)})
    if rows[0][0]:
        raise CreatorEarnsNothing


def _insert(  # noqa: PLR0913, PLR0917 - the columns of a code
    tx: Transaction, company_id: str, member_id: int, code: str, wanted: Wanted, now: datetime
) -> bool:
    return bool(
        tx.run(
            "INSERT INTO referral_code "
            "(company_id, code, member_id, created_at, name, campaign_id, plan_id) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (
                company_id,
                code,
                member_id,
                now,
                wanted.name,
                wanted.campaign_id,
                wanted.plan_id,
            ),
        )
    )


def _check_on_sale(company_id: str, plan_id: str) -> None:
    if all(one.id != plan_id for one in api.plans(company_id)):
        raise Refusal("unknown_plan", "Whop lists no such plan for sale.", {"chosen": plan_id})


def _check_room(
    tx: Transaction, company_id: str, member_id: int, now: datetime, wanted: Wanted
) -> None:
    """Refuse a campaign that is not theirs to use, and more links than anybody needs."""
    if wanted.campaign_id is not None and not tx.rows(
        "SELECT FROM campaign WHERE company_id = %s AND id = %s "
        "AND (member_id IS NULL OR member_id = %s)",
        (company_id, wanted.campaign_id, member_id),
    ):
        details = {"campaign_id": str(wanted.campaign_id)}
        raise Refusal("not_found", "There is no such campaign.", details)
    [(open_links,)] = tx.rows(
        "SELECT count(*) FROM referral_code WHERE company_id = %s AND member_id = %s "
        "AND (expires_at IS NULL OR expires_at > %s)",
        (company_id, member_id, now),
    )
    if open_links >= MOST_LINKS:
        words = f"You have {MOST_LINKS} links, which is as many as there can be."
        raise Refusal("too_many_links", words, {"most": MOST_LINKS})


def active_link(
    tx: Transaction, company_id: str, member_id: int, now: datetime, wanted: Wanted = MAIN
) -> Link | None:
    """The member's link of that name and campaign that holds, in one query; None without one.

    None for the company's creator too, who may have made one before they were it.
    """
    rows = tx.rows(
        "SELECT r.code, r.expires_at, r.name, r.campaign_id, r.plan_id "  # noqa: S608 - our own constant
        "FROM referral_code r "
        "JOIN member m ON m.company_id = r.company_id AND m.id = r.member_id "
        "WHERE r.company_id = %s AND r.member_id = %s "
        f"AND (r.expires_at IS NULL OR r.expires_at > %s) AND NOT {IS_CREATOR} "
        "AND r.name = %s AND r.campaign_id IS NOT DISTINCT FROM %s "
        "ORDER BY r.created_at, r.code LIMIT 1",
        (company_id, member_id, now, wanted.name, wanted.campaign_id),
    )
    return Link(rows[0][0], url_of(rows[0][0]), *rows[0][1:]) if rows else None


def find(code: str, *, timeout_ms: int = 2000) -> Target | None:
    """Whose code this is, in its canonical spelling, in one query; None for one that nobody has.

    Should two companies have come to the same code, the older one keeps it.
    """
    with transaction(WORKER, timeout_ms=timeout_ms) as tx:
        rows = tx.rows(
            "SELECT r.code, r.company_id, r.member_id, r.expires_at, c.page_url, "
            "coalesce(nullif(r.purchase_url, ''), r.former_url), c.visitor_key, m.username "
            "FROM referral_code r JOIN company c USING (company_id) "
            "JOIN member m ON m.company_id = r.company_id AND m.id = r.member_id "
            "WHERE r.code = %s ORDER BY r.created_at LIMIT 1",
            (code,),
        )
    if not rows:
        return None
    code, company_id, member_id, expires_at, page, purchase_url, key, username = rows[0]
    page = page or company_page(company_id)
    return Target(code, company_id, member_id, expires_at, page, purchase_url, bytes(key), username)


def new_token() -> str:
    """A word that names one click, whenever and however often it is stored."""
    return TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_CHARS)[:TOKEN_CHARS]


def record_click(  # noqa: PLR0913 - whose link, who, when, how
    target: Target,
    visitor: str,
    token: str,
    at: datetime,
    visit: Visit = UNKNOWN,
    *,
    timeout_ms: int = 2000,
) -> None:
    """Store a click and, once a visitor and local day, the fact quests count.

    Its token names the click: storing it again changes nothing. Where there is no checkout the
    token goes with the visitor and may name the click in a payment.
    """
    with transaction(MEMBER, target.company_id, timeout_ms=timeout_ms) as tx:
        day = load_charter(tx, target.company_id).zones.day(at)
        tx.run(
            "INSERT INTO click (company_id, token, code, member_id, visitor, at, device, country, "
            "  utm, to_checkout) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s) "
            "ON CONFLICT (company_id, token) DO NOTHING",
            (
                target.company_id,
                token,
                target.code,
                target.member_id,
                visitor,
                at,
                visit.device,
                visit.country,
                json.dumps(dict(visit.utm)),
                target.has_checkout,
            ),
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
    return with_words(page, {REF_KEY: reference})


def with_words(page: str, words: Mapping[str, str]) -> str:
    """The page's address with these words in its query; what else is there stays."""
    parts = urlsplit(page)
    query = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in words
    ]
    return urlunsplit(parts._replace(query=urlencode([*query, *words.items()])))


def _unused_code() -> str:
    """A random code that no company has."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARS))
        with transaction(WORKER) as tx:
            if not tx.rows("SELECT FROM referral_code WHERE code = %s LIMIT 1", (code,)):
                return code
