"""Guilds as they are shown: the list to choose from, one of them, who is in it, who wants to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from game.rules.guilds import MAY, Act, level_of, may, may_remove, xp_for_level
from game.rules.levels import level_now
from game.rules.ruleset_parts import GuildRules
from game.services.guilds import held
from game.services.guilds.held import Actor
from game.services.platform.keyset import Key, Page, cut
from game.services.rulesets.charter import load_charter
from models.session import Row, Transaction

XP = (
    "(SELECT coalesce(sum(s.xp), 0)::bigint FROM guild_share s "
    " WHERE s.company_id = g.company_id AND s.guild_id = g.id)"
)
LIST = f"""
SELECT g.id, g.name, g.about, g.access, g.members, g.created_at, {XP},
  coalesce(m.role, ''), coalesce(r.kind, ''), g.entry_seq
FROM guild g
LEFT JOIN guild_member m ON m.company_id = g.company_id AND m.guild_id = g.id
  AND m.member_id = %(me)s
LEFT JOIN guild_request r ON r.company_id = g.company_id AND r.guild_id = g.id
  AND r.member_id = %(me)s
WHERE g.company_id = %(company)s AND g.disbanded_at IS NULL
"""  # noqa: S608 - our own names
SEEN = {"mine": "AND m.member_id IS NOT NULL", "invited": "AND r.kind = 'invite'"}
LAST = 2**62


@dataclass(frozen=True, slots=True)
class GuildView:
    """A guild. XP may be below zero, the level then reads zero.

    `role`: the reader's in it, empty = none. `asked`: `request` or `invite` where the reader's
    question is open. `may`: what the reader may do in it. `last_number`: of its channel.
    """

    id: int
    name: str
    about: str
    access: str
    members: int
    max_members: int
    xp: int
    level: int
    level_xp: int
    next_level_xp: int
    role: str
    asked: str
    may: list[Act]
    last_number: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class GuildMemberView:
    """Somebody in a guild, with what they brought to it. `may_remove`: the reader may."""

    member_id: int
    username: str
    avatar_url: str | None
    character_class: str | None
    level: int
    role: str
    xp: int
    joined_at: datetime
    may_remove: bool


@dataclass(frozen=True, slots=True)
class RequestView:
    """An open question: who asked to be let in (`request`), or was asked to come (`invite`)."""

    member_id: int
    username: str
    avatar_url: str | None
    level: int
    kind: str
    at: datetime


def read_guilds(  # noqa: PLR0913 - for whom, which, from where
    tx: Transaction,
    actor: Actor,
    now: datetime,
    *,
    search: str,
    only: str,
    after: Key | None,
    limit: int,
) -> Page[GuildView]:
    """The company's guilds, the largest first. `only`: `mine`, `invited`, or empty for all."""
    rows = tx.rows(
        f"{LIST} {SEEN.get(only, '')} AND position(%(search)s IN g.name_lower) > 0 "
        "AND (g.members, g.id) < (%(members)s, %(id)s) "
        "ORDER BY g.members DESC, g.id DESC LIMIT %(rows)s",
        {
            "company": actor.company_id,
            "me": actor.member_id,
            "search": search.lower(),
            "members": after[0] if after else LAST,
            "id": after[1] if after else LAST,
            "rows": limit + 1,
        },
    )
    rules = load_charter(tx, actor.company_id).rules.at(now).guilds
    views = [_view(row, actor, rules) for row in rows]
    return cut(views, limit, lambda guild: (guild.members, guild.id))


def read_guild(tx: Transaction, actor: Actor, guild_id: int, now: datetime) -> GuildView:
    """One guild. Refuses `not_found`."""
    values = {"company": actor.company_id, "me": actor.member_id, "id": guild_id}
    rows = tx.rows(f"{LIST} AND g.id = %(id)s", values)
    if not rows:
        raise held.no_such_guild(guild_id)
    rules = load_charter(tx, actor.company_id).rules.at(now).guilds
    return _view(rows[0], actor, rules)


