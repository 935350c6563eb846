"""A job is one row of the schedule: with it the job is scheduled, routed, run once, made up for."""

from __future__ import annotations

import subprocess
import sys
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from beat_schedule import JOBS, Job
from models.session import WORKER, transaction
from settings import Settings
from tests.support.added_job import ROW
from tests.support.waiting import eventually
from tests.support.workers import Running, program
from workers import jobs
from workers.jobs import BadSchedule

NOBODY = "redis://127.0.0.1:1/0"


def part(log: Path, *arguments: str, **environment: str) -> AbstractContextManager[Running]:
    """One part of ours, with the row added to the schedule that it reads."""
    return program(log, "tests.support.added_job", *arguments, **environment)


def lit() -> list[tuple[str, str]]:
    """(tick, queue that was served) of each run of the added job's step."""
    with transaction(WORKER) as tx:
        rows = tx.rows("SELECT subject, details->>'queue' FROM audit WHERE action = 'light'")
    return [(str(tick), str(queue)) for tick, queue in rows]


def finished() -> int:
    with transaction(WORKER) as tx:
        [(count,)] = tx.rows(
            "SELECT count(*) FROM job_tick WHERE job = %s AND finished_at IS NOT NULL", (ROW.name,)
        )
    return int(count)


def test_one_row_is_scheduled_routed_and_each_tick_of_it_run_once(
    settings: Settings, tmp_path: Path
) -> None:
    with ExitStack() as parts:
        worker = parts.enter_context(
            part(tmp_path / "worker", "worker", "-Q", "whop", "-c", "2", "-n", "one@test")
        )
        beat = parts.enter_context(part(tmp_path / "beat", "beat", "--pidfile="))

        ran = eventually(lambda: finished() >= 2, 90)

        assert ran, worker.said() + beat.said()
    runs = lit()
    assert len(runs) >= 2
    assert len({tick for tick, _ in runs}) == len(runs)
    assert {queue for _, queue in runs} == {"whop"}


def test_one_row_is_made_up_for_by_the_poller_where_nothing_else_runs(
    settings: Settings, tmp_path: Path
) -> None:
    with part(tmp_path / "poll", "poll", CELERY_BROKER_URL=NOBODY) as poll:
        assert eventually(lambda: finished() >= 3, 90), poll.said()

    assert len({tick for tick, _ in lit()}) == len(lit())


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (ROW._replace(step="game.services.scheduled.holds:relaese"), "holds:relaese' is not found"),
        (ROW._replace(step="game.services.lanterns:light"), "No module named"),
        (ROW._replace(step="beat_schedule:JOBS"), "is no function"),
        (ROW._replace(queue="jbos"), "there is no queue 'jbos'"),
        (ROW._replace(every="3 secs"), "'3 secs' is no length of time"),
        (ROW._replace(every=""), "`every` is empty"),
        (ROW._replace(made_up_for="10 seconds"), "no multiple of 3 seconds"),
        (ROW._replace(name="Lanterns"), "is not `subject.verb`"),
        (ROW._replace(name=JOBS[0].name), "two rows of this name"),
        (ROW._replace(why=""), "does not say why"),
    ],
)
def test_row_that_cannot_run_is_named_with_what_is_wrong(
    row: Job, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "JOBS", (*JOBS, row))
    jobs.steps.cache_clear()

    with pytest.raises(BadSchedule) as raised:
        jobs.steps()

    assert fault in str(raised.value)
    assert row.name in str(raised.value)


def test_all_wrong_rows_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (ROW._replace(queue="jbos"), ROW._replace(name="lamps.light", why=""))
    monkeypatch.setattr(jobs, "JOBS", rows)
    jobs.steps.cache_clear()

    with pytest.raises(BadSchedule) as raised:
        jobs.steps()

    assert "jbos" in str(raised.value)
    assert "lamps.light: it does not say why" in str(raised.value)


@pytest.mark.parametrize("name", ["worker", "beat", "poll"])
def test_part_that_runs_jobs_refuses_to_start_with_a_step_nobody_knows(
    settings: Settings, name: str
) -> None:
    """Through `legends`, as an operator starts it."""
    command = [sys.executable, "-m", "tests.support.added_job", "legends", name]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == 1
    assert "lanterns.light: its step 'tests.support.nowhere:light' is not found" in ended.stderr
    assert "Traceback" not in ended.stderr
