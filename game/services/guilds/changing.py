"""What changes with a member's guild: the fact, what they brought since, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from game.rules.facts import Change
from game.rules.refusals import Refusal
from game.services.guilds import entries, held
from game.services.guilds.held import Held
from game.services.ledger.posting import Posting
from game.services.members.store import MemberState
from game.services.progress.advancing import advance
from game.services.progress.guild_shares import move_shares
from game.services.rulesets.charter import Charter
from models.session import Transaction

NONE = 0
"""No guild."""


def note_guild(
    tx: Transaction, charter: Charter, member: MemberState, guild_id: int, now: datetime
) -> None:
    """Record that a locked member is in a guild (`NONE` = in none) from this second on."""
    was = member.history
    second = now.replace(microsecond=0)
    if was.guilds:  # clocks of two processes may stand a little apart
        second = max(second, was.guilds[-1].at)
    value = str(guild_id) if guild_id else ""
    tx.run(
        "INSERT INTO member_fact (company_id, member_id, kind, key, at, value, settled) "
        "VALUES (%s, %s, 'guild', %s, %s, %s, true)",
        (member.company_id, member.id, str(len(was.guilds) + 1), second, value),
    )
    member.guilds_joined += bool(guild_id)
    member.history = replace(was, guilds=(*was.guilds, Change(second, value)))
    move_shares(tx, charter, member, was, second)


def tell(posting: Posting, held: Held, member_id: int, what: str, about: str = "") -> None:
    """Note what a member is to hear of a guild."""
    posting.changes[held.company_id, member_id].tell(
        "guild_changed", guild_id=str(held.id), guild=held.name, what=what, about=about
    )


def follow(
    tx: Transaction, posting: Posting, charter: Charter, members: Mapping[int, MemberState]
) -> None:
    """Let follow what follows for these locked members, and write all of it."""
    advance(tx, posting, {charter.company_id: charter}, {one.key: one for one in members.values()})


def let_in(  # noqa: PLR0913 - who, where, what they hear
    tx: Transaction, charter: Charter, guild: Held, member_id: int, now: datetime, *, told: str
) -> None:
    """Give a member a seat in a held guild, if there is one free and they are in none.

    `told`: what they hear of it; empty where they did it themselves. Refuses `guild_full` and
    `already_in_guild`.
    """
    most = charter.rules.at(now).guilds.max_members
    if len(guild.seats) >= most:
        raise Refusal("guild_full", "This guild is full.", {"max_members": most})
    leader_id = guild.leader_id if _is_record(tx, guild) else NONE
    members = held.lock(tx, guild.company_id, (member_id, leader_id))
    if member_id not in members:
        raise Refusal("not_found", "There is no such member.", {"member_id": str(member_id)})
    if other := held.guild_of(tx, guild.company_id, member_id):
        raise Refusal(
            "already_in_guild", "One guild per member: leave it first.", {"guild_id": str(other)}
        )
    held.seat(tx, guild, member_id, "member", now)
    note_guild(tx, charter, members[member_id], guild.id, now)
    tx.run(
        "DELETE FROM guild_request WHERE company_id = %s AND member_id = %s "
        "AND (guild_id = %s OR kind = 'request')",
        (guild.company_id, member_id, guild.id),
    )
    if leader_id:
        members[leader_id].guild_led = len(guild.seats)
    posting = Posting(now)
    if told:
        tell(posting, guild, member_id, told)
    name = held.names_of(tx, guild.company_id, [member_id])[member_id]
    entries.note(tx, guild, "joined", now, member_id=member_id, username=name)
    follow(tx, posting, charter, members)


def _is_record(tx: Transaction, guild: Held) -> bool:
    """Whether one member more is more than its leader ever led."""
    rows = tx.rows(
        "SELECT guild_led FROM member WHERE company_id = %s AND id = %s",
        (guild.company_id, guild.leader_id),
    )
    return bool(rows) and len(guild.seats) + 1 > rows[0][0]
