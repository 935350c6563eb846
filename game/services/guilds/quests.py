"""How far guild quests are: told while they move, completed once, closed, and shown.

Progress is the sum of what members did in the week for the guild they were in then
(`guild_week`). Who looks holds the guild's row, so that a quest is completed once; the rewards
follow under the locks of the members who get them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import structlog

from game.rules.guilds import COUNTED, TOLD_STEPS, is_news
from game.rules.multipliers import multiplied, multiplier_at
from game.rules.refusals import Refusal
from game.services.guilds import entries, held
from game.services.guilds.changing import follow, tell
from game.services.guilds.held import Actor, Held, hold
from game.services.ledger.posting import NewReceipt, Posting
from game.services.platform.keyset import Key, Page, cut
from game.services.rulesets.charter import Charter, load_charter
from models.base import Json
from models.passing import is_passing
from models.session import WORKER, Transaction, transaction

log = structlog.get_logger(__name__)

GUILDS_A_STEP = 50
RECEIPT = "guild_quest"
"""Kind of a reward's receipt, and the first part of its key."""

SUM = (
    "coalesce((SELECT sum(CASE q.template WHEN 'muster' THEN w.referrals ELSE w.clicks END) "
    "  FROM guild_week w WHERE w.company_id = q.company_id AND w.guild_id = q.guild_id "
    "  AND w.starts_at = q.starts_at), 0)::bigint"
)
"""What the members of a quest `q` did together."""

MOVED = f"""
SELECT q.company_id, q.guild_id FROM guild_quest q
WHERE q.is_open AND (q.company_id, q.guild_id) > (%s, %s)
  AND (q.closes_at <= %s
    OR least({SUM}, q.target) * {TOLD_STEPS} / q.target > q.told * {TOLD_STEPS} / q.target)
GROUP BY 1, 2 ORDER BY 1, 2 LIMIT %s
"""  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True)
class GuildQuestView:
    """One week's quest of a guild. `mine`: what the reader themself did for it."""

    id: int
    template: str
    starts_at: datetime
    ends_at: datetime
    members: int
    target: int
    progress: int
    reward_xp: int
    mine: int
    state: str
    """open, completed, or missed: its week is over and nothing more counts."""
    completed_at: datetime | None


def look_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Look at guilds whose quests moved or closed without anybody having looked since."""
    after = (str(progress.get("company", "")), int(progress.get("guild", 0)))
    with transaction(WORKER) as tx:
        found = tx.rows(MOVED, (*after, now, GUILDS_A_STEP))
    for company, guild_id in found:
        try:
            look(company, [guild_id], now)
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("guild_not_looked_at", company_id=company, guild_id=guild_id)
    if len(found) < GUILDS_A_STEP:
        return None
    company, guild_id = found[-1]
    return {"company": company, "guild": guild_id}


def look(company_id: str, guild_ids: Collection[int], now: datetime) -> None:
    """See how far the open quests of these guilds are; what is complete is rewarded, once.

    Each guild in a transaction of its own. Twice is harmless.
    """
    for guild_id in sorted(guild_ids):
        with transaction(WORKER, company_id) as tx:
            try:
                guild = hold(tx, company_id, guild_id, only=0)
            except Refusal:  # disbanded since: what was open stays undone
                _close_all(tx, company_id, guild_id)
                continue
            _look(tx, load_charter(tx, company_id), guild, now)


def read_quests(  # noqa: PLR0913 - of which guild, for whom, how many
    tx: Transaction,
    actor: Actor,
    guild_id: int,
    now: datetime,
    *,
    after: Key | None,
    limit: int,
) -> Page[GuildQuestView]:
    """A guild's quests, the newest week first, in one query."""
    rows = tx.rows(
        f"SELECT q.id, q.template, q.starts_at, q.ends_at, q.members, q.target, {SUM}, "  # noqa: S608
        "  q.reward_xp, coalesce((SELECT CASE q.template WHEN 'muster' THEN w.referrals "
        "    ELSE w.clicks END FROM guild_week w WHERE w.company_id = q.company_id "
        "    AND w.guild_id = q.guild_id AND w.starts_at = q.starts_at AND w.member_id = %s), 0), "
        "  q.completed_at, q.closes_at "
        "FROM guild_quest q WHERE q.company_id = %s AND q.guild_id = %s AND q.starts_at < %s "
        "ORDER BY q.starts_at DESC LIMIT %s",
        (
            actor.member_id,
            actor.company_id,
            guild_id,
            after[0] if after else "infinity",
            limit + 1,
        ),
    )
    views = [_view(*row, now=now) for row in rows]
    return cut(views, limit, lambda quest: (quest.starts_at.isoformat(),))


