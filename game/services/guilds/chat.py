"""What is said in a guild: written, taken down, reported, and read back page by page.

A message costs the guild's row lock and no lock of a member: 500 people may be told by one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from game.rules.guilds import may
from game.rules.refusals import Refusal
from game.services.guilds import audit, entries, held
from game.services.guilds.changing import follow, tell
from game.services.guilds.entries import COLUMNS, MESSAGE, Entry
from game.services.guilds.held import Actor, Held, hold
from game.services.ledger.posting import Posting
from game.services.rulesets.charter import load_charter
from models.outgoing import Wake
from models.session import MEMBER, Transaction, transaction


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a reader sees it. `reports` is 0 for who may not take messages down."""

    entry: Entry
    reports: int
    may_delete: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Entries in the order of their numbers; `has_more` in the direction that was asked for.

    `last_number`: the channel's newest, from which it may be followed.
    """

    entries: list[Shown]
    last_number: int
    has_more: bool


def write(actor: Actor, guild_id: int, text: str, client_key: str, now: datetime) -> Entry:
    """Say something; sent again under the same key it is the same entry.

    That it was said is a fact of the member's day, settled with the next batch. Refuses
    `guild_forbidden` for who is not in it.
    """
    with transaction(MEMBER, actor.company_id) as tx:
        guild = hold(tx, actor.company_id, guild_id, only=actor.member_id)
        guild.demand(actor, "write")
        if client_key and (known := _known(tx, guild, actor.member_id, client_key)):
            return known
        name = held.names_of(tx, actor.company_id, [actor.member_id])[actor.member_id]
        entry = entries.append(
            tx, guild, MESSAGE, now,
            member_id=actor.member_id, username=name, text=text, client_key=client_key,
        )  # fmt: skip
        tx.run(
            "INSERT INTO member_fact (company_id, member_id, kind, key, at) "
            "VALUES (%s, %s, 'message', %s, %s)",
            (actor.company_id, actor.member_id, f"{guild.id}:{entry.number}", now),
        )
        tx.send(Wake())
        return entry


def delete(actor: Actor, guild_id: int, number: int, now: datetime) -> None:
    """Take a message down: its words go for good, its number stays. Twice is once.

    Refuses `not_found` and, unless it is one's own, `guild_forbidden`.
    """
    with transaction(MEMBER, actor.company_id) as tx:
        guild = hold(tx, actor.company_id, guild_id, only=actor.member_id)
        author = _author(tx, guild, number)
        is_own = author == actor.member_id and actor.member_id in guild.seats
        if not is_own:
            guild.demand(actor, "delete_message")
        gone = tx.run(
            "UPDATE guild_entry SET text = '', deleted_at = %s, deleted_by = %s "
            "WHERE company_id = %s AND guild_id = %s AND number = %s AND deleted_at IS NULL",
            (now, actor.member_id, guild.company_id, guild.id, number),
        )
        if gone:
            entries.note(tx, guild, "deleted", now, member_id=author, about=str(number))
            if not is_own:
                audit.note(tx, actor, guild, "guild.delete_message", now, number=number)


def report(actor: Actor, guild_id: int, number: int, reason: str, now: datetime) -> None:
    """Ask those who may take messages down to look at one. Once a member; twice is harmless.

    Refuses `not_found`, and `guild_forbidden` for who may not read it.
    """
    with transaction(MEMBER, actor.company_id) as tx:
        guild = hold(tx, actor.company_id, guild_id)
        _demand_reading(guild, actor)
        author = _author(tx, guild, number)
        is_new = tx.run(
            "INSERT INTO guild_report (company_id, guild_id, number, member_id, reason, at) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (guild.company_id, guild.id, number, actor.member_id, reason, now),
        )
        ids = [
            seat.member_id
            for seat in guild.seats.values()
            if may("delete_message", seat.role, is_moderator=False)
            and seat.member_id not in (author, actor.member_id)
        ]
        if not is_new or not ids:
            return
        members = held.lock(tx, guild.company_id, ids)
        posting = Posting(now)
        for member_id in members:
            tell(posting, guild, member_id, "reported", str(number))
        follow(tx, posting, load_charter(tx, guild.company_id), members)


def read(  # noqa: PLR0913 - of what, for whom, which stretch
    tx: Transaction,
    actor: Actor,
    guild_id: int,
    *,
    after: int | None,
    before: int | None,
    limit: int,
) -> Stretch:
    """Entries behind a number, else the newest ones before one, or the newest of all.

    Refuses `guild_forbidden` for who is neither in the guild nor a moderator.
    """
    rows = tx.rows(
        "SELECT g.entry_seq, coalesce(s.role, '') FROM guild g "
        "LEFT JOIN guild_member s ON s.company_id = g.company_id AND s.guild_id = g.id "
        "  AND s.member_id = %s "
        "WHERE g.company_id = %s AND g.id = %s AND g.disbanded_at IS NULL",
        (actor.member_id, actor.company_id, guild_id),
    )
    if not rows:
        raise held.no_such_guild(guild_id)
    last, role = rows[0]
    if not role and not actor.is_moderator:
        raise held.forbidden()
    may_delete = may("delete_message", role, is_moderator=actor.is_moderator)
    forward = after is not None
    found = _rows(tx, actor.company_id, guild_id, after, before, limit + 1)
    kept = found[:limit] if forward else found[max(0, len(found) - limit) :]
    shown = [
        Shown(
            entry=entry,
            reports=reports if may_delete else 0,
            may_delete=may_delete or (bool(role) and entry.member_id == actor.member_id),
        )
        for entry, reports in kept
    ]
    return Stretch(shown, last, len(found) > limit)


def _rows(  # noqa: PLR0913, PLR0917 - of what, from where, how many
    tx: Transaction,
    company_id: str,
    guild_id: int,
    after: int | None,
    before: int | None,
    limit: int,
) -> list[tuple[Entry, int]]:
    """Up to `limit` entries with how often each was reported, by number."""
    order = "ASC" if after is not None else "DESC"
    rows = tx.rows(
        f"SELECT {COLUMNS}, (SELECT count(*) FROM guild_report r "  # noqa: S608 - our own names
        "  WHERE r.company_id = e.company_id AND r.guild_id = e.guild_id "
        "    AND r.number = e.number AND e.deleted_at IS NULL) "
        "FROM guild_entry e WHERE company_id = %s AND guild_id = %s "
        f"AND number > %s AND number < %s ORDER BY number {order} LIMIT %s",
        (company_id, guild_id, after or 0, 2**62 if before is None else before, limit),
    )
    return sorted(
        ((entries.entry_of(row[:-1]), row[-1]) for row in rows), key=lambda one: one[0].number
    )


def _known(tx: Transaction, guild: Held, member_id: int, client_key: str) -> Entry | None:
    rows = tx.rows(
        f"SELECT {COLUMNS} FROM guild_entry "  # noqa: S608 - our own names
        "WHERE company_id = %s AND guild_id = %s AND member_id = %s AND client_key = %s",
        (guild.company_id, guild.id, member_id, client_key),
    )
    return entries.entry_of(rows[0]) if rows else None


def _author(tx: Transaction, guild: Held, number: int) -> int:
    rows = tx.rows(
        "SELECT member_id FROM guild_entry "
        "WHERE company_id = %s AND guild_id = %s AND number = %s AND type = 'guild_message'",
        (guild.company_id, guild.id, number),
    )
    if not rows:
        raise Refusal("not_found", "There is no such message.", {"number": str(number)})
    return int(rows[0][0])


def _demand_reading(guild: Held, actor: Actor) -> None:
    if actor.member_id not in guild.seats and not actor.is_moderator:
        raise held.forbidden()
