"""The poller's view of the inbox: what is due, and what nobody has taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from game.services.inbox import due
from game.services.members.joining import ensure_company, ensure_members
from models.outgoing import Message, Wake
from models.session import WORKER, register_sender, transaction
from settings import Settings
from tests.support.workers import deliver, deliver_body, payment, states

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "turned"), [(-1, 1), (0, 1), (1, 0)])
def test_retrying_row_waits_again_from_its_moment_on(
    settings: Settings, seconds: int, turned: int
) -> None:
    deliver(1)
    with transaction(WORKER) as tx:
        at = NOW + timedelta(seconds=seconds)
        tx.run("UPDATE inbox SET state = 'retrying', attempts = 3, next_attempt_at = %s", (at,))

    assert due.make_due_wait(NOW) == turned
    assert states() == ({"waiting": 1} if turned else {"retrying": 1})


def test_due_rows_wake_the_workers_once_and_keep_their_attempts(settings: Settings) -> None:
    sent: list[Message] = []
    register_sender(sent.extend)
    deliver(3)
    sent.clear()
    with transaction(WORKER) as tx:
        tx.run("UPDATE inbox SET state = 'snoozed', attempts = 2, next_attempt_at = %s", (NOW,))

    due.make_due_wait(NOW)
    again = due.make_due_wait(NOW)

    assert again == 0
    assert sent == [Wake()]
    with transaction(WORKER) as tx:
        assert tx.rows("SELECT DISTINCT attempts FROM inbox") == [(2,)]


def test_fresh_row_is_left_to_the_workers_for_a_second(settings: Settings) -> None:
    deliver_body(payment("biz_a"), NOW)

    assert due.look_for_untaken(NOW + timedelta(seconds=1)).head == ""
    assert due.look_for_untaken(NOW + timedelta(seconds=1.01)).head == "inbox:1"


def test_every_company_is_seen_within_a_round_of_looks(settings: Settings) -> None:
    for number in range(45):
        fresh = number != 44
        at = NOW if fresh else NOW - timedelta(minutes=1)
        deliver_body(payment(f"biz_{number:02}"), at)

    found, resume = [], ""
    for _ in range(4):
        look = due.look_for_untaken(NOW, resume)
        found.append(look.head)
        resume = look.resume

    assert "inbox:45" in found
    assert "" in found


def test_unsettled_fact_of_a_member_counts_as_untaken(settings: Settings) -> None:
    with transaction(WORKER) as tx:
        ensure_company(tx, "biz_a", NOW)
        member = ensure_members(tx, "biz_a", {"user_1": "Ann"}, NOW)["user_1"]
        tx.run(
            "INSERT INTO member_fact (company_id, member_id, kind, key, at)"
            " VALUES ('biz_a', %s, 'visit', '2026-11-22', %s)",
            (member, NOW),
        )

    assert due.look_for_untaken(NOW).head == ""
    assert due.look_for_untaken(NOW + timedelta(seconds=2)).head.startswith("fact:biz_a:")
