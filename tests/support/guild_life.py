"""Guilds for tests: a company's people by name, and what they do in guilds, without the web."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from game.rules.refusals import Refusal
from game.services.guilds import membership, requests
from game.services.guilds.held import Actor
from game.services.guilds.membership import Shape
from game.services.members.joining import ensure_company, ensure_members
from models.session import WORKER, Row, transaction

Result = TypeVar("Result")
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
"""Midnight of a week's first day."""


@dataclass
class People:
    """Members of one company, made when first named."""

    company_id: str = "biz_guilds"
    ids: dict[str, int] = field(default_factory=dict)

    def add(self, *names: str, now: datetime = MONDAY) -> None:
        """Make these members."""
        with transaction(WORKER) as tx:
            ensure_company(tx, self.company_id, now)
            made = ensure_members(tx, self.company_id, {f"user_{n}": n for n in names}, now)
        self.ids |= {user.removeprefix("user_"): number for user, number in made.items()}

    def __getitem__(self, name: str) -> Actor:
        if name not in self.ids:
            self.add(name)
        return Actor(self.company_id, self.ids[name], is_moderator=False)

    def moderator(self, name: str) -> Actor:
        """Somebody who moderates the company."""
        return Actor(self.company_id, self[name].member_id, is_moderator=True)

    def guild(self, leader: str, *others: str, access: Any = "open", now: datetime = MONDAY) -> int:
        """A guild with a leader and members who came in this order."""
        self.add(leader, *others)
        shape = Shape(f"Guild of {leader}", "", access)
        guild_id = membership.create(self[leader], shape, now)
        for other in others:
            self.bring_in(guild_id, leader, other, now)
        return guild_id

    def bring_in(self, guild_id: int, leader: str, name: str, now: datetime = MONDAY) -> None:
        """Invite somebody, who comes."""
        self[name]
        requests.invite(self[leader], guild_id, name, now)
        membership.join(self[name], guild_id, now)

    def rows(self, sql: str, *params: Any) -> list[Row]:
        """What the database holds."""
        with transaction(WORKER) as tx:
            return tx.rows(sql, params)

    def roles(self, guild_id: int) -> dict[str, str]:
        """Who is what in a guild."""
        return dict(
            self.rows(
                "SELECT m.username, s.role FROM guild_member s JOIN member m "
                "ON m.company_id = s.company_id AND m.id = s.member_id "
                "WHERE s.company_id = %s AND s.guild_id = %s ORDER BY s.joined_at, m.id",
                self.company_id,
                guild_id,
            )
        )

    def told(self, name: str) -> list[tuple[str, str]]:
        """What a member was told of guilds: (what, about)."""
        return self.rows(
            "SELECT data ->> 'what', data ->> 'about' FROM notice "
            "WHERE company_id = %s AND member_id = %s AND type = 'guild_changed' ORDER BY seq",
            self.company_id,
            self[name].member_id,
        )

    def entries(self, guild_id: int) -> list[str]:
        """The channel of a guild: words of messages, and what became of it."""
        return [
            text or what
            for text, what in self.rows(
                "SELECT text, details ->> 'what' FROM guild_entry "
                "WHERE company_id = %s AND guild_id = %s ORDER BY number",
                self.company_id,
                guild_id,
            )
        ]


def refusal(act: Any, *args: Any) -> str:
    """The code with which an act is refused; empty where it is done."""
    try:
        act(*args)
    except Refusal as refused:
        return refused.code
    return ""


def at_once(act: Any, every: Sequence[tuple[Any, ...]], threads: int = 16) -> list[str]:
    """Do all of it at the same time; the code of each refusal, empty where it was done."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda args: refusal(act, *args), every))
