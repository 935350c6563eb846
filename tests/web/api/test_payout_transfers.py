"""Payouts through Whop: whatever happens on the way, the twin counts that each was paid once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from flask import Flask

from game.rules.refusals import Refusal
from game.services.payouts import deciding, sending
from game.services.whop import api
from models.outgoing import Message
from models.session import WORKER, register_sender, transaction
from simulator.transfers import set_funds
from tests.support.company_life import rows, settle, tell
from tests.support.paying import CODE, PAID, ask, creator, earner, pockets, state, steps
from tests.support.settling import differences
from tests.support.twin import COMPANY, Whop, running_whop

USER = f"user_{CODE.lower()}"
ONCE = {"minor": {f"{USER} usd": 1000}, "transfers": {f"{USER} usd": 1}}
AGREED = PAID + timedelta(days=40)


@pytest.fixture
def sent(app: Flask) -> list[Message]:
    """What is handed over after commits, instead of to the broker."""
    messages: list[Message] = []
    register_sender(messages.extend)
    return messages


@pytest.fixture
def whop(app: Flask, sent: list[Message], monkeypatch: pytest.MonkeyPatch) -> Iterator[Whop]:
    with running_whop(app, monkeypatch) as running:
        yield running


@pytest.fixture
def payout(whop: Whop) -> int:
    """Ten dollars that were asked for and agreed to."""
    member = earner("100.00", company=COMPANY)
    return agreed_to(member)


def agreed_to(member: int) -> int:
    who = creator(company=COMPANY)
    number = ask(member, AGREED, company=COMPANY)
    deciding.approve(who, number, AGREED)
    return number


def member_of(payout: int) -> int:
    [(member,)] = rows("SELECT member_id FROM payout WHERE id = %s", payout)
    return int(member)


def now() -> datetime:
    return datetime.now(UTC)


def due(payout: int) -> None:
    """Let the next attempt be due."""
    with transaction(WORKER) as tx:
        tx.run("UPDATE payout SET next_attempt_at = %s WHERE id = %s", (AGREED, payout))


def test_a_payout_is_sent_once_and_closed_by_the_webhook(
    whop: Whop, payout: int, sent: list[Message]
) -> None:
    assert sending.wanted(COMPANY, payout) in sent

    assert sending.send(COMPANY, payout, now())
    assert state(payout) == "sending"
    [transfer] = whop.transfers()
    whop.end(transfer["id"])
    whop.heard(2)

    assert steps(payout) == ["requested", "approved", "sending", "paid"]
    assert whop.paid() == ONCE
    assert rows("SELECT transfer_id FROM payout") == [(transfer["id"],)]
    assert pockets(member_of(payout)) == (0, 0, 0, 1000)
    assert differences(now(), COMPANY) == []


def test_a_transfer_that_fails_puts_the_money_back(whop: Whop, payout: int) -> None:
    sending.send(COMPANY, payout, now())
    [transfer] = whop.transfers()

    whop.end(transfer["id"], "failed")
    whop.heard(2)

    assert state(payout) == "failed"
    assert rows("SELECT problem FROM payout") == [("destination_not_verified",)]
    assert pockets(member_of(payout)) == (0, 0, 1000, 0)
    assert differences(now(), COMPANY) == []


@pytest.mark.parametrize("status", [500, 0])
def test_done_but_never_answered_is_found_by_asking_and_paid_once(
    whop: Whop, payout: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "PATIENCE", httpx.Timeout(0.3))
    api._http.cache_clear()
    whop.trouble("/transfers", status, method="POST", after=True, delay_ms=0 if status else 700)

    assert not sending.send(COMPANY, payout, now())
    assert rows("SELECT state, problem FROM payout") == [("sending", "no_answer")]
    due(payout)
    assert sending.send(COMPANY, payout, now())

    [transfer] = whop.transfers()
    assert rows("SELECT transfer_id FROM payout") == [(transfer["id"],)]
    assert whop.paid() == ONCE
    assert differences(now(), COMPANY) == []


def test_not_done_and_not_answered_is_sent_again_with_the_same_key(whop: Whop, payout: int) -> None:
    whop.trouble("/transfers", 500, method="POST")
    sending.send(COMPANY, payout, now())
    assert whop.transfers() == []

    due(payout)
    sending.send(COMPANY, payout, now())

    assert whop.paid() == ONCE


def test_a_payout_whose_end_is_unknown_is_neither_rejected_nor_paid_by_hand(
    whop: Whop, payout: int
) -> None:
    whop.trouble("/transfers", 500, method="POST")
    sending.send(COMPANY, payout, now())
    [(member, user)] = rows("SELECT id, whop_user_id FROM member WHERE role = 'creator'")
    who = deciding.Decider(COMPANY, member, user, AGREED)

    for act in (deciding.reject, deciding.mark_paid):
        with pytest.raises(Refusal) as refused:
            act(who, payout, "", now())
        assert refused.value.code == "payout_being_sent"


def test_after_the_key_is_forgotten_it_is_only_asked_for_and_comes_back_if_never_made(
    whop: Whop, payout: int
) -> None:
    whop.trouble("/transfers", 500, method="POST")
    sending.send(COMPANY, payout, now())

    for later, wanted in ((timedelta(hours=22, minutes=59), "sending"), (timedelta(days=2), "")):
        due(payout)
        if wanted:
            whop.trouble("/transfers", 500, method="POST")
        sending.send(COMPANY, payout, now() + later)
        assert state(payout) == (wanted or "failed")

    assert whop.transfers() == []
    assert pockets(member_of(payout)) == (0, 0, 1000, 0)
    assert differences(now() + timedelta(days=2), COMPANY) == []


def test_a_process_killed_while_whop_works_is_followed_by_one_that_asks(
    whop: Whop, payout: int
) -> None:
    whop.trouble("/transfers", 0, method="POST", after=True, delay_ms=2_500)
    code = (
        "import sys; from datetime import UTC, datetime; from game.services.payouts import sending;"
        f" sending.send('{COMPANY}', {payout}, datetime.now(UTC))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], env=dict(os.environ))
    until = time.monotonic() + 60
    while not whop.transfers() and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert rows("SELECT state, transfer_id FROM payout") == [("sending", "")]

    due(payout)
    sending.sweep_step({}, now(), now())

    assert whop.paid() == ONCE
    [transfer] = whop.transfers()
    whop.end(transfer["id"])
    whop.heard(2)
    assert state(payout) == "paid"
    assert differences(now(), COMPANY) == []


def test_the_sweep_sends_what_was_agreed_to_while_the_broker_was_away(
    whop: Whop, payout: int
) -> None:
    progress: dict[str, int] | None = {}
    while progress is not None:  # the message was lost: nobody calls `send`
        progress = sending.sweep_step(progress, now(), now())

    assert whop.paid() == ONCE


def test_without_the_right_or_the_funds_nothing_is_sent_and_the_creator_is_told(
    whop: Whop, payout: int
) -> None:
    whop.store.refuse(COMPANY, "payout:transfer_funds")
    sending.send(COMPANY, payout, now())
    assert rows("SELECT state, problem FROM payout") == [("approved", "permission_missing")]
    whop.store._db.execute("DELETE FROM refusals")
    set_funds(whop.store, COMPANY, "usd", 999)

    due(payout)
    sending.send(COMPANY, payout, now())

    assert rows("SELECT state, problem FROM payout") == [("approved", "balance_too_low")]
    assert whop.transfers() == []
    set_funds(whop.store, COMPANY, "usd", 1000)
    due(payout)
    sending.send(COMPANY, payout, now())
    assert whop.paid() == ONCE


def test_a_webhook_that_is_faster_than_the_answer_closes_the_payout_and_nothing_is_sent_again(
    whop: Whop, payout: int
) -> None:
    whop.trouble("/transfers", 500, method="POST", after=True)
    sending.send(COMPANY, payout, now())
    [transfer] = whop.transfers()
    whop.end(transfer["id"])
    whop.heard(2)

    due(payout)
    sending.send(COMPANY, payout, now())

    assert state(payout) == "paid"
    assert whop.paid() == ONCE


def test_webhooks_of_a_transfer_in_any_order_and_twice_end_alike(whop: Whop, payout: int) -> None:
    sending.send(COMPANY, payout, now())
    [transfer] = whop.transfers()
    whop.end(transfer["id"])

    settle()
    with transaction(WORKER) as tx:
        tx.run("UPDATE inbox SET state = 'waiting' WHERE type LIKE 'transfer.%%'")
    settle()

    assert steps(payout) == ["requested", "approved", "sending", "paid"]
    assert differences(now(), COMPANY) == []


def test_a_transfer_of_another_amount_is_never_taken_for_the_payouts(
    whop: Whop, payout: int
) -> None:
    [(key,)] = rows("SELECT key FROM payout")
    tell(COMPANY, "transfer.completed", foreign(key))
    settle()

    assert rows("SELECT state, problem FROM payout") == [("approved", "transfer_differs")]
    assert differences(now(), COMPANY) == []


def foreign(key: str) -> dict[str, object]:
    return {
        "id": "ctt_foreign",
        "status": "succeeded",
        "amount": {"amount": "9.99", "currency": "usd", "decimals": 2, "display_decimals": 2},
        "created_at": "2026-11-01T00:00:00Z",
        "status_changed_at": "2026-11-01T00:00:01Z",
        "destination": {"object": "user", "id": USER},
        "failure_code": None,
        "metadata": {"wl_payout": key},
    }
