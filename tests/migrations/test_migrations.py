"""Migrations: up, down and up again, with and without data, and in step with the models."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from game.services.inbox.run_journal import journal
from models.session import engine
from settings import Settings
from tests.support.settling import (
    deliver_all,
    differences,
    drain_all,
    figures,
    found_company,
    life,
    model_figures,
)
from tests.support.telling import as_owner

pytestmark = pytest.mark.usefixtures("settings")

# Everything a migration can make, as the catalogue tells it: one row a thing.
SCHEMA = """
SELECT 'column', table_name, column_name, data_type, is_nullable, coalesce(column_default, ''),
       coalesce(identity_generation, '')
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index', tablename, indexname, indexdef, '', '', ''
FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid),
       '', '', ''
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'policy', tablename, policyname, roles::text, qual, with_check, cmd
FROM pg_policies WHERE schemaname = 'public'
UNION ALL SELECT 'security', relname, relrowsecurity::text, relforcerowsecurity::text, '', '', ''
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
UNION ALL SELECT 'grant', table_name, grantee, privilege_type, '', '', ''
FROM information_schema.role_table_grants
WHERE table_schema = 'public' AND grantee LIKE 'legends_%'
UNION ALL SELECT 'function', proname, pg_get_functiondef(oid), '', '', '', ''
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), '', '', ''
FROM pg_trigger WHERE NOT tgisinternal
ORDER BY 1, 2, 3, 4
"""


def test_models_and_migrations_agree() -> None:
    assert db("check") == 0


def test_down_to_nothing_and_up_again_ends_at_the_same_schema() -> None:
    before = schema()

    downs = go_down()
    nothing = schema()
    went_up = db("upgrade")

    assert downs >= 1
    assert {row[1] for row in nothing} <= {"alembic_version"}
    assert went_up == 0
    assert schema() == before


def test_each_step_down_and_up_with_a_full_company_in_it_leaves_working_books() -> None:
    now = datetime.now(UTC)
    pairs = found_company(now)
    events = life(pairs, now, 120)
    deliver_all(events, now)
    drain_all(now)
    wanted = model_figures(events, pairs, now)

    assert db("downgrade") == 0
    assert db("upgrade") == 0
    journal().close()
    if not figures():  # that step was the first one: it takes its tables along
        found_company(now)
        deliver_all(events, now)
        drain_all(now)

    assert figures() == wanted
    assert differences(now) == []


def test_migrating_what_is_migrated_changes_nothing() -> None:
    before = schema()

    assert db("upgrade") == 0

    assert schema() == before


def test_two_deployments_that_migrate_at_once_take_turns(settings: Settings) -> None:
    before = schema()
    go_down()

    both = [subprocess.Popen(command("upgrade")) for _ in range(2)]
    codes = [process.wait(120) for process in both]

    assert codes == [0, 0]
    assert schema() == before


def go_down() -> int:
    """Undo every migration; how many there were."""
    steps = 0
    while as_owner("SELECT 1 FROM alembic_version"):
        assert db("downgrade") == 0
        steps += 1
    return steps


def db(action: str) -> int:
    """`legends db <action>` as an operator types it; its exit code."""
    engine().dispose()
    return subprocess.run(command(action), check=False).returncode


def command(action: str) -> list[str]:
    return [sys.executable, "-m", "cli.main", "db", action]


def schema() -> list[tuple[str, ...]]:
    """The whole schema, without the partitions of single months."""
    return [row for row in as_owner(SCHEMA) if not str(row[1]).startswith("inbox_body_")]
