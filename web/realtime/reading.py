"""The relay's reads in Postgres: few at a time, never longer than two seconds each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg2
from gevent.lock import BoundedSemaphore
from sqlalchemy.exc import SQLAlchemyError

from game.services.members.tickets import Grant
from game.services.notices import reads
from game.services.notices.reads import Page
from models.session import MEMBER, WORKER, Row, transaction
from web.limits import TimeUp, within
from web.realtime.frames import Frame
from web.realtime.line import Unreachable

READ_SECONDS = 2.0
AT_ONCE = 8
"""Reads at the same time: after a restart thousands come back at once, and Postgres has other
work to do."""
CAUGHT_UP_AT_MOST = 200
"""Notices replayed to somebody who comes back; who missed more fetches the state instead."""

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


def greeting(grant: Grant, number: int | None, epoch: str) -> Page | None:
    """What the member missed since `number`. None for a member that is gone."""
    with _asking(), transaction(MEMBER, grant.company_id) as tx:
        return reads.after(
            tx, grant.company_id, grant.member_id, number, limit=CAUGHT_UP_AT_MOST, epoch=epoch
        )


def missing(grant: Grant, first: int, last: int) -> list[Frame]:
    """The member's frames above `first` up to `last`, as many as are read at once."""
    with _asking(), transaction(MEMBER, grant.company_id) as tx:
        rows = reads.between(
            tx, grant.company_id, grant.member_id, first, last, limit=CAUGHT_UP_AT_MOST
        )
    return [Frame(seq, text.encode()) for seq, text in rows]


def standings(companies: Sequence[str], members: Sequence[int]) -> tuple[str, list[Row]]:
    """The epoch, and (company, member, newest number, banned, sessions valid from) of each.

    One question for all members this process holds; a member that is gone has no row.
    """
    with _asking(), transaction(WORKER) as tx:
        [(epoch,)] = tx.rows("SELECT value FROM epoch")
        rows = tx.rows(
            "SELECT m.company_id, m.id, m.notice_seq, m.banned_at IS NOT NULL, "
            "m.sessions_valid_from FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, id) "
            "JOIN member m USING (company_id, id)",
            (list(companies), list(members)),
        )
    return str(epoch), rows
