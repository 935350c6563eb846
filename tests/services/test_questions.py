"""What only Whop can answer is asked at its time, once, and goes into the books like all else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from game.services.reconciling import answering, runs
from game.services.whop.questions import PATIENCE
from models.session import WORKER, transaction
from settings import Settings
from tests.rules.making import iso, money, native_refund
from tests.support.asked_whop import AskedWhop, asked_whop, move_on
from tests.support.settling import COMPANY, differences
from tests.support.telling import (
    dispute,
    pay,
    payment_data,
    purse,
    referrer,
    refund,
    rows,
    settle,
    tell,
)

AT = datetime.now(UTC).replace(microsecond=0) - timedelta(days=9)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def whop(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AskedWhop]:
    with asked_whop(monkeypatch) as twin:
        yield twin


def question(object_id: str = "pay_1") -> tuple[Any, ...]:
    """(state, attempts, next_at) of a question."""
    [found] = rows(
        "SELECT state, attempts, next_at FROM whop_question WHERE object_id = %s", object_id
    )
    return tuple(found)


def shown(**more: Any) -> dict[str, Any]:
    """Worked example 1 as Whop's API shows it."""
    at = more.pop("at", AT)
    refunded = more.pop("refunded", None)
    data = payment_data("pay_1", "user_b", at, ref="CODE2222", **more)
    return {**data, "status": "paid", "account_id": COMPANY, "refunded_amount": refunded}


def foreign_refund(amount: str, at: datetime, refund_id: str = "rf_1") -> None:
    """A refund in a currency that none of the payment's amounts is in."""
    data = native_refund(
        id=refund_id,
        payment_id="pay_1",
        amount=money(amount, "eur"),
        original_amount=money(amount, "eur"),
        created_at=iso(at),
        updated_at=iso(at),
    )
    tell("refund.updated", data, at)


def test_the_payment_of_a_refund_is_asked_for_after_72_hours_and_not_before(
    whop: AskedWhop,
) -> None:
    member = referrer("CODE2222", AT - timedelta(days=1))
    whop.shows("payment", shown(), COMPANY)
    refund("pay_1", "20.00", AT)
    settle(AT)
    assert question() == ("open", 0, AT + PATIENCE)

    move_on(AT + PATIENCE - MOMENT)
    assert question()[1] == 0
    move_on(AT + PATIENCE)

    assert question()[0] == "answered"
    assert purse(member) == (252, 0, 0)
    assert rows("SELECT webhook_id LIKE 'asked_%%' FROM inbox ORDER BY seq") == [(False,), (True,)]
    move_on(AT + PATIENCE + timedelta(days=1))
    assert question()[1] == 1
    assert differences(AT + PATIENCE) == []


def test_the_payment_of_a_dispute_is_asked_for_too(whop: AskedWhop) -> None:
    member = referrer("CODE2222", AT - timedelta(days=1))
    whop.shows("payment", shown(), COMPANY)
    dispute("pay_1", "needs_response", AT)
    settle(AT)

    move_on(AT + PATIENCE)

    assert question()[0] == "answered"
    assert purse(member) == (0, 441, 0)


def test_a_payment_that_comes_by_itself_is_not_asked_for(whop: AskedWhop) -> None:
    member = referrer("CODE2222", AT - timedelta(days=1))
    refund("pay_1", "20.00", AT)
    settle(AT)
    pay("pay_1", "user_b", AT, ref="CODE2222", received=AT + timedelta(hours=71))
    settle(AT + timedelta(hours=71))

    move_on(AT + PATIENCE)  # the twin knows nothing of it: asked, it would say so

    assert question()[0] == "answered"
    assert purse(member) == (252, 0, 0)


@pytest.mark.parametrize(
    ("created", "state"), [(-MOMENT * 1000, "nobodys"), (0 * MOMENT, "answered")]
)
def test_a_payment_from_before_the_installation_is_recorded_as_nobodys(
    whop: AskedWhop, created: timedelta, state: str
) -> None:
    referrer("CODE2222", AT)
    whop.shows("payment", shown(at=AT + created), COMPANY)
    refund("pay_1", "20.00", AT)
    settle(AT)

    move_on(AT + PATIENCE)

    assert question()[0] == state
    assert rows("SELECT count(*) FROM payment") == [(int(state == "answered"),)]


