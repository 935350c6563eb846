"""The spool: durable or refused, drained in order, never blocked by one bad entry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from game.services.inbox import spool
from game.services.inbox.intake import Delivery, read_delivery
from models.one_shot import Unavailable
from models.session import WORKER, transaction
from settings import Settings
from tests.conftest import forget_settings
from tests.support.web import event

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def delivery(webhook_id: str) -> Delivery:
    return read_delivery(webhook_id, event(webhook_id), NOW - timedelta(seconds=3), NOW)


def rows() -> list[tuple[object, ...]]:
    with transaction(WORKER) as tx:
        return tx.rows("SELECT webhook_id, sent_at, received_at, state FROM inbox ORDER BY seq")


def test_entries_move_to_the_inbox_with_the_times_they_came_at(settings: Settings) -> None:
    for number in range(3):
        spool.put(delivery(f"msg_{number}"), wait_ms=1500)
    assert spool.depth() == 3

    drained = spool.drain(NOW + timedelta(hours=1))

    assert (drained.moved, drained.quarantined, drained.more) == (3, 0, False)
    assert spool.depth() == 0
    sent_at = NOW - timedelta(seconds=3)
    assert rows() == [(f"msg_{n}", sent_at, NOW, "waiting") for n in range(3)]


def test_draining_twice_or_what_postgres_has_already_doubles_nothing(settings: Settings) -> None:
    for webhook_id in ("msg_1", "msg_1", "msg_2"):
        spool.put(delivery(webhook_id), wait_ms=1500)

    first, second = spool.drain(NOW), spool.drain(NOW)

    assert (first.moved, second.moved) == (3, 0)
    assert [row[0] for row in rows()] == ["msg_1", "msg_2"]


def test_an_unreadable_entry_is_put_aside_and_the_others_go_on(settings: Settings) -> None:
    spool.client().xadd(spool.STREAM, {"id": "msg_0", "sealed": b"\x01\x03devnonsense"})
    spool.client().xadd(spool.STREAM, {"strange": "entry"})
    spool.put(delivery("msg_1"), wait_ms=1500)

    drained = spool.drain(NOW)

    assert (drained.moved, drained.quarantined) == (1, 2)
    assert [row[0] for row in rows()] == ["msg_1"]
    assert spool.depth() == 0
    kept: Any = spool.client().xrange(spool.QUARANTINE)
    assert [fields.get(b"id") for _, fields in kept] == [b"msg_0", None]
    assert all(fields[b"reason"] for _, fields in kept)


def test_without_postgres_nothing_leaves_the_spool(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.put(delivery("msg_1"), wait_ms=1500)
    monkeypatch.setenv("DATABASE_URL", "postgresql://legends@127.0.0.1:9/none")
    forget_settings()

    with pytest.raises(Unavailable):
        spool.drain(NOW)

    assert spool.depth() == 1


def test_more_than_a_batch_says_so(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "BATCH", 2)
    for number in range(3):
        spool.put(delivery(f"msg_{number}"), wait_ms=1500)

    assert [spool.drain(NOW).more for _ in range(2)] == [True, False]
    assert spool.depth() == 0


def test_what_is_not_on_disk_is_not_spooled(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for url in ("", "redis://127.0.0.1:9/0"):
        monkeypatch.setenv("REDIS_URL", url)
        forget_settings()
        with pytest.raises(spool.NotSpooled):
            spool.put(delivery("msg_1"), wait_ms=1500)
