"""Somebody else's session that holds a row, as a person at a SQL prompt would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2

import settings


@contextmanager
def member_held(member: int, how: str = "FOR NO KEY UPDATE") -> Iterator[None]:
    """Hold the row of this member, whatever its company, until the block ends."""
    url = settings.current().database_url.replace("+psycopg2", "")
    with closing(psycopg2.connect(url)) as session, session.cursor() as cursor:
        cursor.execute(f"SELECT id FROM member WHERE id = %s {how}", (member,))
        assert cursor.fetchone() is not None
        yield
        session.rollback()
