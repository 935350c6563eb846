"""Assigning quests: to a member who has none for today, in whatever part of a window.

The job at a day's start and a member's first appearance call the same function; a unique key
per (member, window, slot) makes a second call harmless.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from game.rules.achievements import locked_left
from game.rules.calendar_windows import Day
from game.rules.effects import QuestOffer
from game.rules.guilds import guild_at
from game.rules.quests import QuestWorld, offers
from game.rules.ruleset_parts import WindowKind
from game.services.ledger.posting import MemberKey
from game.services.members.store import MemberState
from game.services.notices.announcing import News
from game.services.platform import bulk
from game.services.rulesets.book import CompanyBook
from models.session import Transaction

WINDOWS: tuple[WindowKind, ...] = ("daily", "weekly", "monthly")


@dataclass(frozen=True, slots=True)
class Due:
    """A member who lacks the quests of `windows` on the local day `day`."""

    member: MemberState
    day: Day
    windows: tuple[WindowKind, ...]


def assign(
    tx: Transaction,
    books: Mapping[str, CompanyBook],
    members: Collection[MemberState],
    now: datetime,
) -> dict[MemberKey, News]:
    """Assign what is missing for today to these locked members; what to tell them of it.

    Moves `quests_through` in memory; whoever calls writes the members back. Members who have
    everything cost no query.
    """
    due = [found for member in members if (found := _due(books[member.company_id], member, now))]
    if not due:
        return {}
    recent = _companies_with_lessons(tx, books, due, now)
    unlocked = _unlocked(tx, due)
    rows = [
        _row(one.member, offer, now)
        for one in due
        for offer in offers(
            one.member.company_id,
            one.member.id,
            now,
            one.member.level_ever,
            _world(books[one.member.company_id], one.member, recent, unlocked, now),
            one.windows,
            books[one.member.company_id].rules,
            books[one.member.company_id].zones,
        )
    ]
    made = bulk.insert(
        tx,
        "quest",
        rows,
        key="company_id member_id time_window starts_at slot",
        returning="company_id, member_id, time_window, id",
    )
    for one in due:
        one.member.quests_through, one.member.quests_part = one.day
    return _news(made)


def _due(book: CompanyBook, member: MemberState, now: datetime) -> Due | None:
    today = book.zones.day(now)
    if member.quests_through is None:
        return Due(member, today, WINDOWS)
    through = Day(member.quests_through, member.quests_part)
    if through >= today:
        return None
    begun = tuple(name for name in WINDOWS if book.zones.window(name, now).first > through)
    return Due(member, today, begun)


def _world(
    book: CompanyBook,
    member: MemberState,
    recent: set[str],
    unlocked: Mapping[MemberKey, Collection[str]],
    now: datetime,
) -> QuestWorld:
    return QuestWorld(
        lessons_recent=member.company_id in recent,
        in_guild=bool(guild_at(member.history, now)),
        locked_achievements=locked_left(
            frozenset(unlocked.get(member.key, ())), book.rules.at(now)
        ),
    )


def _companies_with_lessons(
    tx: Transaction, books: Mapping[str, CompanyBook], due: Collection[Due], now: datetime
) -> set[str]:
    """Which of these companies had a lesson fact in the days the rules look back."""
    companies = sorted({one.member.company_id for one in due})
    since = [
        now - timedelta(days=books[company].rules.at(now).quests.lessons_recent_days)
        for company in companies
    ]
    rows = tx.rows(
        "SELECT k.company_id FROM unnest(%s::text[], %s::timestamptz[]) AS k (company_id, since) "
        "WHERE EXISTS (SELECT FROM lesson l "
        "  WHERE l.company_id = k.company_id AND l.at > k.since AND l.at <= %s)",
        (companies, since, now),
    )
    return {company for (company,) in rows}


def _unlocked(tx: Transaction, due: Collection[Due]) -> dict[MemberKey, list[str]]:
    """The keys of what these members have unlocked, also of badges that are no more."""
    rows = tx.rows(
        "SELECT company_id, member_id, array_agg(key) "
        "FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, member_id) "
        "JOIN achievement_unlock USING (company_id, member_id) GROUP BY 1, 2",
        bulk.pairs(one.member.key for one in due),
    )
    return {(company, member_id): keys for company, member_id, keys in rows}


def _row(member: MemberState, offer: QuestOffer, now: datetime) -> dict[str, Any]:
    return {
        "company_id": member.company_id,
        "member_id": member.id,
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
        "baseline": member.level_ever if offer.target_type == "level" else 0,
        "reward_xp": offer.reward_xp,
        "rule_version": offer.rule_version,
        "progress": 0,
        "state": "assigned",
        "assigned_at": now,
    }


def _news(made: Collection[tuple[Any, ...]]) -> dict[MemberKey, News]:
    ids: dict[tuple[MemberKey, str], list[str]] = defaultdict(list)
    for company, member_id, window, quest_id in made:
        ids[(company, member_id), window].append(str(quest_id))
    news: dict[MemberKey, News] = defaultdict(list)
    for (key, window), quest_ids in ids.items():
        news[key].append(("quest_available", {"quest_ids": quest_ids, "window": window}))
    return news
