"""A guild held by its row's lock: who is in it, and who may do what in it.

Lock order: the guild's row, then the members concerned in one sorted statement. A batch takes no
guild's lock, so whoever holds one may wait for members, and never the other way round.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from game.rules.guilds import Access, Act, Role, Seat, may
from game.rules.refusals import Refusal
from game.services.members.store import MemberState, lock_members
from game.services.platform import bulk
from models.session import Transaction


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a member of the company, perhaps one of its moderators."""

    company_id: str
    member_id: int
    is_moderator: bool


@dataclass(slots=True)
class Held:
    """A locked guild and the seats in it, by member."""

    company_id: str
    id: int
    name: str
    about: str
    access: Access
    entry_seq: int
    seats: dict[int, Seat]

    def role_of(self, member_id: int) -> Role | str:
        """The role of a member in it; empty for who is not in it."""
        seat = self.seats.get(member_id)
        return seat.role if seat else ""

    def demand(self, actor: Actor, act: Act) -> None:
        """Refuse with `guild_forbidden` who may not do this here."""
        if not may(act, self.role_of(actor.member_id), is_moderator=actor.is_moderator):
            raise forbidden()

    @property
    def leader_id(self) -> int:
        """Who leads it; 0 only while its last member leaves."""
        return next((s.member_id for s in self.seats.values() if s.role == "leader"), 0)


def hold(tx: Transaction, company_id: str, guild_id: int, *, only: int | None = None) -> Held:
    """Lock a guild and read it. Refuses `not_found` for one that is not, or is disbanded.

    `only`: of its seats read no more than this member's.
    """
    rows = tx.rows(
        "SELECT name, about, access, entry_seq FROM guild "
        "WHERE company_id = %s AND id = %s AND disbanded_at IS NULL FOR NO KEY UPDATE",
        (company_id, guild_id),
    )
    if not rows:
        raise no_such_guild(guild_id)
    # In a second statement, so that the rows are those of after the lock.
    seats = tx.rows(
        "SELECT member_id, role, role_since, joined_at FROM guild_member "
        "WHERE company_id = %s AND guild_id = %s AND coalesce(member_id = %s, true)",
        (company_id, guild_id, only),
    )
    name, about, access, entry_seq = rows[0]
    found = {row[0]: Seat(*row) for row in seats}
    return Held(company_id, guild_id, name, about, access, entry_seq, found)


def lock(tx: Transaction, company_id: str, ids: Collection[int]) -> dict[int, MemberState]:
    """Lock these members, in order; those there are, by number."""
    keys = [(company_id, member_id) for member_id in ids if member_id]
    return {one.id: one for one in lock_members(tx, keys).values()}


def names_of(tx: Transaction, company_id: str, ids: Collection[int]) -> dict[int, str]:
    """What members are called now."""
    return dict(
        tx.rows(
            "SELECT id, username FROM member WHERE company_id = %s AND id = ANY(%s)",
            (company_id, list(ids)),
        )
    )


def guild_of(tx: Transaction, company_id: str, member_id: int) -> int:
    """The guild a member is in; 0 = none."""
    rows = tx.rows(
        "SELECT guild_id FROM guild_member WHERE company_id = %s AND member_id = %s",
        (company_id, member_id),
    )
    return int(rows[0][0]) if rows else 0


def seat(tx: Transaction, held: Held, member_id: int, role: Role, now: datetime) -> None:
    """Give a member a seat. They must be locked, and in no guild."""
    tx.run(
        "INSERT INTO guild_member (company_id, member_id, guild_id, role, role_since, joined_at) "
        "VALUES (%s, %s, %s, %s, %s, %s)",
        (held.company_id, member_id, held.id, role, now, now),
    )
    held.seats[member_id] = Seat(member_id, role, now, now)
    _count(tx, held)


def unseat(tx: Transaction, held: Held, ids: Collection[int]) -> None:
    """Take members' seats away."""
    tx.run(
        "DELETE FROM guild_member WHERE company_id = %s AND guild_id = %s AND member_id = ANY(%s)",
        (held.company_id, held.id, list(ids)),
    )
    for member_id in ids:
        del held.seats[member_id]
    _count(tx, held)


def give_role(tx: Transaction, held: Held, member_id: int, role: Role, now: datetime) -> None:
    """Change what somebody is in the guild."""
    old = held.seats[member_id]
    held.seats[member_id] = Seat(member_id, role, now, old.joined_at)
    bulk.update(
        tx,
        "guild_member",
        [
            {
                "company_id": held.company_id,
                "member_id": member_id,
                "role": role,
                "role_since": now,
            }
        ],
        key="company_id member_id",
        columns="role role_since",
    )


def forbidden() -> Refusal:
    """The caller's role in the guild does not allow it."""
    return Refusal("guild_forbidden", "Your role in this guild does not allow that.")


def no_such_guild(guild_id: int) -> Refusal:
    """There is none, it was disbanded, or it is another company's."""
    return Refusal("not_found", "There is no such guild.", {"guild_id": str(guild_id)})


def _count(tx: Transaction, held: Held) -> None:
    tx.run(
        "UPDATE guild SET members = %s WHERE company_id = %s AND id = %s",
        (len(held.seats), held.company_id, held.id),
    )
