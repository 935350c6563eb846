"""Raw bodies are kept 90 days in months; the next months are made ahead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from game.services.scheduled import retention
from models.session import WORKER, engine, transaction
from settings import Settings
from tests.support.workers import deliver_body, payment

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def partitions() -> list[str]:
    with engine().connect() as connection:
        rows = connection.execute(
            text("SELECT inhrelid::regclass::text FROM pg_inherits"
                 " WHERE inhparent = 'inbox_body'::regclass ORDER BY 1")
        )  # fmt: skip
        return [str(row[0]) for row in rows]


def bodies() -> list[tuple[str, int]]:
    with transaction(WORKER) as tx:
        rows = tx.rows("SELECT tableoid::regclass::text, seq FROM inbox_body ORDER BY seq")
        return [(row[0], row[1]) for row in rows]


def test_partitions_of_this_month_and_three_ahead_are_made_once(settings: Settings) -> None:
    retention.make_partitions(NOW)
    retention.make_partitions(NOW)

    assert partitions() == [
        "inbox_body_2026_11",
        "inbox_body_2026_12",
        "inbox_body_2027_01",
        "inbox_body_2027_02",
        "inbox_body_default",
    ]


def test_bodies_that_came_before_their_partition_move_into_it(settings: Settings) -> None:
    deliver_body(payment("biz_a"), NOW)

    retention.make_partitions(NOW)
    deliver_body(payment("biz_a"), NOW)

    assert bodies() == [("inbox_body_2026_11", 1), ("inbox_body_2026_11", 2)]


def test_month_is_dropped_when_its_newest_body_is_90_days_old(settings: Settings) -> None:
    retention.make_partitions(NOW)
    deliver_body(payment("biz_a"), datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
    edge = datetime(2026, 12, 1, tzinfo=UTC) + retention.BODIES_KEPT

    retention.drop_partitions(edge - timedelta(seconds=1))
    before = bodies()
    retention.drop_partitions(edge)

    assert before == [("inbox_body_2026_11", 1)]
    assert bodies() == []
    assert "inbox_body_2026_11" not in partitions()
    with transaction(WORKER) as tx:
        assert tx.rows("SELECT count(*) FROM inbox") == [(1,)]


def test_old_bodies_outside_any_partition_go_too(settings: Settings) -> None:
    deliver_body(payment("biz_a"), NOW - timedelta(days=200))

    retention.drop_partitions(NOW)

    assert bodies() == []


def test_sweep_ends_after_old_ticks_and_heartbeats_are_gone(settings: Settings) -> None:
    with transaction(WORKER) as tx:
        for days in (1, 13, 15, 30):
            tx.run(
                "INSERT INTO job_tick (job, scheduled_for, started_at) VALUES ('a', %s, %s)",
                (NOW - timedelta(days=days), NOW),
            )
        tx.run("INSERT INTO heartbeat VALUES ('worker:gone', %s)", (NOW - timedelta(days=2),))

    progress = retention.step({}, NOW, NOW)
    while progress is not None:
        progress = retention.step(progress, NOW, NOW)

    with transaction(WORKER) as tx:
        assert tx.rows("SELECT count(*) FROM job_tick") == [(2,)]
        assert tx.rows("SELECT count(*) FROM heartbeat") == [(0,)]
