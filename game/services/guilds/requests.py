"""Who wants to be let in, and who was asked to come: one open question a guild and member."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from game.rules.guilds import MAY
from game.rules.refusals import Refusal
from game.services.guilds import held
from game.services.guilds.changing import follow, let_in, tell
from game.services.guilds.held import Actor, Held, hold
from game.services.guilds.membership import other_access
from game.services.ledger.posting import Posting
from game.services.rulesets.charter import load_charter
from models.session import MEMBER, Transaction, transaction

MOST_OF_A_MEMBER = 10
"""Guilds a member may have asked at a time."""
MOST_OF_A_GUILD = 200
"""Open questions a guild may have, of each kind."""


def ask(actor: Actor, guild_id: int, now: datetime) -> None:
    """Ask to be let in. Twice is once; who is invited already need not ask.

    Refuses `guild_access`, `already_in_guild`, `guild_requests_full`.
    """
    with transaction(MEMBER, actor.company_id) as tx:
        guild = hold(tx, actor.company_id, guild_id)
        if other := held.guild_of(tx, actor.company_id, actor.member_id):
            details = {"guild_id": str(other)}
            raise Refusal("already_in_guild", "One guild per member: leave it first.", details)
        if guild.access != "request":
            raise other_access(guild)
        if not _open(tx, guild, actor.member_id, "request", actor.member_id, now):
            return
        name = held.names_of(tx, guild.company_id, [actor.member_id])
        may_answer = [s.member_id for s in guild.seats.values() if s.role in MAY["let_in"]]
        _tell_all(tx, guild, may_answer, "requested", name.get(actor.member_id, ""), now)


def invite(actor: Actor, guild_id: int, username: str, now: datetime) -> None:
    """Invite a member of the company by name; who asked already is let in at once.

    Refuses `guild_forbidden`, `not_found`, `already_in_guild` (this one), `guild_full`,
    `guild_requests_full`.
    """
    with transaction(MEMBER, actor.company_id) as tx:
        guild = hold(tx, actor.company_id, guild_id)
        guild.demand(actor, "invite")
        member_id = _member_called(tx, actor.company_id, username)
        if member_id in guild.seats:
            raise Refusal(
                "already_in_guild", "They are in this guild.", {"guild_id": str(guild_id)}
            )
        if _kind(tx, guild, member_id) == "request":
            charter = load_charter(tx, actor.company_id)
            let_in(tx, charter, guild, member_id, now, told="accepted")
        elif _open(tx, guild, member_id, "invite", actor.member_id, now):
            _tell_all(tx, guild, [member_id], "invited", "", now)


def accept(actor: Actor, guild_id: int, member_id: int, now: datetime) -> None:
    """Let in who asked. Refuses `guild_forbidden`, `guild_no_request`, `guild_full`."""
    with transaction(MEMBER, actor.company_id) as tx:
        charter = load_charter(tx, actor.company_id)
        guild = hold(tx, actor.company_id, guild_id)
        guild.demand(actor, "let_in")
        if member_id in guild.seats:
            return
        if _kind(tx, guild, member_id) != "request":
            raise Refusal("guild_no_request", "They have not asked, or took it back.")
        let_in(tx, charter, guild, member_id, now, told="accepted")


def decline(actor: Actor, guild_id: int, member_id: int, now: datetime) -> None:
    """Say no: to who asked, or oneself to an invitation; or take back what one asked.

    Where there is no open question, nothing is done. Refuses `guild_forbidden`.
    """
    with transaction(MEMBER, actor.company_id) as tx:
        guild = hold(tx, actor.company_id, guild_id)
        is_own = member_id == actor.member_id
        if not is_own:
            guild.demand(actor, "let_in")
        kind = _kind(tx, guild, member_id)
        tx.run(
            "DELETE FROM guild_request WHERE company_id = %s AND guild_id = %s AND member_id = %s",
            (guild.company_id, guild.id, member_id),
        )
        if kind == "request" and not is_own:
            _tell_all(tx, guild, [member_id], "declined", "", now)


def _open(  # noqa: PLR0913, PLR0917 - the columns of a request
    tx: Transaction, guild: Held, member_id: int, kind: str, by: int, now: datetime
) -> bool:
    """Open a question; False where one stands already. The guild must be locked."""
    if _kind(tx, guild, member_id):
        return False
    [(of_guild, of_member)] = tx.rows(
        "SELECT count(*) FILTER (WHERE guild_id = %(guild)s), "
        "  count(*) FILTER (WHERE member_id = %(member)s) FROM guild_request "
        "WHERE company_id = %(company)s AND kind = %(kind)s "
        "  AND (guild_id = %(guild)s OR member_id = %(member)s)",
        {"company": guild.company_id, "guild": guild.id, "member": member_id, "kind": kind},
    )
    most = MOST_OF_A_MEMBER if kind == "request" else MOST_OF_A_GUILD
    if of_guild >= MOST_OF_A_GUILD or of_member >= most:
        raise Refusal("guild_requests_full", "Too many are open; some must be answered first.")
    return bool(
        tx.run(
            "INSERT INTO guild_request (company_id, guild_id, member_id, kind, by_member_id, at) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (guild.company_id, guild.id, member_id, kind, by, now),
        )
    )


def _kind(tx: Transaction, guild: Held, member_id: int) -> str:
    rows = tx.rows(
        "SELECT kind FROM guild_request WHERE company_id = %s AND guild_id = %s AND member_id = %s",
        (guild.company_id, guild.id, member_id),
    )
    return str(rows[0][0]) if rows else ""


def _tell_all(  # noqa: PLR0913, PLR0917 - whom, what, of which guild
    tx: Transaction, guild: Held, ids: Collection[int], what: str, about: str, now: datetime
) -> None:
    members = held.lock(tx, guild.company_id, ids)
    posting = Posting(now)
    for member_id in members:
        tell(posting, guild, member_id, what, about)
    follow(tx, posting, load_charter(tx, guild.company_id), members)


def _member_called(tx: Transaction, company_id: str, username: str) -> int:
    rows = tx.rows(
        "SELECT id FROM member WHERE company_id = %s AND username_lower = %s AND banned_at IS NULL "
        "ORDER BY named_at DESC NULLS LAST, id DESC LIMIT 1",
        (company_id, username.lower()),
    )
    if not rows:
        raise Refusal("not_found", "There is nobody of this name here.", {"username": username})
    return int(rows[0][0])
