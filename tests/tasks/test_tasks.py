"""Every task: what it does, that a second run does nothing more, and what a failure leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import structlog
from celery import Celery
from sqlalchemy.exc import OperationalError

from game.services.inbox.run_journal import journal
from game.services.scheduled import jobs
from models.base import Json
from models.outgoing import Message, RunTask, Wake
from models.session import WORKER, register_sender, transaction
from settings import Settings
from tests.support.workers import all_handled, deliver
from workers import guards
from workers import jobs as worker_jobs
from workers.app import make_app
from workers.metrics import JUNK, TASK_RUNS

TICK = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
JOB_TASKS = sorted(worker_jobs.STEPS)


@pytest.fixture
def app(settings: Settings) -> Iterator[Celery]:
    """The app with its tasks, run in this process."""
    made = make_app(settings)
    made.set_current()
    made.loader.import_default_modules()
    made.finalize()
    journal().close()
    yield made
    journal().close()


@pytest.fixture
def sent() -> list[Message]:
    """What was sent after commits."""
    messages: list[Message] = []
    register_sender(messages.extend)
    return messages


def run(app: Celery, name: str, **arguments: str) -> None:
    app.tasks[name](**arguments)


def finished() -> list[tuple[object, ...]]:
    with transaction(WORKER) as tx:
        return tx.rows("SELECT job, finished_at IS NOT NULL FROM job_tick")


def runs(name: str, outcome: str) -> float:
    return float(TASK_RUNS.labels(name, outcome)._value.get())


def breaks(error: Exception) -> Callable[..., Json | None]:
    def step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:
        raise error

    return step


def test_drain_settles_all_that_waits_and_a_second_one_nothing(app: Celery) -> None:
    deliver(7)

    run(app, "inbox.drain")
    run(app, "inbox.drain")

    assert all_handled(7)


def test_drain_of_a_leaving_worker_stops_early_and_asks_for_another(
    app: Celery, sent: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(1)
    sent.clear()
    monkeypatch.setattr("tasks.inbox.is_leaving", lambda: True)

    run(app, "inbox.drain")

    assert Wake() in sent


def test_drain_that_fails_leaves_the_row_waiting_for_the_next(
    app: Celery, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(1)
    before = runs("inbox.drain", "passing")

    def away(now: datetime) -> None:
        raise OperationalError("", {}, Exception("gone"))

    with monkeypatch.context() as broken:
        broken.setattr("tasks.inbox.drain_batch", away)
        with pytest.raises(OperationalError):
            run(app, "inbox.drain")
    run(app, "inbox.drain")

    assert runs("inbox.drain", "passing") == before + 1
    assert all_handled(1)


@pytest.mark.parametrize("name", JOB_TASKS)
def test_job_finishes_its_tick_and_runs_it_once(app: Celery, name: str) -> None:
    run(app, name, scheduled_for=TICK.isoformat())
    run(app, name, scheduled_for=TICK.isoformat())

    assert finished() == [(name, True)]


@pytest.mark.parametrize("name", JOB_TASKS)
def test_job_that_fails_leaves_its_tick_to_be_made_up_for(
    app: Celery, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(worker_jobs.STEPS, name, breaks(ValueError("broken")))
    before = runs(name, "failed")

    with pytest.raises(ValueError, match="broken"):
        run(app, name, scheduled_for=TICK.isoformat())

    assert finished() == [(name, False)]
    assert runs(name, "failed") == before + 1
    assert (name, TICK) in jobs.missed(TICK + jobs.GRACE)


def test_job_too_long_for_one_task_asks_for_another(
    app: Celery, sent: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.jobs.SLICE_SECONDS", 0)
    monkeypatch.setitem(
        worker_jobs.STEPS, "commissions.release", lambda *_: {"company": "biz_a", "buyer": "z"}
    )

    run(app, "commissions.release", scheduled_for=TICK.isoformat())

    assert sent == [RunTask("commissions.release", {"scheduled_for": TICK.isoformat()})]


def test_heartbeat_notes_the_queue_and_the_worker_and_never_goes_back(app: Celery) -> None:
    run(app, "workers.heartbeat", queue="inbox")
    with transaction(WORKER) as tx:
        tx.run("UPDATE heartbeat SET at = at + interval '1 hour'")
        later = tx.rows("SELECT part, at FROM heartbeat ORDER BY part")

    run(app, "workers.heartbeat", queue="inbox")

    with transaction(WORKER) as tx:
        assert tx.rows("SELECT part, at FROM heartbeat ORDER BY part") == later
    assert [part.split(":")[0] for part, _ in later] == ["queue", "worker"]


def test_log_context_of_one_task_does_not_reach_the_next(
    app: Celery, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, object]] = []

    def look(now: datetime) -> None:
        seen.append(dict(structlog.contextvars.get_contextvars()))
        raise ValueError("broken")

    monkeypatch.setattr("tasks.inbox.drain_batch", look)
    with pytest.raises(ValueError, match="broken"):
        run(app, "inbox.drain")

    assert seen[0]["task"] == "inbox.drain"
    assert structlog.contextvars.get_contextvars() == {}


def test_unknown_and_unreadable_messages_are_counted() -> None:
    before = [JUNK.labels(kind)._value.get() for kind in ("unknown_task", "unreadable")]

    guards.count_unknown(name="no.such.task", id="1")
    guards.count_rejected(message=type("Message", (), {"body": b"{{{"})())

    after = [JUNK.labels(kind)._value.get() for kind in ("unknown_task", "unreadable")]
    assert after == [count + 1 for count in before]
