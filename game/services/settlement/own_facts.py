"""What members did themselves, into the counts of their days."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from game.rules.facts import Lesson
from game.services.inbox.turns import OwnFact
from game.services.ledger.posting import Posting
from game.services.referrals.code_match import canonical_sql
from game.services.rulesets.charter import Charter
from game.services.settlement.cases import BuyerKey
from game.services.settlement.fact_store import FactChange, LessonChange
from models.session import Transaction, pairs

COUNTED = {"visit": "visits", "click": "clicks", "message": "messages"}
"""Kinds of facts that add one to a count of their day."""

CHANGING = ("class", "prestige", "ban")
"""Kinds that change what later payments are worth."""


def count_facts(
    posting: Posting, charters: Mapping[str, Charter], facts: Collection[OwnFact]
) -> None:
    """Add visits, clicks and messages to their days. Each comes here once: it is marked settled."""
    for fact in facts:
        what = COUNTED.get(fact.kind)
        if what is None:
            continue
        change = posting.changes[fact.company_id, fact.member_id]
        change.count(charters[fact.company_id].zones.stretch(fact.at), what, 1)
        if what == "clicks":
            change.clicks += 1
            posting.bring((fact.company_id, fact.member_id), fact.at, "week_clicks", 1)


def buyers_after(tx: Transaction, facts: Collection[OwnFact]) -> set[BuyerKey]:
    """Buyers whose payments these facts make worth something else than was posted."""
    return _paid_since_a_change(tx, facts) | _named_an_owner(tx, facts)


def _paid_since_a_change(tx: Transaction, facts: Collection[OwnFact]) -> set[BuyerKey]:
    """Buyers with a payment to these members at or after a change that was settled before it.

    A change holds from the second it was recorded, and a payment of that second may have been
    faster.
    """
    changes = _changes(facts)
    if not changes:
        return set()
    rows = tx.rows(
        "SELECT DISTINCT e.company_id, e.buyer_id "
        "FROM unnest(%s::text[], %s::bigint[], %s::timestamptz[]) AS k (company_id, member_id, at) "
        "JOIN payment_effect e USING (company_id, member_id) WHERE e.at >= k.at",
        changes,
    )
    return {(company, buyer) for company, buyer in rows}


def _named_an_owner(tx: Transaction, facts: Collection[OwnFact]) -> set[BuyerKey]:
    """Buyers who came by a link of a member who became the company's owner, or was it.

    Rare, so it may read all payments of the company: no index leads from a link to its buyers.
    """
    keys = {(fact.company_id, fact.member_id) for fact in facts if fact.kind == "owner"}
    if not keys:
        return set()
    rows = tx.rows(
        "WITH link AS (SELECT c.company_id, word "  # noqa: S608 - our own names
        "  FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, member_id) "
        "  CROSS JOIN LATERAL (SELECT company_id, code AS word FROM referral_code r "
        "    WHERE r.company_id = k.company_id AND r.member_id = k.member_id "
        "    UNION ALL SELECT company_id, token FROM click l "
        "    WHERE l.company_id = k.company_id AND l.member_id = k.member_id) c) "
        "SELECT DISTINCT p.company_id, p.buyer_id FROM payment p "
        "LEFT JOIN membership m USING (company_id, membership_id) "
        "WHERE p.company_id = ANY(%s) AND p.buyer_id <> '' AND EXISTS (SELECT FROM link "
        "  WHERE link.company_id = p.company_id "
        f"  AND word IN (p.ref, {canonical_sql('p.ref')}, m.ref, {canonical_sql('m.ref')}))",
        (*pairs(keys), sorted({company for company, _ in keys})),
    )
    return {(company, buyer) for company, buyer in rows}


def lessons_after(tx: Transaction, facts: Collection[OwnFact]) -> list[LessonChange]:
    """Lessons of these members at or after a change that were settled before it.

    They stay where they are; their days are valued anew.
    """
    changes = _changes(facts)
    if not changes:
        return []
    rows = tx.rows(
        "SELECT DISTINCT l.company_id, l.lesson_id, l.user_id, l.at "
        "FROM unnest(%s::text[], %s::bigint[], %s::timestamptz[]) AS k (company_id, id, since) "
        "JOIN member m USING (company_id, id) "
        "JOIN lesson l ON l.company_id = m.company_id AND l.user_id = m.whop_user_id "
        "WHERE l.at >= k.since",
        changes,
    )
    lessons = [(company, Lesson(lesson, user, "", at)) for company, lesson, user, at in rows]
    return [FactChange(company, lesson, lesson) for company, lesson in lessons]


def _changes(
    facts: Collection[OwnFact],
) -> tuple[list[str], list[int], list[datetime]] | None:
    """Who changed, and since when: companies, members, moments. None where nobody did."""
    found = [fact for fact in facts if fact.kind in CHANGING]
    if not found:
        return None
    companies, members = pairs((fact.company_id, fact.member_id) for fact in found)
    return companies, members, [fact.at for fact in found]
