"""Guild quests dealt: one a guild and week, made from who was in the guild at the week's start.

All of it follows from facts, so a quest dealt late is the one that would have been dealt in time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from game.rules.calendar_windows import Window
from game.rules.guilds import quest_of_week, quest_target
from game.rules.quests import closes_at
from game.rules.ruleset import RuleSet
from game.services.guilds import entries
from game.services.guilds.held import hold
from game.services.platform import bulk
from game.services.rulesets.charter import Charter, load_charters
from models.base import Json
from models.session import WORKER, Transaction, transaction

COMPANIES_A_STEP = 50
SETTLED_AFTER = timedelta(seconds=2)
"""Who joins in a week's first second is in the guild from its start on: wait until it is over."""
WEEK_BEFORE = timedelta(microseconds=1)

# Who was in which guild at a moment, by their own facts.
SIZES = """
SELECT held.guild_id, count(*) FROM (
  SELECT DISTINCT ON (member_id) nullif(value, '')::bigint AS guild_id FROM member_fact
  WHERE company_id = %(company)s AND kind = 'guild' AND at <= %(at)s
  ORDER BY member_id, at DESC, id DESC) AS held
WHERE held.guild_id IS NOT NULL GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Dealt:
    """A quest as it must be: everything in it follows from the guild and its week."""

    guild_id: int
    template: str
    window: Window
    closes_at: datetime
    members: int
    target: int
    reward_xp: int
    rule_version: int


def deal_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Deal the quests of the weeks that still count, to guilds that have none yet.

    Goes through companies in order. A repeated step deals nothing twice; a missed week is made up
    for as long as its facts count.
    """
    with transaction(WORKER) as tx:
        companies = [
            company
            for (company,) in tx.rows(
                "SELECT DISTINCT company_id FROM guild "
                "WHERE disbanded_at IS NULL AND company_id > %s ORDER BY 1 LIMIT %s",
                (str(progress.get("company", "")), COMPANIES_A_STEP),
            )
        ]
        if not companies:
            return None
        for charter in load_charters(tx, companies).values():
            deal(tx, charter, now)
    return {"company": companies[-1]}


def deal(tx: Transaction, charter: Charter, now: datetime) -> int:
    """Deal what one company's guilds lack now; how many quests."""
    made = 0
    for window in open_weeks(charter, now):
        known = _known(tx, charter.company_id, window.starts_at)
        due = [
            quest
            for quest in quests_of(tx, charter, window)
            if quest.guild_id in known and not known[quest.guild_id]
        ]
        for quest in due:
            made += _write(tx, charter, quest, now)
    return made


def open_weeks(charter: Charter, now: datetime) -> list[Window]:
    """The week that runs, and the one before as long as its late facts count."""
    this = charter.zones.window("weekly", now)
    before = charter.zones.window("weekly", this.starts_at - WEEK_BEFORE)
    weeks = [before, this] if closes_at(before.ends_at, _rules(charter, before)) > now else [this]
    return [week for week in weeks if week.starts_at + SETTLED_AFTER <= now]


def quests_of(tx: Transaction, charter: Charter, window: Window) -> list[Dealt]:
    """The quests of a week for all guilds large enough at its start, in one query."""
    rules = _rules(charter, window)
    rows = tx.rows(SIZES, {"company": charter.company_id, "at": window.starts_at})
    return [
        quest_for(charter, guild_id, members, window)
        for guild_id, members in sorted(rows)
        if members >= rules.guilds.quest_min_members
    ]


def quest_for(charter: Charter, guild_id: int, members: int, window: Window) -> Dealt:
    """The quest of a guild of so many members at a week's start."""
    rules = _rules(charter, window)
    template = quest_of_week(charter.company_id, guild_id, window.starts_at)
    return Dealt(
        guild_id=guild_id,
        template=template,
        window=window,
        closes_at=closes_at(window.ends_at, rules),
        members=members,
        target=quest_target(template, members, rules.guilds),
        reward_xp=rules.guilds.quest_reward_xp,
        rule_version=rules.version,
    )


def _known(tx: Transaction, company_id: str, starts_at: datetime) -> Mapping[int, bool]:
    """The company's guilds, and whether each has its quest of this week."""
    return dict(
        tx.rows(
            "SELECT g.id, q.id IS NOT NULL FROM guild g LEFT JOIN guild_quest q "
            "  ON q.company_id = g.company_id AND q.guild_id = g.id AND q.starts_at = %s "
            "WHERE g.company_id = %s AND g.disbanded_at IS NULL",
            (starts_at, company_id),
        )
    )


def _write(tx: Transaction, charter: Charter, quest: Dealt, now: datetime) -> int:
    guild = hold(tx, charter.company_id, quest.guild_id, only=0)
    made: Sequence[Any] = bulk.insert(
        tx,
        "guild_quest",
        [
            {
                "company_id": charter.company_id,
                "guild_id": quest.guild_id,
                "template": quest.template,
                "starts_at": quest.window.starts_at,
                "ends_at": quest.window.ends_at,
                "closes_at": quest.closes_at,
                "members": quest.members,
                "target": quest.target,
                "reward_xp": quest.reward_xp,
                "rule_version": quest.rule_version,
                "dealt_at": now,
                "told": 0,
                "is_open": True,
            }
        ],
        key="company_id guild_id starts_at",
        returning="id",
    )
    if made:
        entries.note(tx, guild, "dealt", now, about=quest.template, target=quest.target)
    return len(made)


def _rules(charter: Charter, window: Window) -> RuleSet:
    return charter.rules.at(window.starts_at)
