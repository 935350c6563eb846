"""A company's charter: what it plays by, with its history (rule versions, time zones, owner)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from game.rules.calendar_windows import Zones
from game.rules.ruleset import Rules, RuleSet, read_rules
from game.services.rulesets.catalogue import load_catalogues
from models.session import Transaction


@dataclass(frozen=True, slots=True)
class Charter:
    """One company's versions of rules and time zones. `owner_id` is empty while unknown.

    `has_credits`: its creator has tied a promo code or decided on a buyer, at any time.
    """

    company_id: str
    owner_id: str
    rules: Rules
    zones: Zones
    has_credits: bool = False


WRITTEN = """
SELECT 'owner', company_id, 0, catalogue_at AS at, owner_user_id
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


def load_charters(tx: Transaction, company_ids: Iterable[str]) -> dict[str, Charter]:
    """The charters of these companies; an unknown company plays by the default.

    In one query, and a second where a creator changed something since this process last looked.
    """
    wanted = sorted(company_ids)
    owners: dict[str, str] = {}
    changed: dict[str, datetime | None] = dict.fromkeys(wanted)
    versions: dict[str, list[tuple[datetime, RuleSet]]] = {}
    zones: dict[str, list[tuple[datetime, str]]] = {}
    with_credits: set[str] = set()
    for what, company, version, at, value in tx.rows(WRITTEN, {"companies": wanted}):
        if what == "owner":
            owners[company], changed[company] = value, at
        elif what == "zone":
            zones.setdefault(company, []).append((at, value))
        elif what == "credits":
            with_credits.add(company)
        else:
            versions.setdefault(company, []).append((at, _parsed(company, version, value)))
    catalogues = load_catalogues(tx, changed)
    return {
        company: Charter(
            company_id=company,
            owner_id=owners.get(company, ""),
            rules=Rules(versions.get(company, ()), catalogues[company]),
            zones=_zones(tuple(zones.get(company, ()))),
            has_credits=company in with_credits,
        )
        for company in wanted
    }


def load_charter(tx: Transaction, company_id: str) -> Charter:
    """The charter of one company."""
    return load_charters(tx, [company_id])[company_id]


@lru_cache(maxsize=1024)
def _parsed(company_id: str, version: int, document: str) -> RuleSet:  # noqa: ARG001 - cache key
    """Parse a published document once a process; a published version never changes."""
    return read_rules(json.loads(document))


@lru_cache(maxsize=1024)
def _zones(changes: tuple[tuple[datetime, str], ...]) -> Zones:
    """One calendar a history, so that the days it worked out are kept between batches."""
    return Zones(changes)
