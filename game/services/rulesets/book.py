"""What a company's rules need to know about the company itself: rules, time zones, owner."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from game.rules.calendar_windows import Zones
from game.rules.ruleset import Rules, RuleSet, read_rules
from models.session import Transaction


@dataclass(frozen=True, slots=True)
class CompanyBook:
    """One company's versions of rules and time zones. `owner_id` is empty while unknown.

    `has_credits`: its creator has tied a promo code or decided on a buyer, at any time.
    """

    company_id: str
    owner_id: str
    rules: Rules
    zones: Zones
    has_credits: bool = False


WRITTEN = """
SELECT 'owner', company_id, 0, NULL::timestamptz AS at, owner_user_id
FROM company WHERE company_id = ANY(%(companies)s)
UNION ALL
SELECT 'rules', company_id, version, valid_from, document::text
FROM rule_set WHERE company_id = ANY(%(companies)s)
UNION ALL
SELECT 'zone', company_id, 0, at, value
FROM company_fact WHERE company_id = ANY(%(companies)s) AND kind = 'time_zone'
UNION ALL
SELECT 'credits', company_id, 0, NULL, ''
FROM unnest(%(companies)s::text[]) AS c (company_id) WHERE EXISTS (SELECT FROM company_fact f
    WHERE f.company_id = c.company_id AND f.kind IN ('promo_tie', 'credit'))
ORDER BY 3, 4
"""


def load_books(tx: Transaction, company_ids: Iterable[str]) -> dict[str, CompanyBook]:
    """The books of these companies, in one query; an unknown company plays by the default."""
    wanted = sorted(company_ids)
    owners: dict[str, str] = {}
    versions: dict[str, list[tuple[datetime, RuleSet]]] = {}
    zones: dict[str, list[tuple[datetime, str]]] = {}
    with_credits: set[str] = set()
    for what, company, version, at, value in tx.rows(WRITTEN, {"companies": wanted}):
        if what == "owner":
            owners[company] = value
        elif what == "zone":
            zones.setdefault(company, []).append((at, value))
        elif what == "credits":
            with_credits.add(company)
        else:
            versions.setdefault(company, []).append((at, _parsed(company, version, value)))
    return {
        company: CompanyBook(
            company_id=company,
            owner_id=owners.get(company, ""),
            rules=Rules(versions.get(company, ())),
            zones=_zones(tuple(zones.get(company, ()))),
            has_credits=company in with_credits,
        )
        for company in wanted
    }


def load_book(tx: Transaction, company_id: str) -> CompanyBook:
    """The book of one company."""
    return load_books(tx, [company_id])[company_id]


@lru_cache(maxsize=1024)
def _parsed(company_id: str, version: int, document: str) -> RuleSet:  # noqa: ARG001 - cache key
    """Parse a published document once a process; a published version never changes."""
    return read_rules(json.loads(document))


@lru_cache(maxsize=1024)
def _zones(changes: tuple[tuple[datetime, str], ...]) -> Zones:
    """One calendar a history, so that the days it worked out are kept between batches."""
    return Zones(changes)
