"""The relay's reads in Postgres: few at a time, never longer than two seconds each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg2
from gevent.lock import BoundedSemaphore
from sqlalchemy.exc import SQLAlchemyError

from game.services.members.tickets import Grant
from game.services.notices import channels
from game.services.notices.channel_sources import Cursor, Follower, Numbered, Stretch, read_on
from models.outgoing import Channel
from models.session import MEMBER, WORKER, Transaction, transaction
from web.limits import TimeUp, within
from web.realtime.frames import Frame
from web.realtime.resequencer import Unreachable
from web.realtime.sources import SOURCES

READ_SECONDS = 2.0
AT_ONCE = 8
"""Reads at the same time: after a restart thousands come back at once, and Postgres has other
work to do."""
CAUGHT_UP_AT_MOST = 200
"""Entries of a channel replayed to who comes back; who missed more fetches the state instead."""

_turn = BoundedSemaphore(AT_ONCE)


@contextmanager
def _asking() -> Iterator[None]:
    """One of the few reads. Raises Unreachable when Postgres does not answer in time."""
    with _turn:
        try:
            with within(READ_SECONDS):
                yield
        except (TimeUp, SQLAlchemyError, psycopg2.Error) as error:
            raise Unreachable("postgres") from error


def stretches(grant: Grant, cursors: Sequence[Cursor]) -> dict[Channel, Stretch]:
    """What came after each cursor; without the channels that the member may not follow."""
    with _asking(), transaction(MEMBER, grant.company_id) as tx:
        epoch = _epoch(tx)
        newest = _newest(tx, [Follower(one.channel, grant.member_id) for one in cursors])
        return {
            follower.channel: read_on(
                tx,
                SOURCES[follower.channel.kind],
                cursor,
                last_id=newest[follower],
                epoch=epoch,
                limit=CAUGHT_UP_AT_MOST,
            )
            for cursor in cursors
            if (follower := Follower(cursor.channel, grant.member_id)) in newest
        }


def missing(channel: Channel, first: int, last: int) -> list[Frame]:
    """A channel's frames above `first` up to `last`, as many as are read at once."""
    with _asking(), transaction(MEMBER, channel.company_id) as tx:
        source = SOURCES[channel.kind]
        entries = source.between(tx, channel, first, last, limit=CAUGHT_UP_AT_MOST)
    return as_frames(channel, entries)


def as_frames(channel: Channel, entries: Iterable[Numbered]) -> list[Frame]:
    """Entries of a channel as they go to browsers."""
    is_own = channel.kind == channels.OWN
    return [Frame(number, text.encode(), is_own=is_own) for number, text in entries]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How things stand in Postgres for the members and channels that were asked about.

    `members`: (banned, sessions valid from) by company and member; who is gone is left out.
    `newest`: the newest numbers, for those who may follow.
    """

    epoch: str
    members: Mapping[tuple[str, int], tuple[bool, datetime | None]]
    newest: Mapping[Follower, int]


def compare(followers: Collection[Follower]) -> Comparison:
    """Everything a comparison needs, in one statement for the members and one a kind of channel."""
    members = sorted({(one.channel.company_id, one.member_id) for one in followers})
    with _asking(), transaction(WORKER) as tx:
        rows = tx.rows(
            "SELECT m.company_id, m.id, m.banned_at IS NOT NULL, m.sessions_valid_from "
            "FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, id) "
            "JOIN member m USING (company_id, id)",
            ([company for company, _ in members], [member for _, member in members]),
        )
        return Comparison(
            _epoch(tx),
            {(company, member): (banned, since) for company, member, banned, since in rows},
            _newest(tx, followers),
        )


def _epoch(tx: Transaction) -> str:
    [(epoch,)] = tx.rows("SELECT value FROM epoch")
    return str(epoch)


def _newest(tx: Transaction, followers: Iterable[Follower]) -> dict[Follower, int]:
    """The newest numbers for those who may follow; nobody may follow a kind that we do not know."""
    by_kind: dict[str, list[Follower]] = defaultdict(list)
    for follower in followers:
        by_kind[follower.channel.kind].append(follower)
    found: dict[Follower, int] = {}
    for kind in by_kind.keys() & SOURCES.keys():
        found |= SOURCES[kind].newest(tx, by_kind[kind])
    return found
