"""What members did is as durable as what Whop told us: tried again, isolated, never dropped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from game.rules.retries import WAITS
from game.services.inbox import dead_letters, due
from game.services.inbox.dead_letters import Filter, Letter
from game.services.inbox.failures import count_crashed_runs
from game.services.settlement.drain import PROMPT, drain
from game.services.settlement.rehearsal import rehearse
from models.outgoing import Message, Wake
from models.session import WORKER, transaction
from tests.support.holding import member_held
from tests.support.settling import differences, states
from tests.support.telling import as_owner, pay, referrer, rows, settle
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("settings")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CODE = "ABCD2345"


def click(member: int, key: str, at: datetime = NOW, company: str = "biz_test") -> None:
    """A visitor's first click of a day on this member's link, not in the books yet."""
    with transaction(WORKER) as tx:
        tx.run(
            "INSERT INTO member_fact (company_id, member_id, kind, key, at)"
            " VALUES (%s, %s, 'click', %s, %s)",
            (company, member, key, at),
        )


def forbid_clicks() -> None:
    """From now on the database refuses every count of clicks."""
    as_owner(
        """
        CREATE FUNCTION no_clicks() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.clicks > 0 THEN RAISE EXCEPTION 'no clicks'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER no_clicks BEFORE INSERT ON member_day
        FOR EACH ROW EXECUTE FUNCTION no_clicks()
        """
    )


def allow_clicks() -> None:
    as_owner("DROP TRIGGER no_clicks ON member_day")


def clicks(member: int) -> int:
    return int(rows("SELECT clicks FROM member WHERE id = %s", member)[0][0])


def facts() -> list[tuple[object, ...]]:
    return rows("SELECT settled, aside, attempts FROM member_fact ORDER BY id")


def dead_click(member: int) -> Letter:
    """A click that failed until nobody tries any more."""
    forbid_clicks()
    click(member, "a")
    moment = NOW
    for _ in range(len(WAITS) + 1):
        drain(moment)
        moment += timedelta(days=1)
        due.make_due_wait(moment)
    [letter] = dead_letters.find(Filter())
    return letter


def test_click_counts_when_the_lock_on_its_member_is_gone() -> None:
    member = referrer(CODE, NOW)
    with member_held(member):
        click(member, "a")
        for _ in range(3):
            drain(NOW, limits=PROMPT)
        held = facts()

    assert held == [(False, "", 0)]
    assert eventually(lambda: drain(NOW, limits=PROMPT).settled == 0 and clicks(member) == 1)
    assert facts() == [(True, "", 0)]
    assert differences(NOW) == []


def test_lock_that_is_held_costs_a_delivery_no_attempt_either() -> None:
    member = referrer(CODE, NOW)
    pay("pay_1", "user_b", NOW - timedelta(hours=1), ref=CODE)
    with member_held(member):
        drain(NOW, limits=PROMPT)
        drain(NOW)
        held = rows("SELECT state, attempts FROM inbox")

    assert held == [("waiting", 0)]
    assert eventually(lambda: drain(NOW, limits=PROMPT).settled == 1)
    assert differences(NOW) == []


def test_failed_fact_waits_longer_each_time_and_is_buried_after_the_last() -> None:
    member = referrer(CODE, NOW)
    forbid_clicks()
    click(member, "a")
    moment = NOW
    waited = []

    for _ in WAITS:
        drain(moment)
        [(attempts, next_at)] = rows("SELECT attempts, next_attempt_at FROM member_fact")
        waited.append((attempts, next_at - moment))
        assert due.make_due_wait(next_at - timedelta(milliseconds=1)) == 0
        assert due.make_due_wait(next_at) == 1
        moment = next_at
    drain(moment)

    for number, (attempts, wait) in enumerate(waited):
        assert attempts == number + 1
        assert WAITS[number] / 2 <= wait < WAITS[number] * 1.5
    assert facts() == [(False, "dead", len(WAITS) + 1)]
    [letter] = dead_letters.find(Filter())
    assert (letter.inbox_seq, letter.type) == (None, "member_fact.click")
    assert (letter.error_group, letter.attempts) == ("bug:RaiseException", len(WAITS) + 1)
    assert "no clicks" in letter.error
    assert differences(moment) == []


def test_due_fact_wakes_the_workers(sent: list[Message]) -> None:
    member = referrer(CODE, NOW)
    click(member, "a")
    as_owner("UPDATE member_fact SET aside = 'retrying', next_attempt_at = now()")

    assert due.make_due_wait(datetime.now(UTC) + timedelta(seconds=1)) == 1

    assert sent == [Wake()]
    assert facts() == [(False, "", 0)]


def test_fact_that_is_put_aside_is_not_taken_for_left_lying() -> None:
    member = referrer(CODE, NOW)
    click(member, "a")
    as_owner("UPDATE member_fact SET aside = 'dead'")

    assert due.look_for_untaken(NOW + timedelta(hours=1)).head == ""


def test_dead_fact_is_shown_with_what_the_member_did() -> None:
    member = referrer(CODE, NOW)
    letter = dead_click(member)

    shown = dead_letters.show(letter.id)

    assert (shown.webhook_id, shown.received_at) == ("", NOW)
    assert f'"member_id": {member}' in shown.body
    assert '"kind": "click"' in shown.body
    assert shown.no_body == ""


def test_dead_fact_sent_again_after_mending_counts_once() -> None:
    member = referrer(CODE, NOW)
    letter = dead_click(member)
    allow_clicks()

    assert dead_letters.replay([letter.id], "operator", NOW) == 1
    assert dead_letters.replay([letter.id], "operator", NOW) == 0
    settle(NOW)

    assert clicks(member) == 1
    assert facts() == [(True, "", 0)]
    assert dead_letters.find(Filter()) == []
    assert rows("SELECT action, details ->> 'fact_id' IS NULL FROM audit") == [
        ("dead_letter.replay", False)
    ]
    assert differences(NOW) == []


def test_discarded_fact_counts_for_nothing_and_the_books_are_right() -> None:
    member = referrer(CODE, NOW)
    letter = dead_click(member)
    allow_clicks()

    assert dead_letters.discard([letter.id], "operator", "a robot", NOW) == 1
    settle(NOW)

    assert clicks(member) == 0
    assert facts()[0][:2] == (False, "dead")
    assert differences(NOW) == []


def test_trying_a_dead_fact_shows_what_would_be_and_keeps_nothing() -> None:
    member = referrer(CODE, NOW)
    letter = dead_click(member)

    still_wrong = rehearse(letter.id, NOW)
    allow_clicks()
    mended = rehearse(letter.id, NOW)

    assert (still_wrong.outcome, mended.outcome) == ("dead", "handled")
    assert "no clicks" in still_wrong.error
    assert clicks(member) == 0
    assert facts()[0][:2] == (False, "dead")


def test_dead_fact_without_its_letter_is_a_difference() -> None:
    member = referrer(CODE, NOW)
    letter = dead_click(member)
    as_owner(f"DELETE FROM dead_letter WHERE id = {letter.id}")

    assert len(differences(NOW)) == 1


def test_fact_in_the_hands_of_every_worker_that_dies_is_buried_after_the_third() -> None:
    member = referrer(CODE, NOW)
    click(member, "a")
    for _ in range(3):
        as_owner(
            "INSERT INTO settlement_run (worker, lock_key, inbox_seqs, fact_ids, started_at) "
            "SELECT 'host:1', 77, '{}', array_agg(id), clock_timestamp() FROM member_fact"
        )
        with transaction(WORKER) as tx:
            assert count_crashed_runs(tx, NOW) == 1

    assert facts() == [(False, "dead", 3)]
    [letter] = dead_letters.find(Filter())
    assert letter.error_group == "crash_loop"
    assert letter.error == "3 workers died with this fact in their hands"


def test_fact_that_was_in_dead_hands_goes_alone() -> None:
    member = referrer(CODE, NOW)
    forbid_clicks()
    click(member, "a")
    as_owner("UPDATE member_fact SET alone = true")
    pay("pay_1", "user_b", NOW - timedelta(hours=1), ref=CODE)

    drain(NOW)
    drain(NOW)

    assert states() == {"handled": 1}
    assert facts() == [(False, "retrying", 1)]


def test_run_names_the_facts_it_has_in_hand() -> None:
    member = referrer(CODE, NOW)
    as_owner(
        """
        CREATE TABLE seen_run AS SELECT fact_ids FROM settlement_run;
        GRANT SELECT, INSERT ON seen_run TO legends_worker;
        CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO seen_run SELECT fact_ids FROM settlement_run; RETURN NEW; END $$;
        CREATE TRIGGER look BEFORE INSERT ON member_day FOR EACH ROW EXECUTE FUNCTION look()
        """
    )
    click(member, "a")

    settle(NOW)

    assert rows("SELECT fact_ids = (SELECT array_agg(id) FROM member_fact) FROM seen_run") == [
        (True,)
    ]


@pytest.mark.parametrize("how", ["nonsense", "a fault of the database"])
def test_what_falls_out_is_recorded_before_the_turn_is_given_away(how: str) -> None:
    member = referrer(CODE, NOW)
    as_owner(
        """
        CREATE FUNCTION only_with_its_turn() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
                         AND classid = 7465102 AND pid = pg_backend_pid()) THEN
            RAISE EXCEPTION 'nobody holds the turn';
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER only_with_its_turn BEFORE UPDATE ON inbox
        FOR EACH ROW EXECUTE FUNCTION only_with_its_turn();
        CREATE TRIGGER only_with_its_turn BEFORE UPDATE ON member_fact
        FOR EACH ROW EXECUTE FUNCTION only_with_its_turn()
        """
    )
    if how == "nonsense":
        pay("pay_1", "user_b", NOW, ref=CODE, total="-1.00")
    else:
        forbid_clicks()
        click(member, "a")

    settle(NOW)

    assert states() == ({"dead": 1} if how == "nonsense" else {})
    assert facts() == ([] if how == "nonsense" else [(False, "retrying", 1)])
