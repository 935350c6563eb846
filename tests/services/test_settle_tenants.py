"""Row level security: whatever the table, a member's transaction knows its own company only."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

import psycopg2.errors
import pytest
from sqlalchemy import Table

from game.services.progress.acts import record_visit
from models import Base
from models.session import MEMBER, transaction
from tests.support.settling import deliver_all, drain_all, found_company, life, put
from tests.support.telling import as_owner, rows

pytestmark = pytest.mark.usefixtures("settings")
MINE, THEIRS = "biz_mine", "biz_theirs"
TABLES = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
TENANT = [table for table in TABLES if "company_id" in table.c]
OTHER = [table for table in TABLES if "company_id" not in table.c]
# Tables no service of this test fills, with one row each of a company.
FILLED_BY_HAND = {
    "audit": "(company_id, actor, action, subject, details, at) "
    "VALUES ('{0}', 'a', 'b', 'c', '{{}}', now())",
    "click": "(company_id, token, code, member_id, visitor, at) "
    "SELECT '{0}', 't', 'c', min(id), 'v', now() FROM member WHERE company_id = '{0}'",
    "company_fact": "(company_id, kind, key, at, value) "
    "VALUES ('{0}', 'time_zone', '1', now(), 'UTC')",
    "dead_letter": "(inbox_seq, company_id, type, error_group, error, attempts, died_at) "
    "SELECT min(seq), '{0}', 't', 'g', 'e', 1, now() FROM inbox WHERE company_id = '{0}'",
    "inbox_alert": "(webhook_id, company_id, kept_sha256, seen_sha256, at) "
    "VALUES ('m', '{0}', '', '', now())",
    "rule_set": "(company_id, version, valid_from, document, actor_user_id) "
    "VALUES ('{0}', 2, now(), '{{}}', 'u')",
    "system_config": "(company_id, key, version, value, created_at, actor_user_id) "
    "VALUES ('{0}', 'k', 1, '{{}}', now(), 'u')",
}

ANY = {
    "Text": "'x'",
    "BigInteger": "1",
    "Integer": "1",
    "SmallInteger": "1",
    "Boolean": "true",
    "DateTime": "now()",
    "Date": "'2026-11-20'",
    "JSONB": "'{}'",
    "LargeBinary": "'\\x00'",
    "ARRAY": "'{}'",
}
"""A value of each kind of column, as SQL."""


def test_members_transaction_cannot_see_or_touch_another_companys_rows_in_any_table() -> None:
    _live_in_both()

    for table in TENANT:
        theirs = _count_as_owner(table)
        assert theirs, f"{table.name} has no row to steal: the test would prove nothing"
        assert _may("SELECT 1 FROM {0} WHERE company_id = %s", table) in {"nothing", "denied"}
        assert _may(_touch(table), table) in {"nothing", "denied"}
        assert _may("DELETE FROM {0} WHERE company_id = %s", table) in {"nothing", "denied"}
        assert _forge(table) == "denied", table.name
        assert _count_as_owner(table) == theirs


def test_without_a_company_a_members_transaction_sees_no_row_at_all() -> None:
    _live_in_both()

    for table in TENANT:
        assert _may("SELECT 1 FROM {0} WHERE company_id <> %s", table, "") in {"nothing", "denied"}


def test_tables_without_a_company_are_closed_to_members_but_for_the_harmless() -> None:
    open_to_read = {table.name for table in OTHER if _may("SELECT 1 FROM {0}", table) != "denied"}
    open_to_write = {table.name for table in OTHER if _may("DELETE FROM {0}", table) != "denied"}

    assert open_to_read <= {"currency", "epoch"}
    assert open_to_write == set()


def test_worker_sees_every_company() -> None:
    _live_in_both()

    for table in TENANT:
        seen = rows(f"SELECT count(DISTINCT company_id) FROM {table.name}")
        assert seen == [(2,)], table.name


def test_every_tenant_table_is_under_forced_row_level_security() -> None:
    secured = as_owner("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")

    assert {table.name for table in TENANT} <= {name for (name,) in secured}


def _live_in_both() -> None:
    now = datetime.now(UTC)
    for company in (MINE, THEIRS):
        pairs = found_company(now, company=company)
        events = life(pairs, now, 260, company)
        deliver_all(Random(1).sample(events, len(events)), now)
        put(f"msg_{company}", b'{"id":"msg_%b","type":"x"}' % company.encode(), now)
        drain_all(now)
        [(member,)] = rows("SELECT min(id) FROM member WHERE company_id = %s", company)
        record_visit(company, member, now)
        for name, values in FILLED_BY_HAND.items():
            as_owner(f"INSERT INTO {name} " + values.format(company))
    for table in TENANT:
        for company in (MINE, THEIRS):
            if not rows(f"SELECT 1 FROM {table.name} WHERE company_id = %s LIMIT 1", company):
                _put_any_row_in(table, company)


def _put_any_row_in(table: Table, company: str) -> None:
    """A row that only has to be there, in a table that no service of this test fills."""
    for (name,) in as_owner(
        f"SELECT conname FROM pg_constraint WHERE conrelid = '{table.name}'::regclass "
        "AND contype IN ('c', 'f')"
    ):
        as_owner(f"ALTER TABLE {table.name} DROP CONSTRAINT {name} CASCADE")
    wanted = {"company_id": f"'{company}'"}
    for column in table.c:
        if column.identity is None and not column.nullable and column.server_default is None:
            wanted.setdefault(column.name, ANY[type(column.type).__name__])
    as_owner(
        f"INSERT INTO {table.name} ({', '.join(wanted)}) VALUES ({', '.join(wanted.values())})"
    )


def _count_as_owner(table: Table) -> int:
    sql = f"SELECT count(*) FROM {table.name} WHERE company_id = %s"
    return int(rows(sql, THEIRS)[0][0])


def _touch(table: Table) -> str:
    column = next(column.name for column in table.c if not column.identity)
    return f"UPDATE {{0}} SET {column} = {column} WHERE company_id = %s"


def _forge(table: Table) -> str:
    """Try to add a copy of one of their rows, under keys of its own."""
    columns = ", ".join(column.name for column in table.c)
    [(copied,)] = as_owner(
        f"SELECT row_to_json(t)::text FROM {table.name} t WHERE company_id = '{THEIRS}' LIMIT 1"
    )
    sql = (
        "INSERT INTO {0} "
        f"({columns}) OVERRIDING SYSTEM VALUE "
        f"SELECT {columns} FROM json_populate_record(NULL::{table.name}, %s::json)"
    )
    return _may(sql, table, copied)


def _may(sql: str, table: Table, *params: Any) -> str:
    """What comes of a statement under the member's role: `denied`, `nothing`, or how many rows."""
    params = params or ((THEIRS,) if "%s" in sql else ())
    company = "" if params == ("",) else MINE
    try:
        with transaction(MEMBER, company) as tx:
            touched = tx.run(sql.format(table.name), params)
    except psycopg2.errors.InsufficientPrivilege:
        return "denied"
    return f"{touched} rows" if touched else "nothing"
