"""Guilds: their level, who may do what in them, who leads next, and what a week asks of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from math import isqrt
from typing import Literal

from game.rules.facts import MemberHistory
from game.rules.multipliers import value_at
from game.rules.ruleset_parts import GuildRules

Role = Literal["leader", "officer", "member"]
Access = Literal["open", "request", "invite"]
Template = Literal["muster", "rumour"]
Act = Literal["write", "let_in", "invite", "delete_message", "edit", "give_roles", "disband"]

ACCESS: tuple[Access, ...] = ("open", "request", "invite")
ROLES: tuple[Role, ...] = ("leader", "officer", "member")
TEMPLATES: tuple[Template, ...] = ("muster", "rumour")
COUNTED: Mapping[str, str] = {"muster": "referrals", "rumour": "clicks"}
"""What a guild quest counts, by its template."""
TOLD_STEPS = 20
"""How often a guild's channel tells of one quest at most: its list must not drown in it."""
RANK: Mapping[str, int] = {"": 0, "member": 1, "officer": 2, "leader": 3}

MAY: Mapping[Act, tuple[Role, ...]] = {
    "write": ("leader", "officer", "member"),
    "let_in": ("leader", "officer"),
    "invite": ("leader", "officer"),
    "delete_message": ("leader", "officer"),
    "edit": ("leader",),
    "give_roles": ("leader",),
    "disband": ("leader",),
}
"""Which roles of a guild may do what. The company's moderators may do all of it but write."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One member of a guild."""

    member_id: int
    role: Role
    role_since: datetime
    joined_at: datetime


def may(act: Act, role: str, *, is_moderator: bool) -> bool:
    """Say whether somebody of this role (empty = not in the guild) may do something in it."""
    return role in MAY[act] or (is_moderator and act != "write")


def may_remove(role: str, other: str, *, is_moderator: bool) -> bool:
    """Say whether somebody may be shown out: who leads shows out all, officers plain members."""
    return is_moderator or (RANK[role] > RANK["member"] and RANK[role] > RANK[other])


def successor(seats: Iterable[Seat]) -> Seat | None:
    """Find who leads next: the longest-serving officer, else member. None = nobody is left."""
    in_line = sorted(
        (seat for seat in seats if seat.role != "leader"),
        key=lambda seat: (
            -RANK[seat.role],
            seat.role_since if seat.role == "officer" else seat.joined_at,
            seat.joined_at,
            seat.member_id,
        ),
    )
    return in_line[0] if in_line else None


def level_of(xp: int, rules: GuildRules) -> int:
    """Read the level of a guild's XP; below zero reads as zero."""
    return (1 + isqrt(1 + 4 * (max(xp, 0) // rules.level_coefficient))) // 2


def xp_for_level(level: int, rules: GuildRules) -> int:
    """Compute the XP at which a guild's level begins."""
    return rules.level_coefficient * level * (level - 1)


def guild_at(history: MemberHistory, moment: datetime) -> int:
    """Name the guild a member was in at a moment; 0 = none."""
    return int(value_at(history.guilds, moment) or 0)


def quest_of_week(company_id: str, guild_id: int, starts_at: datetime) -> Template:
    """Draw a guild's quest of a week: it looks random, and is the same whenever it is dealt."""
    seed = f"{company_id}|guild {guild_id}|{starts_at.timestamp():.0f}"
    number = int.from_bytes(sha256(seed.encode()).digest()[:8], "big")
    return TEMPLATES[number % len(TEMPLATES)]


def quest_target(template: Template, members: int, rules: GuildRules) -> int:
    """Compute what a guild of so many members has to reach together."""
    if template == "muster":
        return max(rules.muster_least, -(-members // 2))
    return rules.rumour_clicks * members


def is_news(progress: int, told: int, target: int) -> bool:
    """Say whether progress is worth telling after what was told: in twentieths of the target."""
    return progress * TOLD_STEPS // target > told * TOLD_STEPS // target