def read_members(  # noqa: PLR0913 - of which guild, for whom, from where
    tx: Transaction,
    actor: Actor,
    guild_id: int,
    now: datetime,
    *,
    after: Key | None,
    limit: int,
) -> Page[GuildMemberView]:
    """Who is in a guild: leader, officers, members, each by how long they are in it."""
    guild = read_guild(tx, actor, guild_id, now)
    rows = tx.rows(
        "SELECT * FROM (SELECT m.id, m.username, m.avatar_url, m.character_class, m.lifetime_xp, "
        "  m.prestige_level, s.role, coalesce(h.xp, 0), s.joined_at, "
        "  CASE s.role WHEN 'leader' THEN 0 WHEN 'officer' THEN 1 ELSE 2 END AS rank "
        "  FROM guild_member s JOIN member m ON m.company_id = s.company_id AND m.id = s.member_id "
        "  LEFT JOIN guild_share h ON h.company_id = s.company_id AND h.guild_id = s.guild_id "
        "    AND h.member_id = s.member_id "
        "  WHERE s.company_id = %s AND s.guild_id = %s) AS seat "
        "WHERE (rank, joined_at, id) > (%s, %s, %s) ORDER BY rank, joined_at, id LIMIT %s",
        (
            actor.company_id,
            guild_id,
            *(after or (-1, "-infinity", 0)),
            limit + 1,
        ),
    )
    rules = load_charter(tx, actor.company_id).rules.at(now)
    page = cut(rows, limit, lambda row: (row[9], row[8].isoformat(), row[0]))
    return Page(
        [
            GuildMemberView(
                member_id=row[0],
                username=row[1],
                avatar_url=row[2] or None,
                character_class=row[3],
                level=level_now(row[4], row[5], rules),
                role=row[6],
                xp=row[7],
                joined_at=row[8],
                may_remove=row[0] != actor.member_id
                and may_remove(guild.role, row[6], is_moderator=actor.is_moderator),
            )
            for row in page.items
        ],
        page.next_key,
    )


def read_requests(  # noqa: PLR0913 - of which guild, for whom, from where
    tx: Transaction,
    actor: Actor,
    guild_id: int,
    now: datetime,
    *,
    after: Key | None,
    limit: int,
) -> Page[RequestView]:
    """The open questions of a guild, oldest first. Refuses `guild_forbidden`."""
    guild = read_guild(tx, actor, guild_id, now)
    if "let_in" not in guild.may:
        raise held.forbidden()
    rows = tx.rows(
        "SELECT m.id, m.username, m.avatar_url, m.lifetime_xp, m.prestige_level, r.kind, r.at "
        "FROM guild_request r JOIN member m ON m.company_id = r.company_id AND m.id = r.member_id "
        "WHERE r.company_id = %s AND r.guild_id = %s AND (r.at, m.id) > (%s, %s) "
        "ORDER BY r.at, m.id LIMIT %s",
        (actor.company_id, guild_id, *(after or ("-infinity", 0)), limit + 1),
    )
    rules = load_charter(tx, actor.company_id).rules.at(now)
    views = [
        RequestView(
            member_id=row[0],
            username=row[1],
            avatar_url=row[2] or None,
            level=level_now(row[3], row[4], rules),
            kind=row[5],
            at=row[6],
        )
        for row in rows
    ]
    return cut(views, limit, lambda one: (one.at.isoformat(), one.member_id))


def _view(row: Row, actor: Actor, rules: GuildRules) -> GuildView:
    guild_id, name, about, access, members, created_at, xp, role, asked, last_number = row
    level = level_of(xp, rules)
    return GuildView(
        id=guild_id,
        name=name,
        about=about,
        access=access,
        members=members,
        max_members=rules.max_members,
        xp=xp,
        level=level,
        level_xp=max(xp, 0) - xp_for_level(level, rules),
        next_level_xp=xp_for_level(level + 1, rules) - xp_for_level(level, rules),
        role=role,
        asked=asked,
        may=[act for act in MAY if may(act, role, is_moderator=actor.is_moderator)],
        last_number=last_number,
        created_at=created_at,
    )
