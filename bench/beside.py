"""The textbook pipeline in the same run: its rate, and whether its books are ours to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.intake import LIVE, gunicorn
from bench.pipeline import WARM_UP, WORKERS, Pipeline
from bench.stand import MIGRATED, UNSAFE_BUT_FAST, Stand

EMPTY = "bench_empty"
BATCH = 200

PROCESSED = "SELECT count(*) FROM webhook_event"
TEXTBOOK_BOOKS = """
SELECT (SELECT coalesce(sum(xp), 0)::bigint FROM xp_entry WHERE kind = 'payment'),
  (SELECT coalesce(sum(xp), 0)::bigint FROM xp_entry WHERE kind = 'lesson'),
  (SELECT coalesce(sum(total_referrals), 0)::bigint FROM member),
  (SELECT coalesce(jsonb_object_agg(currency, amount), '{}') FROM (
     SELECT currency, sum(pending_minor + held_minor + payable_minor)::bigint AS amount
     FROM balance GROUP BY 1 HAVING sum(pending_minor + held_minor + payable_minor) <> 0) b)
"""
OUR_BOOKS = TEXTBOOK_BOOKS.replace("xp_entry", "receipt")


@dataclass(frozen=True)
class Round:
    """One run of the textbook pipeline: its rate, and the sums of its books beside ours."""

    events_per_second: float
    books: dict[str, Any]
    our_books: dict[str, Any]


def measure(stand: Stand, file: Path, count: int) -> Round:
    """Rate of `count` events, and the sums of its books beside those of ours."""
    with textbook(stand) as line_of:
        line = line_of(file)
        line.send(0, WARM_UP)
        stand.settle_down()
        seconds = line.send(WARM_UP, count)
        books = _sums(stand, line.database, TEXTBOOK_BOOKS)
    return Round(count / seconds, books, _our_books(stand, file, WARM_UP + count))


@contextmanager
def textbook(stand: Stand) -> Iterator[Any]:
    """The textbook parts in a database of their own; what makes a line to them of a file."""
    stand.servers.postgres.ensure_database(EMPTY)
    database = stand.database(EMPTY)
    stand.empty_redis()
    stand.child(database, "textbook.fill")
    worker = (
        "celery", "-A", "bench.textbook.program", "worker", "-Q", "webhooks",
        "--concurrency", str(WORKERS), "--without-gossip", "--without-mingle",
        "--loglevel", "INFO",
    )  # fmt: skip
    with ExitStack() as stack:
        command = gunicorn("bench.textbook.web:create_app()", WORKERS)
        port = stack.enter_context(stand.server("textbook-web", database, *command, health=LIVE))
        stack.enter_context(stand.program("textbook-worker", database, *worker, says=" ready."))
        connection = stack.enter_context(closing(stand.servers.postgres.connect(database)))
        cursor = connection.cursor()

        def is_settled(count: int) -> bool:
            cursor.execute(PROCESSED)
            return int(cursor.fetchone()[0]) >= count

        yield lambda file: Pipeline(stand, database, port, "/webhooks/whop", file, is_settled)


def _our_books(stand: Stand, file: Path, count: int) -> dict[str, Any]:
    """The same events through our settlement, without a clock."""
    database = stand.database(MIGRATED)
    stand.child(database, "fill", file, count, 0, **UNSAFE_BUT_FAST)
    stand.child(database, "settling", BATCH, count, **UNSAFE_BUT_FAST)
    books = _sums(stand, database, OUR_BOOKS)
    stand.drop(database)
    return books


def _sums(stand: Stand, database: str, query: str) -> dict[str, Any]:
    with closing(stand.servers.postgres.connect(database)) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        payment_xp, lesson_xp, referrals, money = cursor.fetchone()
    return {
        "payment_xp": payment_xp,
        "lesson_xp": lesson_xp,
        "total_referrals": referrals,
        "commission_minor": money,
    }
