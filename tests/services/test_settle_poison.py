"""What cannot be settled falls out alone, comes again on a schedule, and ends as a dead letter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg2
import pytest

from game.rules.retries import WAITS
from game.services.inbox import dead_letters
from game.services.inbox.due import make_due_wait
from game.services.settlement.drain import drain, is_passing
from tests.support.settling import differences, states
from tests.support.telling import allow, as_owner, forbid, pay, purse, referrer, rows, settle

pytestmark = pytest.mark.usefixtures("settings")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CODE = "ABCD2345"


def test_one_poisoned_delivery_of_two_hundred_falls_out_alone() -> None:
    member = referrer(CODE, NOW)
    forbid("pay_77")
    for number in range(200):
        pay(f"pay_{number}", f"user_{number}", NOW - timedelta(hours=1), ref=CODE)

    settle(NOW)

    assert states() == {"handled": 199, "retrying": 1}
    assert purse(member) == (199 * 441, 0, 0)
    assert rows("SELECT DISTINCT attempts FROM inbox WHERE state = 'handled'") == [(0,)]
    assert differences(NOW) == []


def test_three_poisoned_deliveries_in_one_batch_do_not_shield_each_other() -> None:
    referrer(CODE, NOW)
    as_owner(
        """
        CREATE FUNCTION forbidden() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.payment_id LIKE '%%3' THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER forbidden BEFORE INSERT ON payment
        FOR EACH ROW EXECUTE FUNCTION forbidden()
        """.replace("%%", "%")
    )
    for number in range(30):
        pay(f"pay_{number}", "user_same", NOW - timedelta(hours=1), ref=CODE)

    settle(NOW)

    assert states() == {"handled": 27, "retrying": 3}
    assert differences(NOW) == []


def test_failed_delivery_waits_longer_each_time_and_is_buried_after_the_last() -> None:
    referrer(CODE, NOW)
    forbid("pay_1")
    pay("pay_1", "user_b", NOW, ref=CODE, received=NOW)
    moment = NOW
    waited = []

    for _ in WAITS:
        drain(moment)
        [(attempts, next_at)] = rows("SELECT attempts, next_attempt_at FROM inbox")
        waited.append((attempts, next_at - moment))
        too_early = make_due_wait(next_at - timedelta(milliseconds=1))
        assert too_early == 0
        assert make_due_wait(next_at) == 1
        moment = next_at
    drain(moment)

    for number, (attempts, wait) in enumerate(waited):
        assert attempts == number + 1
        assert WAITS[number] / 2 <= wait < WAITS[number] * 1.5
    assert states() == {"dead": 1}
    [letter] = dead_letters.find(dead_letters.Filter())
    assert letter.error_group == "bug:RaiseException"
    assert "no room for this payment" in letter.error
    assert letter.attempts == len(WAITS) + 1


def test_dead_letter_sent_again_after_mending_is_settled_as_if_nothing_had_been() -> None:
    member = referrer(CODE, NOW)
    forbid("pay_1")
    pay("pay_1", "user_b", NOW, ref=CODE, received=NOW)
    moment = NOW
    for _ in range(len(WAITS) + 1):
        drain(moment)
        moment += timedelta(days=1)
        make_due_wait(moment)
    [letter] = dead_letters.find(dead_letters.Filter())
    still_wrong = dead_letters.replay([letter.id], "operator", moment)
    settle(moment)
    assert states() == {"retrying": 1}

    allow()
    moment += timedelta(minutes=1)
    make_due_wait(moment)
    settle(moment)

    assert still_wrong == 1
    assert states() == {"handled": 1}
    assert purse(member) == (441, 0, 0)
    assert dead_letters.find(dead_letters.Filter()) == []
    assert differences(moment) == []


def test_broken_fact_of_our_own_stops_neither_deliveries_nor_other_facts() -> None:
    member = referrer(CODE, NOW)
    as_owner(
        """
        CREATE FUNCTION forbidden() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.day = DATE '2026-11-20' THEN RAISE EXCEPTION 'no'; END IF;
        RETURN NEW; END $$;
        CREATE TRIGGER forbidden BEFORE INSERT ON member_day
        FOR EACH ROW EXECUTE FUNCTION forbidden()
        """
    )
    for day in (19, 20, 21):
        as_owner(
            "INSERT INTO member_fact (company_id, member_id, kind, key, at) VALUES "
            f"('biz_test', {member}, 'click', '{day}', '2026-11-{day} 10:00Z')"
        )
    pay("pay_1", "user_b", NOW, ref=CODE)

    settle(NOW)

    assert states() == {"handled": 1}
    assert rows("SELECT clicks FROM member WHERE id = %s", member) == [(2,)]
    assert rows("SELECT count(*) FROM member_fact WHERE NOT settled") == [(0,)]


def test_only_a_database_that_is_away_excuses_a_batch_not_a_value_nobody_can_send() -> None:
    assert is_passing(psycopg2.OperationalError("server closed the connection unexpectedly"))
    assert is_passing(psycopg2.InterfaceError("connection already closed"))
    assert not is_passing(psycopg2.ProgrammingError("can't adapt type 'set'"))
    assert not is_passing(ValueError("A string literal cannot contain NUL (0x00) characters."))
