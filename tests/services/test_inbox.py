"""Many deliveries in one statement: each has the answer it would have had alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from game.services.inbox import intake
from game.services.inbox.intake import Delivery, read_delivery
from game.services.platform.sealing import open_sealed
from models.one_shot import NotStorable
from models.outgoing import Message, Wake
from models.session import WORKER, transaction
from tests.support.web import event

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("settings")


def delivery(webhook_id: str, **more: Any) -> Delivery:
    return read_delivery(webhook_id, event(webhook_id, **more), NOW - timedelta(seconds=3), NOW)


def rows(sql: str) -> list[tuple[Any, ...]]:
    with transaction(WORKER) as tx:
        return tx.rows(sql)


def test_all_are_stored_each_under_its_own_seal(sent: list[Message]) -> None:
    given = [delivery(f"msg_{n}", note=f'quote " and \\ {n}') for n in range(5)]

    assert intake.accept_all(given) == ["accepted"] * 5

    found = rows("SELECT webhook_id, sealed FROM inbox JOIN inbox_body USING (seq)")
    assert {key: open_sealed(key, bytes(sealed)) for key, sealed in found} == {
        one.webhook_id: one.body for one in given
    }
    assert sent == [Wake()]


def test_an_id_twice_in_one_go_counts_once_and_another_body_leaves_an_alert() -> None:
    intake.accept(delivery("msg_known"))
    given = [
        delivery("msg_1"),
        delivery("msg_known"),
        delivery("msg_1"),
        delivery("msg_1", account_id="biz_other"),
        delivery("msg_2"),
    ]

    outcomes = intake.accept_all(given)

    assert outcomes == ["accepted", "duplicate", "duplicate", "duplicate", "accepted"]
    assert rows("SELECT webhook_id, company_id FROM inbox ORDER BY webhook_id") == [
        ("msg_1", "biz_1"),
        ("msg_2", "biz_1"),
        ("msg_known", "biz_1"),
    ]
    assert rows("SELECT webhook_id FROM inbox_alert") == [("msg_1",)]


def test_of_types_nobody_handles_the_workers_are_not_told(sent: list[Message]) -> None:
    assert intake.accept_all([delivery("msg_1", kind="chat.message.created")]) == ["accepted"]
    assert sent == []


def test_one_that_no_column_holds_stops_all_so_that_the_caller_can_part_them() -> None:
    """The door refuses such ids long before; this is what its Gathering relies on."""
    strange = Delivery("msg_\x00", "payment.succeeded", "biz_1", "", NOW, NOW, b"{}")

    with pytest.raises(NotStorable):
        intake.accept_all([delivery("msg_1"), strange])

    assert rows("SELECT count(*) FROM inbox") == [(0,)]
