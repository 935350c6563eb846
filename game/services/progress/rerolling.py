"""Another daily quest in the place of one that was not begun, once a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from game.rules.achievements import locked_left
from game.rules.calendar_windows import Window
from game.rules.guilds import guild_at
from game.rules.member_progress import given
from game.rules.quests import QuestWorld, next_candidate, offer_of
from game.rules.refusals import Refusal
from game.services.ledger.posting import Posting
from game.services.members.store import MemberState
from game.services.progress.acts import add_fact, locked
from game.services.progress.advancing import advance
from game.services.quests.assignment import load_unlocked, store_given
from game.services.rulesets.charter import Charter, load_charter
from models.session import MEMBER, Transaction, transaction

AGAIN = ":2"
"""Marks the slot of a quest that was put in the place of another: both stay on record."""


def reroll(company_id: str, member_id: int, quest_id: int, now: datetime) -> int:
    """Replace a daily quest without progress by the next of its slot; the new one's number.

    Refuses `not_found`, `quest_not_rerollable` (not a daily one of now, or begun), `reroll_used`
    (details: `available_at`) and `no_other_quest`.
    """
    with transaction(MEMBER, company_id) as tx:
        charter = load_charter(tx, company_id)
        member = locked(tx, company_id, member_id)
        row = _lock_quest(tx, member, quest_id)
        today = charter.zones.window("daily", now)
        if (
            row["time_window"] != "daily"
            or row["state"] != "assigned"
            or row["progress"] > 0
            or not row["starts_at"] <= now < row["ends_at"]
        ):
            raise Refusal("quest_not_rerollable", "Only a daily quest of today, not begun.")
        day = str(charter.zones.day(now))
        if not add_fact(tx, member, "reroll", day, str(quest_id), now, settled=True):
            details = {"available_at": today.ends_at.isoformat()}
            raise Refusal("reroll_used", "You have swapped a quest today.", details)
        number = _replace(tx, charter, member, row, now)
        posting = Posting(now)
        posting.changes[member.key].tell("quest_available", quest_ids=[str(number)], window="daily")
        advance(tx, posting, {company_id: charter}, {member.key: member})
    return number


def _lock_quest(tx: Transaction, member: MemberState, quest_id: int) -> dict[str, Any]:
    columns = (
        "id", "template", "time_window", "slot", "state", "progress", "starts_at", "ends_at",
        "first_day", "last_day",
    )  # fmt: skip
    rows = tx.rows(
        f"SELECT {', '.join(columns)} FROM quest "  # noqa: S608 - our own names
        "WHERE company_id = %s AND member_id = %s AND id = %s FOR NO KEY UPDATE",
        (*member.key, quest_id),
    )
    if not rows:
        raise Refusal("not_found", "There is no such quest.", {"quest_id": str(quest_id)})
    return dict(zip(columns, rows[0], strict=True))


def _replace(
    tx: Transaction, charter: Charter, member: MemberState, row: dict[str, Any], now: datetime
) -> int:
    """Close the old quest and give the new one, of the same window; its number."""
    window = Window(
        "daily",
        row["starts_at"],
        row["ends_at"],
        charter.zones.day(row["starts_at"]),
        row["last_day"],
    )
    rules = charter.rules.at(window.starts_at)
    unlocked = load_unlocked(tx, [member.key])[member.key]
    world = QuestWorld(
        lessons_recent=_had_lessons(tx, charter, now),
        in_guild=bool(guild_at(member.history, now)),
        locked_achievements=locked_left(unlocked, charter.rules.at(now)),
    )
    found = next_candidate("daily", row["slot"], row["template"], member.level_ever, world, rules)
    if found is None:
        raise Refusal("no_other_quest", "There is no other quest for this place today.")
    offer = offer_of(found, row["slot"] + AGAIN, window, member.level_ever, rules)
    tx.run(
        "UPDATE quest SET state = 'replaced', closed_at = %s WHERE company_id = %s AND id = %s",
        (now, member.company_id, row["id"]),
    )
    numbers = store_given(tx, {member.key: [given(offer, member.level_ever)]}, now)
    [number] = numbers[member.key].values()
    return number


def _had_lessons(tx: Transaction, charter: Charter, now: datetime) -> bool:
    since = now - timedelta(days=charter.rules.at(now).quests.lessons_recent_days)
    rows = tx.rows(
        "SELECT EXISTS (SELECT FROM lesson WHERE company_id = %s AND at > %s AND at <= %s)",
        (charter.company_id, since, now),
    )
    return bool(rows[0][0])
