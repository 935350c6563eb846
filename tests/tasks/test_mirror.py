"""The mirror of the dead letters holds exactly the open ones, whatever happened to it before."""

from __future__ import annotations

from datetime import UTC, datetime

import redis

from game.services.inbox import dead_letters
from game.services.inbox.dead_letters import Filter
from models.session import WORKER, transaction
from settings import Settings
from workers import mirror
from workers.app import KEY_PREFIX, make_app
from workers.queues import DEAD

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def bury(count: int) -> list[int]:
    with transaction(WORKER) as tx:
        rows = tx.rows(
            "INSERT INTO dead_letter (inbox_seq, type, error_group, error, attempts, died_at)"
            " SELECT n, 'payment.succeeded', 'nonsense', '', 1, %s"
            " FROM generate_series((SELECT count(*) + 1 FROM dead_letter),"
            "  (SELECT count(*) FROM dead_letter) + %s) n RETURNING id",
            (NOW, count),
        )
    return [row[0] for row in rows]


def depth(settings: Settings) -> int:
    with redis.Redis.from_url(settings.broker_url) as broker:
        return int(broker.llen(KEY_PREFIX + DEAD))


def test_depth_is_the_tables_after_every_rebuild(settings: Settings) -> None:
    app = make_app(settings)
    depths = []
    ids = bury(2500)
    for closed in ([], ids[:500], ids[500:]):
        dead_letters.discard(closed, "user_op", "old", NOW)
        mirror.rebuild(app)
        depths.append(depth(settings))

    assert depths == [2500, 2000, 0]
    assert dead_letters.find(Filter()) == []


def test_rebuild_heals_what_was_eaten_or_added(settings: Settings) -> None:
    app = make_app(settings)
    bury(3)
    mirror.rebuild(app)
    with redis.Redis.from_url(settings.broker_url) as broker:
        broker.rpop(KEY_PREFIX + DEAD)
        broker.lpush(KEY_PREFIX + DEAD, "junk", "junk")

    mirror.rebuild(app)

    assert depth(settings) == 3


def test_kombu_reads_the_mirror_oldest_letter_first(settings: Settings) -> None:
    app = make_app(settings)
    ids = bury(3)
    mirror.rebuild(app)

    with app.connection_for_read() as connection, connection.SimpleQueue(DEAD) as queue:
        messages = [queue.get(timeout=2) for _ in range(3)]
        seen = [message.payload["dead_letter"] for message in messages]

    assert seen == ids


def test_broker_without_a_swap_is_refilled_over_its_protocol(settings: Settings) -> None:
    app = make_app(settings)
    ids = bury(3)

    mirror._replace_messages(app, ids)
    mirror._replace_messages(app, ids[:2])

    assert depth(settings) == 2
