"""A creator changes the company's settings: each change is a new version with who made it.

A time zone holds from the next window of each kind, as `game.rules.calendar_windows` says, so
nothing that is in the books moves with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from game.rules.refusals import Refusal
from game.services.platform.audit import Hand, note
from game.services.referrals import checkouts
from game.services.rulesets import company_settings
from game.services.rulesets.reads import CompanyView, read_company
from game.services.whop import api
from models.session import WORKER, Transaction, transaction

CHANGES_A_DAY = 10
"""Of the time zone: each lengthens an open window, and nobody moves house more often."""
LINKS_SELL = {"plan_id": company_settings.PLAN, "product_id": company_settings.PRODUCT}


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody of the team shall be."""

    user_id: str
    role: str


def change(hand: Hand, wanted: Mapping[str, Any], now: datetime) -> CompanyView:
    """Change what `wanted` names of: name, time_zone, plan_id, product_id, roles. Twice is once.

    Refuses `unknown_plan`, `too_many_changes`, `not_found`, `not_of_the_team`,
    `owner_stays_creator`; then nothing is changed.
    """
    _check_on_sale(hand.company_id, wanted)
    with transaction(WORKER, hand.company_id) as tx:
        # The company's lock comes before any member's, as at sign-in.
        tx.rows("SELECT FROM company WHERE company_id = %s FOR NO KEY UPDATE", (hand.company_id,))
        if "name" in wanted:
            _set(tx, hand, company_settings.NAME, wanted["name"].strip(), now)
        if "time_zone" in wanted:
            _move(tx, hand, wanted["time_zone"], now)
        _sell(tx, hand, wanted, now)
        for one in wanted.get("roles", ()):
            _give_role(tx, hand, Role(one["user_id"], one["role"]), now)
        return read_company(tx, hand.company_id)


@cache
def time_zones() -> frozenset[str]:
    """The names a company may choose from."""
    return frozenset(available_timezones() - {"localtime", "posixrules", "Factory"})


def _check_on_sale(company_id: str, wanted: Mapping[str, Any]) -> None:
    """Refuse a plan or product that Whop does not list; without a key nobody can tell."""
    asked = [(name, wanted[name]) for name in LINKS_SELL if wanted.get(name)]
    if not asked or not checkouts.can_ask():
        return
    listed = api.plans(company_id)
    for name, chosen in asked:
        known = {one.id if name == "plan_id" else one.product_id for one in listed}
        if chosen not in known:
            raise UnknownPlan(chosen)


class UnknownPlan(Refusal):
    """Whop lists no such plan or product of this company that customers see."""

    def __init__(self, chosen: str) -> None:
        super().__init__(
            "unknown_plan", "Whop lists no such plan or product for sale.", {"chosen": chosen}
        )


def _set(tx: Transaction, hand: Hand, key: str, value: Any, now: datetime) -> bool:
    if not company_settings.write_setting(tx, hand.company_id, key, value, hand.user_id, now):
        return False
    note(tx, hand, "company.set", key, {"value": value}, now)
    return True


def _sell(tx: Transaction, hand: Hand, wanted: Mapping[str, Any], now: datetime) -> None:
    """Let the company's links sell something else; their checkouts follow one by one."""
    named = {name: wanted[name] or "" for name in LINKS_SELL if name in wanted}
    if named.get("plan_id"):
        named["product_id"] = ""
    elif named.get("product_id"):
        named["plan_id"] = ""
    changed = [_set(tx, hand, LINKS_SELL[name], value, now) for name, value in named.items()]
    if any(changed):
        checkouts.renew(tx, hand.company_id, now)


def _move(tx: Transaction, hand: Hand, zone: str, now: datetime) -> None:
    """Let the days begin by another zone, from the next window on."""
    made = tx.rows(
        "SELECT at, value FROM company_fact WHERE company_id = %s AND kind = 'time_zone' "
        "ORDER BY at DESC LIMIT %s",
        (hand.company_id, CHANGES_A_DAY),
    )
    if read_company(tx, hand.company_id).time_zone == zone:
        return
    if len(made) == CHANGES_A_DAY and (now - made[-1][0]).days < 1:
        words = f"The time zone can be changed {CHANGES_A_DAY} times a day."
        raise Refusal("too_many_changes", words)
    tx.run(
        "INSERT INTO company_fact (company_id, kind, key, at, value, actor_user_id) "
        "VALUES (%s, 'time_zone', %s, %s, %s, %s)",
        (hand.company_id, now.isoformat(), now, zone, hand.user_id),
    )
    note(tx, hand, "company.time_zone", zone, {"before": made[0][1] if made else "UTC"}, now)


def _give_role(tx: Transaction, hand: Hand, wanted: Role, now: datetime) -> None:
    """Make somebody of the team creator or moderator; their sessions begin anew with it."""
    rows = tx.rows(
        "SELECT m.id, m.role, c.owner_user_id FROM member m JOIN company c USING (company_id) "
        "WHERE m.company_id = %s AND m.whop_user_id = %s FOR NO KEY UPDATE OF m",
        (hand.company_id, wanted.user_id),
    )
    if not rows:
        raise Refusal("not_found", "There is no such member.", {"user_id": wanted.user_id})
    member_id, role, owner = rows[0]
    if role == wanted.role:
        return
    if role == "member":
        words = "Whop does not count them to the team: add them there first."
        raise Refusal("not_of_the_team", words, {"user_id": wanted.user_id})
    if wanted.user_id == owner:
        words = "The account's owner stays its creator."
        raise Refusal("owner_stays_creator", words, {"user_id": wanted.user_id})
    tx.run(
        "UPDATE member SET role = %s, sessions_valid_from = %s WHERE company_id = %s AND id = %s",
        (wanted.role, now, hand.company_id, member_id),
    )
    note(tx, hand, "company.role", wanted.user_id, {"before": role, "role": wanted.role}, now)
