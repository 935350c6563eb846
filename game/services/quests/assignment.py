"""Quests given to members, loaded and stored: for today, in whatever part of a window.

The job at a day's start and a member's first appearance draw and store alike; a unique key per
(member, window, slot) makes a second call harmless.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from game.rules.calendar_windows import Day
from game.rules.creations import SpecialQuest, SpecialWindow, open_quests
from game.rules.effects import NoticeDrafts
from game.rules.guilds import guild_at
from game.rules.member_progress import Given, Numbers, OpenQuest, drafts_of, give
from game.rules.metrics import QUEST_METRICS
from game.rules.quests import NEVER, Due, lacking
from game.rules.requirements import as_document, read_requirement
from game.services.ledger.posting import MemberKey
from game.services.members.store import MemberState
from game.services.platform import bulk
from game.services.rulesets.charter import Charter
from models.session import Transaction

OPEN = (
    "SELECT q.company_id, q.member_id, "  # noqa: S608 - our own names
    f"{', '.join(f'q.{field.name}' for field in fields(OpenQuest))} "
    "FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, member_id) "
    "JOIN quest q USING (company_id, member_id) "
    # What the closing grants counts as of the window's last second, so claims are still counted.
    "WHERE q.state = 'assigned' AND q.closed_at IS NULL "
    "  AND (q.closes_at IS NULL OR q.closes_at > %s OR q.target_type = 'quests') "
    "ORDER BY q.id"
)


def assign(
    tx: Transaction,
    charters: Mapping[str, Charter],
    members: Mapping[MemberKey, MemberState],
    now: datetime,
) -> dict[MemberKey, NoticeDrafts]:
    """Assign what is missing for today to these locked members; what to tell them of it.

    Moves `quests_through` in memory; whoever calls writes the members back.
    """
    due = load_due(tx, charters, members.values(), now)
    if not due:
        return {}
    unlocked = load_unlocked(tx, due)
    given = {}
    for key, its in due.items():
        charter, member = charters[key[0]], members[key]
        given[key] = give(
            key, member.level_ever, unlocked[key], its, charter.rules, charter.zones, now
        )
        member.quests_through, member.quests_part = its.day
    numbers = store_given(tx, given, now)
    return {key: drafts_of(its, numbers[key]) for key, its in given.items()}


def load_due(
    tx: Transaction,
    charters: Mapping[str, Charter],
    members: Collection[MemberState],
    now: datetime,
) -> dict[MemberKey, Due]:
    """Who of these lacks quests of today, and which; no query where nobody does."""
    due = {
        member.key: lacks
        for member in members
        for through in (Day(member.quests_through or NEVER, member.quests_part),)
        if (lacks := lacking(through, charters[member.company_id].zones, now))
    }
    if not due:
        return {}
    recent = _companies_with_lessons(tx, charters, due, now)
    inside = {member.key for member in members if guild_at(member.history, now)}
    return {
        key: replace(its, lessons_recent=key[0] in recent, in_guild=key in inside)
        for key, its in due.items()
    }


def load_offered(
    tx: Transaction,
    charters: Mapping[str, Charter],
    members: Collection[MemberKey],
    now: datetime,
) -> dict[MemberKey, list[tuple[SpecialQuest, SpecialWindow]]]:
    """The open quests of creators that these members were not given yet, whoever they are for.

    In one query, and none where no company has any.
    """
    offered = {
        company: found
        for company in {company for company, _ in members}
        if (found := open_quests(charters[company].rules.catalogue, now, charters[company].zones))
    }
    asked = [key for key in members if key[0] in offered]
    if not asked:
        return {}
    given = set(
        tx.rows(
            "SELECT q.company_id, q.member_id, q.slot, q.starts_at "
            "FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, member_id) "
            "JOIN quest q USING (company_id, member_id) "
            "WHERE q.time_window = 'special' AND q.ends_at > %s",
            (*bulk.pairs(asked), now),
        )
    )
    return {
        key: [
            (quest, window)
            for quest, window in offered[key[0]]
            if (*key, quest.key, window.starts_at) not in given
        ]
        for key in asked
    }


def load_unlocked(
    tx: Transaction, members: Collection[MemberKey]
) -> Mapping[MemberKey, frozenset[str]]:
    """The keys of what these members have unlocked, also of badges that are no more."""
    rows = tx.rows(
        "SELECT company_id, member_id, array_agg(key) "
        "FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, member_id) "
        "JOIN achievement_unlock USING (company_id, member_id) GROUP BY 1, 2",
        bulk.pairs(members),
    )
    found = {(company, member_id): frozenset(keys) for company, member_id, keys in rows}
    return defaultdict(frozenset, found)


def load_open(
    tx: Transaction, members: Collection[MemberKey], now: datetime
) -> Mapping[MemberKey, list[OpenQuest]]:
    """The open quests of these members, in one query.

    From the moment its window closes a quest does not move, whenever the closing job comes.
    """
    found: dict[MemberKey, list[OpenQuest]] = defaultdict(list)
    if members:
        for row in tx.rows(OPEN, (*bulk.pairs(members), now)):
            quest = OpenQuest(*row[2:])
            if quest.terms is not None:
                quest = replace(quest, terms=read_requirement(quest.terms, QUEST_METRICS))
            found[row[0], row[1]].append(quest)
    return found


def store_given(
    tx: Transaction, given: Mapping[MemberKey, Iterable[Given]], now: datetime
) -> Mapping[MemberKey, Numbers]:
    """Store quests given just now; the numbers of those that were not there yet."""
    made = bulk.insert(
        tx,
        "quest",
        [_row(key, one, now) for key, its in given.items() for one in its],
        key="company_id member_id time_window starts_at slot",
        returning="company_id, member_id, time_window, slot, id",
    )
    numbers: dict[MemberKey, dict[tuple[str, str], int]] = defaultdict(dict)
    for company, member_id, window, slot, number in made:
        numbers[company, member_id][window, slot] = number
    return numbers


def store_moved(tx: Transaction, moved: Iterable[tuple[str, OpenQuest]], now: datetime) -> None:
    """Write (company id, quest) of those that moved, in one statement."""
    rows = [
        {
            "company_id": company,
            "id": quest.id,
            "progress": quest.progress,
            "state": "completed" if quest.is_complete else "assigned",
            "completed_at": now if quest.is_complete else None,
        }
        for company, quest in moved
    ]
    bulk.update(tx, "quest", rows, key="company_id id", columns="progress state completed_at")


def _companies_with_lessons(
    tx: Transaction, charters: Mapping[str, Charter], due: Collection[MemberKey], now: datetime
) -> set[str]:
    """Which companies of these members had a lesson fact in the days the rules look back."""
    companies = sorted({company for company, _ in due})
    since = [
        now - timedelta(days=charters[company].rules.at(now).quests.lessons_recent_days)
        for company in companies
    ]
    rows = tx.rows(
        "SELECT k.company_id FROM unnest(%s::text[], %s::timestamptz[]) AS k (company_id, since) "
        "WHERE EXISTS (SELECT FROM lesson l "
        "  WHERE l.company_id = k.company_id AND l.at > k.since AND l.at <= %s)",
        (companies, since, now),
    )
    return {company for (company,) in rows}


def _row(whose: MemberKey, given: Given, now: datetime) -> dict[str, Any]:
    offer, quest = given
    return {
        "company_id": whose[0],
        "member_id": whose[1],
        "template": offer.template,
        "time_window": offer.window,
        "slot": offer.slot,
        "starts_at": offer.starts_at,
        "ends_at": offer.ends_at,
        "closes_at": offer.closes_at,
        "first_day": offer.first_day,
        "last_day": offer.last_day,
        "target_type": offer.target_type,
        "target": offer.target,
        "baseline": quest.baseline,
        "reward_xp": offer.reward_xp,
        "rule_version": offer.rule_version,
        "progress": quest.progress,
        "state": "completed" if quest.is_complete else "assigned",
        "assigned_at": now,
        "entry": offer.entry,
        "terms": None if offer.terms is None else as_document(offer.terms),
        "completed_at": now if quest.is_complete else None,
    }