def test_a_payment_whop_does_not_know_is_nobodys(whop: AskedWhop) -> None:
    referrer("CODE2222", AT)
    refund("pay_1", "20.00", AT)
    settle(AT)

    move_on(AT + PATIENCE)

    assert question()[0] == "nobodys"


def test_while_whop_is_away_the_question_comes_again_and_is_given_up_in_the_end(
    whop: AskedWhop,
) -> None:
    referrer("CODE2222", AT)
    refund("pay_1", "20.00", AT)
    settle(AT)
    whop.fails("/payments/*", 500, times=-1)

    moments = [AT + PATIENCE]
    while question()[0] == "open":
        assert question()[2] == moments[-1]
        move_on(moments[-1] - MOMENT)
        assert question()[1] == len(moments) - 1
        move_on(moments[-1])
        moments.append(question()[2])

    waits = [after - before for before, after in pairwise(moments)]
    assert waits == [*answering.PAUSES, answering.PAUSES[-1]]
    assert question()[0] == "given_up"


def test_a_refund_in_a_foreign_currency_takes_whops_own_share(whop: AskedWhop) -> None:
    member = referrer("CODE2222", AT - timedelta(days=1))
    pay("pay_1", "user_b", AT, ref="CODE2222")
    foreign_refund("18.50", AT + timedelta(hours=1))
    settle(AT + timedelta(hours=1))
    assert purse(member) == (441, 0, 0)
    told = AT + timedelta(hours=2)
    whop.shows("payment", shown(updated_at=iso(told), refunded=money("20.00")), COMPANY)

    move_on(told)

    assert question("rf_1")[0] == "answered"
    assert purse(member) == (252, 0, 0)  # worked example 6
    assert differences(told) == []


def test_a_sum_from_before_the_refund_is_asked_for_again(whop: AskedWhop) -> None:
    member = referrer("CODE2222", AT - timedelta(days=1))
    pay("pay_1", "user_b", AT, ref="CODE2222")
    foreign_refund("18.50", AT + timedelta(hours=1))
    settle(AT + timedelta(hours=1))
    whop.shows("payment", shown(refunded=None), COMPANY)
    move_on(AT + timedelta(hours=2))
    assert question("rf_1")[:2] == ("open", 1)

    told = AT + timedelta(hours=3)
    whop.shows("payment", shown(updated_at=iso(told), refunded=money("20.00")), COMPANY)
    move_on(told)

    assert question("rf_1")[0] == "answered"
    assert purse(member) == (252, 0, 0)


def test_each_further_refund_of_such_a_payment_makes_the_sum_old(whop: AskedWhop) -> None:
    member = referrer("CODE2222", AT - timedelta(days=1))
    pay("pay_1", "user_b", AT, ref="CODE2222")
    foreign_refund("18.50", AT + timedelta(hours=1))
    settle(AT + timedelta(hours=1))
    whop.shows("payment", shown(updated_at=iso(AT + timedelta(hours=1)), refunded=money("20.00")),
               COMPANY)  # fmt: skip
    move_on(AT + timedelta(hours=1))
    refund("pay_1", "26.56", AT + timedelta(hours=2), "rf_2")
    settle(AT + timedelta(hours=2))
    whop.shows("payment", shown(updated_at=iso(AT + timedelta(hours=2)), refunded=money("46.56")),
               COMPANY)  # fmt: skip

    move_on(AT + timedelta(hours=2))

    assert question("rf_2")[0] == "answered"
    assert purse(member) == (0, 0, 0)


def test_the_night_notes_what_was_never_noted(whop: AskedWhop) -> None:
    referrer("CODE2222", AT)
    refund("pay_1", "20.00", AT)
    settle(AT)
    with transaction(WORKER) as tx:
        tx.run("UPDATE whop_question SET object_id = 'pay_2', payment_id = 'pay_2'")

    with transaction(WORKER) as tx:
        runs.nightly(tx, COMPANY, AT)

    assert question("pay_1")[0] == "open"
