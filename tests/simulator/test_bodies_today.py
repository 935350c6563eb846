"""`legends send` on any day: recorded bodies are told anew, as if Whop had sent them now."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.simulation import prepare
from game.services.inbox.intake import accept, read_delivery
from settings import Settings
from simulator.bodies_today import moved_to
from tests.support.workers import settle_all, states

PAYLOADS = Path(__file__).parent.parent / "whop" / "payloads"
FILES = sorted(file for file in PAYLOADS.glob("**/*.json") if file.parent.name != "v5_old")
DAY = datetime(2028, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC)


def test_every_recorded_body_sent_today_is_settled_or_ignored(settings: Settings) -> None:
    now = datetime.now(UTC)
    for file in FILES:
        webhook_id, raw = prepare(file.read_bytes(), None, None, now)
        accept(read_delivery(webhook_id, raw, now, now))

    settle_all(now)

    assert set(states()) <= {"handled", "ignored"}
    assert sum(states().values()) == len(FILES)


def test_times_move_by_as_much_as_the_time_of_sending_and_nothing_else_changes() -> None:
    body = json.loads((PAYLOADS / "payment.succeeded.json").read_text())

    moved = moved_to(DAY, body)

    assert moved["timestamp"] == "2028-02-29T23:59:59.999Z"
    by = DAY.replace(microsecond=999_000) - datetime.fromisoformat(body["timestamp"])
    for name in ("created_at", "updated_at", "paid_at"):
        before = datetime.fromisoformat(body["data"][name])
        assert datetime.fromisoformat(moved["data"][name]) - before == by
    assert moved["api_version_date"] == body["api_version_date"]
    assert {**moved["data"]["total"]} == body["data"]["total"]
    assert moved_to(DAY, moved) == moved


@pytest.mark.parametrize("sent_at", [None, 1_700_000_000, "yesterday", "2026-13-01T00:00:00Z"])
def test_a_body_that_does_not_say_when_it_was_sent_stays_as_it_is(sent_at: object) -> None:
    body = {"id": "msg_1", "timestamp": sent_at, "data": {"paid_at": "2026-11-02T18:04:15.611Z"}}

    assert moved_to(DAY, body) == body


def test_a_time_that_would_leave_the_calendar_stays() -> None:
    body = {"timestamp": "2026-11-02T18:04:16.291Z", "data": ["9999-12-31T00:00:00.000Z"]}

    assert moved_to(DAY, body)["data"] == ["9999-12-31T00:00:00.000Z"]


def test_each_telling_has_a_fresh_id_unless_one_is_given_or_it_goes_as_it_is() -> None:
    raw = (PAYLOADS / "payment.succeeded.json").read_bytes()
    own = json.loads(raw)["id"]

    told = [prepare(raw, None, None, DAY + timedelta(days=day)) for day in range(2)]

    assert len({own, told[0][0], told[1][0]}) == 3
    assert [json.loads(body)["id"] for _, body in told] == [told[0][0], told[1][0]]
    assert prepare(raw, None, "msg_mine", DAY)[0] == "msg_mine"
    assert prepare(raw, None, None) == (own, raw)
