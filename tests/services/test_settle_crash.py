"""A process killed in the middle of a batch: counted, isolated, and buried only as the cause."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from game.services.inbox import dead_letters
from game.services.inbox.failures import count_crashed_runs
from game.services.settlement.drain import drain
from models.session import WORKER, transaction
from tests.support.settling import differences, states
from tests.support.telling import allow, as_owner, forbid, pay, purse, referrer, rows, settle
from tests.support.waiting import eventually

pytestmark = [pytest.mark.usefixtures("settings"), pytest.mark.faults]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CODE = "ABCD2345"
DRAIN = """
from datetime import datetime
from game.services.settlement.drain import drain
now = datetime.fromisoformat({now!r})
while drain(now).more:
    pass
"""


def drain_until_killed() -> None:
    """Let a process of its own settle; kill it while it has the sleeping payment in its hands."""
    process = subprocess.Popen([sys.executable, "-c", DRAIN.format(now=NOW.isoformat())])
    try:
        assert eventually(is_asleep, 60), process.poll()
    finally:
        process.kill()
        process.wait()
    # The server would sleep on for a while before it missed its client.
    as_owner(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE wait_event = 'PgSleep' AND datname = current_database()"
    )
    assert eventually(lambda: count() == 1, 20)


def is_asleep() -> bool:
    return bool(as_owner("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))


def count() -> int:
    with transaction(WORKER) as tx:
        return count_crashed_runs(tx, NOW)


def test_delivery_that_kills_every_worker_is_buried_after_the_third_and_no_other() -> None:
    member = referrer(CODE, NOW)
    forbid("pay_3", "PERFORM pg_sleep(25)")
    for number in range(6):
        pay(f"pay_{number}", f"user_{number}", NOW - timedelta(hours=1), ref=CODE)

    drain_until_killed()
    after_one = rows("SELECT state, attempts, alone FROM inbox")
    drain_until_killed()
    after_two = states()
    drain_until_killed()
    settle(NOW)

    assert after_one == [("waiting", 1, True)] * 6
    assert after_two == {"handled": 3, "waiting": 3}
    assert states() == {"handled": 5, "dead": 1}
    [letter] = dead_letters.find(dead_letters.Filter())
    assert (letter.error_group, letter.attempts) == ("crash_loop", 3)
    assert purse(member) == (5 * 441, 0, 0)
    assert differences(NOW) == []


def test_crash_leaves_nothing_half_done_and_the_next_process_does_it_all() -> None:
    member = referrer(CODE, NOW)
    forbid("pay_3", "PERFORM pg_sleep(25)")
    for number in range(6):
        pay(f"pay_{number}", f"user_{number}", NOW - timedelta(hours=1), ref=CODE)

    drain_until_killed()
    between = rows("SELECT (SELECT count(*) FROM payment) + (SELECT count(*) FROM receipt)")
    allow()
    settle(NOW)

    assert between == [(0,)]
    assert states() == {"handled": 6}
    assert purse(member) == (6 * 441, 0, 0)
    assert rows("SELECT count(*) FROM settlement_run") == [(0,)]
    assert differences(NOW) == []


def test_living_process_in_a_batch_is_not_taken_for_dead() -> None:
    referrer(CODE, NOW)
    forbid("pay_1", "PERFORM pg_sleep(3)")
    pay("pay_1", "user_1", NOW, ref=CODE, received=NOW)
    process = subprocess.Popen([sys.executable, "-c", DRAIN.format(now=NOW.isoformat())])
    try:
        assert eventually(is_asleep, 60)

        counted = count()

        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    assert counted == 0
    assert states() == {"handled": 1}
    assert rows("SELECT attempts FROM inbox") == [(0,)]


def test_steady_traffic_does_not_keep_a_suspect_waiting() -> None:
    referrer(CODE, NOW)
    pay("pay_suspect", "user_s", NOW, ref=CODE, received=NOW)
    as_owner("UPDATE inbox SET alone = true, attempts = 1")

    for number in range(4):
        for company in ("biz_test", "biz_other"):
            pay(f"pay_{number}", f"user_{number}", NOW, received=NOW, company=company)
        drain(NOW)

    assert rows("SELECT state FROM inbox WHERE alone") == [("handled",)]


def test_restart_of_the_database_in_a_batch_is_no_death_of_a_worker() -> None:
    referrer(CODE, NOW)
    pay("pay_1", "user_b", NOW - timedelta(hours=1), ref=CODE)
    [(seq,)] = rows("SELECT seq FROM inbox")
    as_owner(
        "INSERT INTO settlement_run (worker, lock_key, inbox_seqs, started_at) "
        f"VALUES ('host:1', 77, '{{{seq}}}', pg_postmaster_start_time() - interval '1 second')"
    )

    assert count() == 1

    assert rows("SELECT attempts, alone FROM inbox") == [(0, False)]
    assert rows("SELECT count(*) FROM settlement_run") == [(0,)]


def test_failures_of_other_kinds_do_not_count_as_deaths_of_a_worker() -> None:
    referrer(CODE, NOW)
    pay("pay_1", "user_b", NOW - timedelta(hours=1), ref=CODE)
    as_owner("UPDATE inbox SET attempts = 2")

    leave_a_dead_run()
    after_one = count(), rows("SELECT state, attempts, crashes, alone FROM inbox")
    leave_a_dead_run()
    after_two = count(), rows("SELECT state, attempts, crashes, alone FROM inbox")
    leave_a_dead_run()

    assert after_one == (1, [("waiting", 3, 1, True)])
    assert after_two == (1, [("waiting", 4, 2, True)])
    assert (count(), states()) == (1, {"dead": 1})
    [letter] = dead_letters.find(dead_letters.Filter())
    assert (letter.error_group, letter.attempts) == ("crash_loop", 5)
    assert letter.error.startswith("3 workers died")


def leave_a_dead_run() -> None:
    """What a worker leaves that dies with everything in its hands: a run whose lock is free."""
    as_owner(
        "INSERT INTO settlement_run (worker, lock_key, inbox_seqs, started_at) "
        "SELECT 'host:1', 77, array_agg(seq), clock_timestamp() FROM inbox"
    )
