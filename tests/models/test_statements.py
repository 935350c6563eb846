"""A batch's statements are planned once, travel together, and never outlive what they were for."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg2
import pytest

from game.services.inbox.turns import OLDEST
from models.session import WORKER, Transaction, engine, transaction
from tests.support.settling import COMPANY, differences, states
from tests.support.telling import as_owner, pay, referrer, rows, settle

pytestmark = pytest.mark.usefixtures("settings")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PREPARED = "SELECT count(*) FROM pg_prepared_statements"
MARKS = "SELECT part FROM heartbeat ORDER BY part"
MARK = "INSERT INTO heartbeat (part, at) VALUES (%s, now())"


def batch() -> Any:
    return transaction(WORKER, batch=True)


def marks() -> list[str]:
    with transaction(WORKER) as tx:
        return [part for (part,) in tx.rows(MARKS)]


def test_a_statement_is_planned_once_a_connection_and_answers_as_without() -> None:
    question = "SELECT %(a)s::int + %(b)s::int, %(a)s::int %% 2, %(words)s::text[]"
    asked = {"a": 3, "b": 4, "words": ["x", 'a "b"', "c\\d", "%s", "it's"]}
    with transaction(WORKER) as plain:
        expected = plain.rows(question, asked)

    for _ in range(3):
        with batch() as tx:
            assert tx.rows(question, asked) == expected == [(7, 1, asked["words"])]
            assert tx.rows(PREPARED) == tx.rows(PREPARED)


def test_preparations_of_a_batch_that_failed_are_no_trap_for_the_next() -> None:
    with pytest.raises(psycopg2.Error), batch() as tx:
        tx.put("SELECT 1 / %s::int", (0,))
        tx.rows("SELECT %s::int * 2", (4,))  # travels behind the failure: never prepared

    with batch() as tx:
        assert tx.rows("SELECT %s::int * 2", (4,)) == [(8,)]


def test_what_a_rolled_back_batch_prepared_still_serves() -> None:
    for _ in range(3):
        with pytest.raises(KeyError), batch() as tx:
            assert tx.rows("SELECT %s::int * 3", (4,)) == [(12,)]
            raise KeyError

    with batch() as tx:
        assert tx.rows("SELECT %s::int * 3", (4,)) == [(12,)]


def test_a_put_is_seen_by_the_next_read_and_gone_after_a_rollback() -> None:
    with pytest.raises(KeyError), batch() as tx:
        tx.put(MARK, ("first",))
        tx.put(MARK, ("second",))
        assert tx.rows(MARKS) == [("first",), ("second",)]
        raise KeyError

    assert marks() == []


@pytest.mark.parametrize("is_batch", [True, False])
def test_what_was_put_last_is_written_by_the_commit(*, is_batch: bool) -> None:
    with transaction(WORKER, batch=is_batch) as tx:
        tx.put(MARK, ("a % and a ; in it",))

    assert marks() == ["a % and a ; in it"]


@pytest.mark.parametrize("is_batch", [True, False])
def test_a_put_that_postgres_refuses_ends_the_transaction(*, is_batch: bool) -> None:
    with pytest.raises(psycopg2.IntegrityError), transaction(WORKER, batch=is_batch) as tx:
        tx.put(MARK, ("twice",))
        tx.put(MARK, ("twice",))

    assert marks() == []


def test_a_batch_goes_on_over_columns_and_indexes_that_a_migration_adds() -> None:
    referrer("ABCD2345", NOW)
    pay("pay_1", "user_1", NOW - timedelta(hours=2), ref="ABCD2345")
    settle(NOW)
    for table in ("payment", "payment_effect", "receipt", "notice", "member", "inbox"):
        as_owner(f"ALTER TABLE {table} ADD COLUMN later text DEFAULT 'x'")
    as_owner("CREATE INDEX ix_later ON payment (later)")
    pay("pay_2", "user_2", NOW - timedelta(hours=1), ref="ABCD2345")

    settle(NOW)

    assert states() == {"handled": 2}
    assert rows("SELECT total_referrals FROM member") == [(2,)]
    assert differences(NOW) == []


def test_a_connection_that_postgres_ended_begins_with_nothing_prepared() -> None:
    with batch() as tx:
        tx.rows("SELECT %s::int", (1,))
    as_owner(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    with batch() as tx:
        assert tx.rows("SELECT %s::int", (1,)) == [(1,)]
    assert engine().pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_small_batch_reads_no_more_of_a_long_backlog_than_it_takes() -> None:
    referrer("ABCD2345", NOW)
    for number in range(60):
        pay(f"pay_{number}", f"user_{number}", NOW - timedelta(hours=1), ref="ABCD2345")

    with batch() as tx:
        tx.rows(OLDEST, {"companies": [COMPANY], "share": 5})
        plan = explained_again(tx, "{" + COMPANY + "}", 5)

    scans = [node for node in nodes(plan) if node.get("Relation Name") == "inbox"]
    assert [node["Index Name"] for node in scans] == ["ix_inbox_waiting"]
    assert [node["Actual Rows"] for node in scans] == [5]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", []),
        ("text", ["", "two words", 'a "quoted" one', "back\\slash", "{a,b}", "NULL", "it's", "é✓"]),
        ("text", ['","', '"', "\\", '\\"', "%s", "a\nb\t"]),
        ("text", ["a", None, '"']),
        ("bigint", [0, -5, 2**62]),
        ("timestamptz", [datetime(2026, 1, 5, 9, 0, 0, 123456, tzinfo=UTC)]),
        ("date", [date(2026, 2, 28), date(1999, 12, 31)]),
    ],
)
def test_an_array_arrives_with_each_value_as_it_was(kind: str, values: list[Any]) -> None:
    with transaction(WORKER) as tx:
        rows = tx.rows(
            f"SELECT v FROM unnest(%s::{kind}[]) WITH ORDINALITY AS u (v, n) ORDER BY n", (values,)
        )

    assert [value for (value,) in rows] == values


def explained_again(tx: Transaction, *values: object) -> dict[str, Any]:
    """The plan of the statement that was prepared last, run once more with these values."""
    with closing(tx.connection.connection.cursor()) as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements ORDER BY prepare_time DESC LIMIT 1")
        ((name,),) = cursor.fetchall()
        places = ", ".join(["%s"] * len(values))
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE {name} ({places})", values)
        ((plans,),) = cursor.fetchall()
    plan: dict[str, Any] = plans[0]["Plan"]
    return plan


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]
