"""A company and its rules as members see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from game.rules.calendar_windows import DEFAULT_ZONE
from game.rules.refusals import Refusal
from game.rules.ruleset import RuleSet
from game.rules.ruleset_parts import Ability, CharacterClass
from game.services.rulesets.charter import load_charter
from game.services.rulesets.company_settings import NAME, PLAN, PRODUCT, read_settings
from game.services.rulesets.publishing import newest
from models.session import Transaction

HUNDREDTH = 100
"""Basis points in a percent."""
CENTS = 100
HOURS = 24


@dataclass(frozen=True, slots=True)
class CompanyView:
    """A company by name. A change of time zone holds from the next window of each kind.

    `name` is what its creator calls it, empty = as Whop does; `title` is what is shown. `plan_id`
    and `product_id` say what its links sell; both empty = its first plan.
    """

    id: str
    title: str
    time_zone: str
    name: str
    plan_id: str
    product_id: str


@dataclass(frozen=True, slots=True)
class AbilityView:
    """A class's extra XP, in basis points, and when it counts, in words."""

    name: str
    bonus_bp: int
    description: str


@dataclass(frozen=True, slots=True)
class ClassView:
    """What a class is worth; rates in basis points."""

    key: str
    title: str
    xp_bp: int
    commission_bp: int
    ability: AbilityView | None


@dataclass(frozen=True, slots=True)
class PrestigeView:
    """From which level of a run it may begin anew, how often, and what each adds, in bp."""

    from_level: int
    times: int
    bonus_bp: int


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version of the rules; `valid_from` None = from the very beginning."""

    version: int
    valid_from: datetime | None


@dataclass(frozen=True, slots=True)
class RulesView:
    """The part of the present rules that members choose by.

    `newest` and `document` are the newest version, whole; None for those who may not change it.
    """

    version: int
    class_change_days: int
    commission_rate_bp: int
    hold_days: int
    prestige: PrestigeView
    classes: list[ClassView]
    newest: VersionView | None
    document: dict[str, Any] | None


def read_company(tx: Transaction, company_id: str) -> CompanyView:
    """The company, in two queries. Raises the refusal `not_found`."""
    rows = tx.rows(
        "SELECT c.company_id, c.title, coalesce((SELECT f.value FROM company_fact f "
        "  WHERE f.company_id = c.company_id AND f.kind = 'time_zone' "
        "  ORDER BY f.at DESC, f.key DESC LIMIT 1), %s) FROM company c WHERE c.company_id = %s",
        (DEFAULT_ZONE, company_id),
    )
    if not rows:
        raise Refusal("not_found", "There is no such company.", {"company": company_id})
    found, title, zone = rows[0]
    chosen = read_settings(tx, company_id)
    name = chosen[NAME]
    return CompanyView(found, name or title, zone, name, chosen[PLAN], chosen[PRODUCT])


def read_rules(tx: Transaction, company_id: str, now: datetime, *, whole: bool) -> RulesView:
    """The rules that hold now, in three queries. The starting class cannot be chosen.

    `whole`: with the newest version's document, in one query more.
    """
    version, valid_from, document = newest(tx, company_id) if whole else (0, None, None)
    rules = load_charter(tx, company_id).rules.at(now)
    return RulesView(
        version=rules.version,
        class_change_days=rules.class_change_days,
        commission_rate_bp=rules.commission.rate_bp,
        hold_days=rules.commission.hold_days,
        prestige=PrestigeView(
            rules.prestige.from_level, rules.prestige.times, rules.prestige.bonus_bp
        ),
        classes=[
            _class_view(one, rules)
            for key, one in rules.classes.items()
            if key != rules.start_class
        ],
        newest=VersionView(version, valid_from) if whole else None,
        document=document,
    )


def _class_view(one: CharacterClass, rules: RuleSet) -> ClassView:
    ability = None
    if one.ability is not None:
        words = _describe(one.ability, rules)
        ability = AbilityView(one.ability.name, one.ability.bonus_bp, words)
    return ClassView(one.key, one.title, one.xp_bp, one.commission_bp, ability)


def _describe(ability: Ability, rules: RuleSet) -> str:
    more = f"{ability.bonus_bp // HUNDREDTH} % more XP"
    if ability.kind == "conversion":
        return f"{more} for every new referral."
    if ability.kind == "big_sale":
        return f"{more} for a payment of {ability.min_usd_cents // CENTS} US dollars or more."
    days = rules.rally.hours // HOURS
    return f"{more} for a new referral that is one of {rules.rally.conversions} within {days} days."
