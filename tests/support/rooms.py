"""A second kind of channel, as guild chat will be one: rooms, whose talk is numbered per room.

`python -m tests.support.rooms --port N` runs the relay with this kind registered beside ours.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from game.services.notices import channels, frames
from game.services.notices.announcing import frame
from game.services.notices.channel_sources import Follower, Numbered
from models.outgoing import Channel, Frames
from models.session import WORKER, Transaction, engine, transaction
from models.tenancy import secure
from web.realtime.sources import SOURCES

KIND = "room"
ALL = "SELECT, INSERT, UPDATE, DELETE"
TABLES = (
    (
        "CREATE TABLE room (company_id text, id bigint, seq bigint NOT NULL DEFAULT 0, "
        "PRIMARY KEY (company_id, id))"
    ),
    (
        "CREATE TABLE room_member (company_id text, room_id bigint, member_id bigint, "
        "PRIMARY KEY (company_id, room_id, member_id))"
    ),
    (
        "CREATE TABLE room_entry (company_id text, room_id bigint, seq bigint, data jsonb, "
        "at timestamptz, PRIMARY KEY (company_id, room_id, seq))"
    ),
)


class Rooms:
    """The source of rooms: who is in one follows it."""

    def newest(self, tx: Transaction, followers: Sequence[Follower]) -> Mapping[Follower, int]:
        """The newest number of each room, for those who are in it."""
        rows = tx.rows(
            "SELECT m.company_id, m.room_id, m.member_id, r.seq "
            "FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) "
            "  AS k (company_id, room_id, member_id) "
            "JOIN room_member m USING (company_id, room_id, member_id) "
            "JOIN room r ON r.company_id = m.company_id AND r.id = m.room_id",
            (
                [one.channel.company_id for one in followers],
                [one.channel.key for one in followers],
                [one.member_id for one in followers],
            ),
        )
        return {
            Follower(Channel(company, KIND, room), member): seq
            for company, room, member, seq in rows
        }

    def between(
        self, tx: Transaction, channel: Channel, first: int, last: int, *, limit: int
    ) -> list[Numbered]:
        """What was said above `first` and up to `last`."""
        return [
            (seq, frame(seq, "said", data, at, channels.name(channel)))
            for seq, data, at in tx.rows(
                "SELECT seq, data, at FROM room_entry WHERE company_id = %s AND room_id = %s "
                "AND seq > %s AND seq <= %s ORDER BY seq LIMIT %s",
                (channel.company_id, channel.key, first, last, limit),
            )
        ]


SOURCES[KIND] = Rooms()


@dataclass
class Room:
    """A room of a company. `unpublished` holds what was said but not yet published."""

    company_id: str
    id: int
    unpublished: list[Frames] = field(default_factory=list)

    @property
    def channel(self) -> Channel:
        return Channel(self.company_id, KIND, self.id)

    def enter(self, member_id: int) -> None:
        """Let a member in."""
        with transaction(WORKER) as tx:
            values = (self.company_id, self.id, member_id)
            tx.run("INSERT INTO room_member VALUES (%s, %s, %s)", values)

    def leave(self, member_id: int) -> None:
        """Show a member out."""
        with transaction(WORKER) as tx:
            tx.run(
                "DELETE FROM room_member WHERE company_id = %s AND room_id = %s AND member_id = %s",
                (self.company_id, self.id, member_id),
            )

    def note(self, count: int = 1, *, words: str = "hello") -> None:
        """Commit this many entries in one transaction, each with the next number."""
        now = datetime.now(UTC)
        data: dict[str, Any] = {"text": words}
        place = (self.company_id, self.id)
        with transaction(WORKER) as tx:
            [(last,)] = tx.rows(
                "UPDATE room SET seq = seq + %s WHERE company_id = %s AND id = %s RETURNING seq",
                (count, *place),
            )
            numbers = range(last - count + 1, last + 1)
            for seq in numbers:
                tx.run(
                    "INSERT INTO room_entry VALUES (%s, %s, %s, %s::jsonb, %s)",
                    (*place, seq, json.dumps(data), now),
                )
        name = channels.name(self.channel)
        texts = [(seq, frame(seq, "said", data, now, name)) for seq in numbers]
        self.unpublished.append(Frames(self.channel, texts))

    def publish(self) -> None:
        """Hand everything that was committed to Redis."""
        batch, self.unpublished = self.unpublished, []
        frames.publish(batch)

    def say(self, count: int = 1, *, words: str = "hello") -> None:
        """Commit and publish."""
        self.note(count, words=words)
        self.publish()


def make_tables() -> None:
    """Give this database the tables of rooms, under the rules of every tenant table."""
    with engine().begin() as connection:
        for table in TABLES:
            connection.execute(text(table))
        for name in ("room", "room_member", "room_entry"):
            for statement in secure(name, member=ALL, worker=ALL):
                connection.execute(text(statement))


def room(company_id: str, number: int, *members: int) -> Room:
    """Open a room and let these members in."""
    opened = Room(company_id, number)
    with transaction(WORKER) as tx:
        tx.run("INSERT INTO room VALUES (%s, %s)", (company_id, number))
    for member in members:
        opened.enter(member)
    return opened


def create_relay() -> Any:
    """The relay, in a process that has imported this module."""
    from web.relay import create_relay as ours  # noqa: PLC0415 - only under gunicorn

    return ours()


if __name__ == "__main__":
    from cli.parts import become_gunicorn

    become_gunicorn("tests.support.rooms:create_relay()", "127.0.0.1", int(sys.argv[2]), 1)