def _view(  # noqa: PLR0913, PLR0917 - a row
    quest_id: int,
    template: str,
    starts_at: datetime,
    ends_at: datetime,
    members: int,
    target: int,
    together: int,
    reward_xp: int,
    mine: int,
    completed_at: datetime | None,
    closes_at: datetime,
    *,
    now: datetime,
) -> GuildQuestView:
    open_state = "open" if now < closes_at else "missed"
    return GuildQuestView(
        id=quest_id,
        template=template,
        starts_at=starts_at,
        ends_at=ends_at,
        members=members,
        target=target,
        # Completed once and for good, even where something of it was taken away later.
        progress=target if completed_at else min(max(together, 0), target),
        reward_xp=reward_xp,
        mine=mine,
        state="completed" if completed_at else open_state,
        completed_at=completed_at,
    )


def _look(tx: Transaction, charter: Charter, guild: Held, now: datetime) -> None:
    for quest_id, template, starts_at, target, reward_xp, told, closes_at, together in tx.rows(
        "SELECT q.id, q.template, q.starts_at, q.target, q.reward_xp, q.told, q.closes_at, "  # noqa: S608
        f"{SUM} FROM guild_quest q WHERE q.company_id = %s AND q.guild_id = %s AND q.is_open "
        "ORDER BY q.starts_at",
        (guild.company_id, guild.id),
    ):
        progress = min(together, target)
        if now >= closes_at:
            _store(tx, guild, quest_id, "is_open = false")
        elif progress == target:
            _store(
                tx, guild, quest_id, "is_open = false, completed_at = %s, told = %s", now, target
            )
            entries.note(
                tx, guild, "completed", now, about=template, progress=target, target=target
            )
            _reward(tx, charter, guild, quest_id, template, starts_at, reward_xp, now)
        elif is_news(progress, told, target):
            _store(tx, guild, quest_id, "told = %s", progress)
            entries.note(tx, guild, "moved", now, about=template, progress=progress, target=target)


def _reward(  # noqa: PLR0913, PLR0917 - which quest, for whom, how much
    tx: Transaction,
    charter: Charter,
    guild: Held,
    quest_id: int,
    template: str,
    starts_at: datetime,
    reward_xp: int,
    now: datetime,
) -> None:
    """Give the reward to each member now in the guild who did something for it."""
    winners = tx.rows(
        f"SELECT s.member_id FROM guild_member s JOIN guild_week w "  # noqa: S608 - our own names
        "  USING (company_id, guild_id, member_id) "
        "WHERE s.company_id = %s AND s.guild_id = %s AND w.starts_at = %s "
        f"  AND w.{COUNTED[template]} > 0",
        (guild.company_id, guild.id, starts_at),
    )
    members = held.lock(tx, guild.company_id, [member for (member,) in winners])
    _store(tx, guild, quest_id, "rewarded = %s", len(members))
    rules = charter.rules.at(now)
    posting = Posting(now)
    for member in members.values():
        multiplier = multiplier_at(member.history, now, rules)
        posting.add(
            NewReceipt(
                member=member.key,
                key=f"{RECEIPT}:{quest_id}",
                kind=RECEIPT,
                source_id=str(quest_id),
                reason=f"{RECEIPT}:{template}",
                xp=multiplied(reward_xp, multiplier),
                at=now,
                rule_version=rules.version,
                inputs={"reward_xp": reward_xp, "multiplier_bp": multiplier},
            )
        )
        tell(posting, guild, member.id, "quest_completed", template)
    follow(tx, posting, charter, members)


def _store(tx: Transaction, guild: Held, quest_id: int, what: str, *values: object) -> None:
    tx.run(
        f"UPDATE guild_quest SET {what} WHERE company_id = %s AND id = %s",  # noqa: S608
        (*values, guild.company_id, quest_id),
    )


def _close_all(tx: Transaction, company_id: str, guild_id: int) -> None:
    tx.run(
        "UPDATE guild_quest SET is_open = false WHERE company_id = %s AND guild_id = %s "
        "AND is_open",
        (company_id, guild_id),
    )
