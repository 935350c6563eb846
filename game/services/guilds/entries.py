"""The entries of a guild's channel: messages and what became of the guild, numbered in one list.

Its numbers are taken under the guild's row lock, in the transaction that makes the entry true.
Browsers follow the channel `guild:<number>`; who is not in the guild may not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from game.services.guilds.held import Held
from game.services.notices import channels
from game.services.notices.announcing import frame
from game.services.notices.channel_sources import Follower, Numbered
from models.outgoing import Channel, Frames
from models.session import Row, Transaction

KIND = "guild"
"""The kind of its channel."""
MESSAGE = "guild_message"
CHANGED = "guild_changed"
COLUMNS = "number, type, member_id, username, text, details, at, deleted_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    `what` of a change: joined, left, removed, role, edited, disbanded, deleted (a message), and of
    the week's quest dealt, moved, completed. `about` is a role, a name, a number, a template.
    """

    number: int
    type: str
    member_id: int
    username: str
    text: str
    what: str
    about: str
    progress: int
    target: int
    at: datetime
    is_deleted: bool

    @property
    def data(self) -> dict[str, Any]:
        """What a browser is told of it."""
        who = {"member_id": str(self.member_id), "username": self.username}
        if self.type == MESSAGE:
            return {**who, "text": self.text, "deleted": self.is_deleted}
        return {
            **who,
            "what": self.what,
            "about": self.about,
            "progress": self.progress,
            "target": self.target,
        }


def channel(company_id: str, guild_id: int) -> Channel:
    """The channel of one guild."""
    return Channel(company_id, KIND, guild_id)


def note(  # noqa: PLR0913 - who, what, how far
    tx: Transaction,
    held: Held,
    what: str,
    now: datetime,
    *,
    member_id: int = 0,
    username: str = "",
    about: str = "",
    progress: int = 0,
    target: int = 0,
) -> None:
    """Tell a guild's channel what became of it."""
    details: dict[str, Any] = {"what": what, "about": about}
    if target:
        details |= {"progress": progress, "target": target}
    append(tx, held, CHANGED, now, member_id=member_id, username=username, details=details)


def append(  # noqa: PLR0913 - the columns of an entry
    tx: Transaction,
    held: Held,
    kind: str,
    now: datetime,
    *,
    member_id: int,
    username: str,
    text: str = "",
    client_key: str = "",
    details: Mapping[str, Any] | None = None,
) -> Entry:
    """Write the next entry of a locked guild, and note its frame for after the commit."""
    held.entry_seq += 1
    place = (held.company_id, held.id)
    tx.run(
        "WITH counted AS ("
        "  UPDATE guild SET entry_seq = %s WHERE company_id = %s AND id = %s) "
        "INSERT INTO guild_entry (company_id, guild_id, number, type, member_id, username, text, "
        "  client_key, details, at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s)",
        (
            held.entry_seq, *place, *place, held.entry_seq, kind, member_id, username, text,
            client_key, json.dumps(details or {}), now,
        ),
    )  # fmt: skip
    row = (held.entry_seq, kind, member_id, username, text, details or {}, now, False)
    entry = entry_of(row)
    where = channel(*place)
    tx.send(Frames(where, [(entry.number, _frame(entry, where))]))
    return entry


def entry_of(row: Row) -> Entry:
    """An entry from a row of `COLUMNS`."""
    number, kind, member_id, username, text, details, at, is_deleted = row
    return Entry(
        number=number,
        type=kind,
        member_id=member_id,
        username=username,
        text=text,
        what=str(details.get("what", "")),
        about=str(details.get("about", "")),
        progress=int(details.get("progress", 0)),
        target=int(details.get("target", 0)),
        at=at,
        is_deleted=is_deleted,
    )


class GuildChannels:
    """The source of the guilds' channels: followed by who is in the guild now."""

    def newest(self, tx: Transaction, followers: Sequence[Follower]) -> Mapping[Follower, int]:
        """The newest numbers, for those who are in the guild they follow."""
        rows = tx.rows(
            "SELECT s.company_id, s.guild_id, s.member_id, g.entry_seq "
            "FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) "
            "  AS k (company_id, guild_id, member_id) "
            "JOIN guild_member s USING (company_id, guild_id, member_id) "
            "JOIN guild g ON g.company_id = s.company_id AND g.id = s.guild_id",
            (
                [one.channel.company_id for one in followers],
                [one.channel.key for one in followers],
                [one.member_id for one in followers],
            ),
        )
        return {
            Follower(channel(company, guild), member): last for company, guild, member, last in rows
        }

    def between(
        self, tx: Transaction, channel: Channel, first: int, last: int, *, limit: int
    ) -> list[Numbered]:
        """The entries numbered above `first` and up to `last`, oldest first."""
        rows = tx.rows(
            f"SELECT {COLUMNS} FROM guild_entry "  # noqa: S608 - our own names
            "WHERE company_id = %s AND guild_id = %s AND number > %s AND number <= %s "
            "ORDER BY number LIMIT %s",
            (channel.company_id, channel.key, first, last, limit),
        )
        found = [entry_of(row) for row in rows]
        return [(one.number, _frame(one, channel)) for one in found]


GUILDS = GuildChannels()


def _frame(entry: Entry, where: Channel) -> str:
    return frame(entry.number, entry.type, entry.data, entry.at, channels.name(where))
