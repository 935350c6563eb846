"""Guilds made, joined, left, led and disbanded. Each act is one transaction, harmless when doubled.

Every change is made under the guild's row lock, so that no place is given away twice and a guild
is never without a leader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg2.errors import UniqueViolation

from game.rules.guilds import Access, Role, Seat, may_remove, successor
from game.rules.refusals import Refusal
from game.services.guilds import audit, entries, held
from game.services.guilds.changing import NONE, follow, let_in, note_guild, tell
from game.services.guilds.held import Actor, Held, hold
from game.services.ledger.posting import Posting
from game.services.members.store import MemberState
from game.services.rulesets.charter import Charter, load_charter
from models.session import MEMBER, Transaction, transaction


@dataclass(frozen=True, slots=True)
class Shape:
    """How a guild presents itself; None = stays as it is."""

    name: str | None = None
    about: str | None = None
    access: Access | None = None


def create(actor: Actor, shape: Shape, now: datetime) -> int:
    """Found a guild and lead it; its number. Refuses `guild_name_taken`, `already_in_guild`."""
    with transaction(MEMBER, actor.company_id) as tx:
        charter = load_charter(tx, actor.company_id)
        name = shape.name or ""
        rows = tx.rows(
            "INSERT INTO guild (company_id, name, name_lower, about, access, created_at) "
            "VALUES (%s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (company_id, name_lower) WHERE disbanded_at IS NULL DO NOTHING "
            "RETURNING id",
            (actor.company_id, name, name.lower(), shape.about or "", shape.access, now),
        )
        if not rows:
            raise _name_taken()
        guild = hold(tx, actor.company_id, rows[0][0])
        let_in(tx, charter, guild, actor.member_id, now, told="")
        _lead(tx, charter, guild, actor.member_id, now)
        return guild.id


def join(actor: Actor, guild_id: int, now: datetime) -> None:
    """Take a place in an open guild, or where one was invited.

    Refuses `guild_access` (details: how one gets in), `guild_full`, `already_in_guild`.
    """
    with transaction(MEMBER, actor.company_id) as tx:
        charter = load_charter(tx, actor.company_id)
        guild = hold(tx, actor.company_id, guild_id)
        if actor.member_id in guild.seats:
            return
        if guild.access != "open" and not _is_invited(tx, guild, actor.member_id):
            raise other_access(guild)
        let_in(tx, charter, guild, actor.member_id, now, told="")


def remove(actor: Actor, guild_id: int, member_id: int, now: datetime) -> None:
    """Leave a guild, or show somebody out. The last one out disbands it; a leader hands over.

    Refuses `guild_forbidden`, and `not_found` for who is not in it.
    """
    with transaction(MEMBER, actor.company_id) as tx:
        charter = load_charter(tx, actor.company_id)
        guild = hold(tx, actor.company_id, guild_id)
        seat = _seat(guild, member_id)
        is_own = member_id == actor.member_id
        mine = guild.role_of(actor.member_id)
        if not is_own and not may_remove(mine, seat.role, is_moderator=actor.is_moderator):
            raise held.forbidden()
        if len(guild.seats) == 1:
            _close(tx, charter, guild, actor, now)
        else:
            _unseat(tx, charter, guild, seat, now, is_own=is_own)
        if not is_own:
            audit.note(tx, actor, guild, "guild.remove", now, member_id=member_id)


def give_role(actor: Actor, guild_id: int, member_id: int, role: Role, now: datetime) -> None:
    """Make somebody officer or member, or hand the lead over: who led is an officer then.

    Refuses `guild_forbidden`, `not_found`, and `guild_needs_leader` where the leader would only
    step down.
    """
    with transaction(MEMBER, actor.company_id) as tx:
        charter = load_charter(tx, actor.company_id)
        guild = hold(tx, actor.company_id, guild_id)
        guild.demand(actor, "give_roles")
        seat = _seat(guild, member_id)
        if seat.role == role:
            return
        if seat.role == "leader":
            raise Refusal("guild_needs_leader", "Make somebody else the leader instead.")
        if role == "leader":
            held.give_role(tx, guild, guild.leader_id, "officer", now)
        members = held.lock(tx, guild.company_id, [member_id])
        _promote(tx, guild, members[member_id], role, now)
        posting = Posting(now)
        tell(posting, guild, member_id, "role", role)
        follow(tx, posting, charter, members)
        audit.note(tx, actor, guild, "guild.role", now, member_id=member_id, role=role)


def edit(actor: Actor, guild_id: int, shape: Shape, now: datetime) -> None:
    """Change name, words or access. Refuses `guild_forbidden` and `guild_name_taken`."""
    with transaction(MEMBER, actor.company_id) as tx:
        guild = hold(tx, actor.company_id, guild_id)
        guild.demand(actor, "edit")
        name = guild.name if shape.name is None else shape.name
        about = guild.about if shape.about is None else shape.about
        access = shape.access or guild.access
        if (name, about, access) == (guild.name, guild.about, guild.access):
            return
        try:
            tx.run(
                "UPDATE guild SET name = %s, name_lower = %s, about = %s, access = %s "
                "WHERE company_id = %s AND id = %s",
                (name, name.lower(), about, access, guild.company_id, guild.id),
            )
        except UniqueViolation as taken:
            raise _name_taken() from taken
        entries.note(tx, guild, "edited", now, member_id=actor.member_id, about=name)
        audit.note(tx, actor, guild, "guild.edit", now, name=name, access=access)


def disband(actor: Actor, guild_id: int, now: datetime) -> None:
    """End a guild: everybody is out, its name is free. Refuses `guild_forbidden`."""
    with transaction(MEMBER, actor.company_id) as tx:
        charter = load_charter(tx, actor.company_id)
        guild = hold(tx, actor.company_id, guild_id)
        guild.demand(actor, "disband")
        audit.note(tx, actor, guild, "guild.disband", now, name=guild.name)
        _close(tx, charter, guild, actor, now)


def other_access(guild: Held) -> Refusal:
    """One gets into this guild another way."""
    ways = {
        "open": "This guild is open: join it.",
        "request": "This guild wants to be asked first.",
        "invite": "This guild is joined by invitation only.",
    }
    return Refusal("guild_access", ways[guild.access], {"access": guild.access})


def _unseat(  # noqa: PLR0913 - who, out of what, how
    tx: Transaction, charter: Charter, guild: Held, seat: Seat, now: datetime, *, is_own: bool
) -> None:
    """Take the seat of one of several. Who led is followed by who is next in line."""
    heir = successor(guild.seats.values()) if seat.role == "leader" else None
    members = held.lock(tx, guild.company_id, (seat.member_id, heir.member_id if heir else NONE))
    name = held.names_of(tx, guild.company_id, [seat.member_id])[seat.member_id]
    _out(tx, charter, guild, {seat.member_id: members[seat.member_id]}, now)
    what = "left" if is_own else "removed"
    entries.note(tx, guild, what, now, member_id=seat.member_id, username=name)
    posting = Posting(now)
    if not is_own:
        tell(posting, guild, seat.member_id, "removed")
    if heir:
        _promote(tx, guild, members[heir.member_id], "leader", now)
        tell(posting, guild, heir.member_id, "role", "leader")
    follow(tx, posting, charter, members)


def _close(tx: Transaction, charter: Charter, guild: Held, actor: Actor, now: datetime) -> None:
    """Everybody out, and the guild is no more."""
    members = held.lock(tx, guild.company_id, list(guild.seats))
    posting = Posting(now)
    for member_id in members:
        if member_id != actor.member_id:
            tell(posting, guild, member_id, "disbanded")
    entries.note(tx, guild, "disbanded", now, member_id=actor.member_id)
    _out(tx, charter, guild, members, now)
    place = (guild.company_id, guild.id)
    tx.run("DELETE FROM guild_request WHERE company_id = %s AND guild_id = %s", place)
    tx.run("UPDATE guild SET disbanded_at = %s WHERE company_id = %s AND id = %s", (now, *place))
    follow(tx, posting, charter, members)


def _out(
    tx: Transaction,
    charter: Charter,
    guild: Held,
    members: Mapping[int, MemberState],
    now: datetime,
) -> None:
    held.unseat(tx, guild, list(members))
    for member in members.values():
        note_guild(tx, charter, member, NONE, now)


def _lead(tx: Transaction, charter: Charter, guild: Held, member_id: int, now: datetime) -> None:
    members = held.lock(tx, guild.company_id, [member_id])
    held.give_role(tx, guild, member_id, "leader", now)
    members[member_id].guild_led = max(members[member_id].guild_led, len(guild.seats))
    follow(tx, Posting(now), charter, members)


def _promote(tx: Transaction, guild: Held, member: MemberState, role: Role, now: datetime) -> None:
    held.give_role(tx, guild, member.id, role, now)
    if role == "leader":
        member.guild_led = max(member.guild_led, len(guild.seats))
    name = held.names_of(tx, guild.company_id, [member.id])[member.id]
    entries.note(tx, guild, "role", now, member_id=member.id, username=name, about=role)


def _seat(guild: Held, member_id: int) -> Seat:
    seat = guild.seats.get(member_id)
    if seat is None:
        details = {"member_id": str(member_id)}
        raise Refusal("not_found", "There is no such member in this guild.", details)
    return seat


def _is_invited(tx: Transaction, guild: Held, member_id: int) -> bool:
    return bool(
        tx.rows(
            "SELECT 1 FROM guild_request WHERE company_id = %s AND guild_id = %s "
            "AND member_id = %s AND kind = 'invite'",
            (guild.company_id, guild.id, member_id),
        )
    )


def _name_taken() -> Refusal:
    return Refusal("guild_name_taken", "Another guild has this name.")
