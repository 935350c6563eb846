"""Signing in: from Whop's word about a user to a member of a company with a session.

The first call of a user makes the member, and the company where it is new. Roles follow Whop:
a customer is a member, anyone of the team a moderator, the account's owner the creator; a creator
may have made others creator, which stays until they leave the team.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import settings
from game.rules.refusals import Refusal
from game.services.members.joining import ensure_company, ensure_members
from game.services.members.owners import settle_owner
from game.services.members.sessions import Issued, Session, issue
from game.services.whop import api, tokens
from game.services.whop.api import Account, Level, WhopUser
from models.session import MEMBER, Transaction, transaction

_COMPANY = re.compile(r"biz_[A-Za-z0-9_]{1,64}")
_RESOURCE = re.compile(r"(exp|biz)_[A-Za-z0-9_]{1,64}")


@dataclass(frozen=True, slots=True)
class Entrant:
    """A user whom Whop lets in, with their public face and what Whop says they may do."""

    user_id: str
    face: WhopUser
    level: Level


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session. `company_title` is Whop's, empty where it does not say."""

    session: Session
    issued: Issued
    company_title: str


def sign_in(whop_token: str, resource_id: str, now: datetime) -> SignedIn:
    """Sign a Whop user in at an experience or a company.

    Raises a refusal: token_missing, token_invalid, no_access, banned, whop_unreachable.
    """
    user_id = tokens.verify(whop_token, now)
    if not _RESOURCE.fullmatch(resource_id):
        raise Refusal("no_access", "There is no such place.")
    level = api.access(user_id, resource_id)
    is_operator = user_id in settings.current().operators
    if level == "no_access" and not is_operator:
        raise Refusal("no_access", "Whop says that you have no access here.")
    account = _account_at(resource_id, level)
    company_id = account.company_id
    user = api.user(user_id)
    with transaction(MEMBER, company_id) as tx:
        ensure_company(tx, company_id, now)
        if level == "no_access":
            # An operator looks at a company from outside: no member, and no role in it.
            session = Session(company_id, 0, user_id, "admin", "", now)
        else:
            session = enter(tx, account, Entrant(user_id, user, level), now)
    return SignedIn(session, issue(session), account.title)


def _account_at(resource_id: str, level: Level) -> Account:
    """The company behind an experience or company id. Raises no_access if Whop knows none.

    Access is proof that a company exists; an operator without any has to name one Whop tells of.
    """
    company_id = resource_id
    if resource_id.startswith("exp_"):
        company_id = api.company_of_experience(resource_id)
    if not _COMPANY.fullmatch(company_id):
        raise Refusal("no_access", "There is no such place.")
    account = api.account(company_id)
    if level == "no_access" and resource_id == company_id and not account.title:
        raise Refusal("no_access", "There is no such place.")
    return account


def enter(tx: Transaction, account: Account, who: Entrant, now: datetime) -> Session:
    """Refresh the company, make or refresh the member; the session they may have. Raises banned."""
    company_id = account.company_id
    if who.level == "admin":
        # Of two of the team who come first at once only one becomes the creator. The company's
        # lock is taken before any member's, here as everywhere.
        tx.rows("SELECT FROM company WHERE company_id = %s FOR NO KEY UPDATE", (company_id,))
    _refresh_title(tx, account)
    owner = settle_owner(tx, account, who.user_id, who.level, now)
    names = {who.user_id: who.face.username}
    member_id = ensure_members(tx, company_id, names, now)[who.user_id]
    role = _settle_member(tx, company_id, member_id, who, owner)
    is_operator = who.user_id in settings.current().operators
    return Session(company_id, member_id, who.user_id, "admin" if is_operator else role, role, now)


def _refresh_title(tx: Transaction, account: Account) -> None:
    """Keep what Whop calls the company now; where it does not say, it stays as it was."""
    tx.run(
        "UPDATE company SET title = %(title)s "
        "WHERE company_id = %(company)s AND %(title)s NOT IN ('', title)",
        {"title": account.title, "company": account.company_id},
    )


def _settle_member(
    tx: Transaction, company_id: str, member_id: int, who: Entrant, owner: str
) -> str:
    """Follow Whop in role and picture; the role. Writes only what changed."""
    [(stored, avatar, banned_at)] = tx.rows(
        "SELECT role, avatar_url, banned_at FROM member WHERE company_id = %s AND id = %s",
        (company_id, member_id),
    )
    if banned_at is not None:
        raise Refusal("banned", "You are banned from this company's game.")
    role = _role(who, stored, owner)
    picture = who.face.avatar_url or avatar
    if (role, picture) != (stored, avatar):
        tx.run(
            "UPDATE member SET role = %s, avatar_url = %s WHERE company_id = %s AND id = %s",
            (role, picture, company_id, member_id),
        )
    return role


def _role(who: Entrant, stored: str, owner: str) -> str:
    if who.level != "admin":
        return "member"
    return "creator" if stored == "creator" or owner == who.user_id else "moderator"
