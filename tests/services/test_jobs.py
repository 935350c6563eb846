"""Each tick of a job runs once, goes on after a crash, and is made up for when it was missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from beat_schedule import JOBS
from game.services.scheduled import jobs
from models.base import Json
from models.session import WORKER, transaction
from settings import Settings

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RELEASE = next(job for job in JOBS if job.name == "commissions.release")


def clock() -> datetime:
    return NOON


class Counting:
    """A job of three steps that remembers what it was given."""

    def __init__(self, *, break_at: int = -1) -> None:
        self.seen: list[int] = []
        self.break_at = break_at

    def __call__(self, progress: Json, *_: datetime) -> Json | None:
        done = int(progress.get("done", 0))
        if done == self.break_at:
            raise ConnectionError
        self.seen.append(done)
        return {"done": done + 1} if done < 2 else None


def test_second_run_of_a_finished_tick_does_nothing(settings: Settings) -> None:
    first, second = Counting(), Counting()

    jobs.run("a", NOON, first, clock, seconds=60)
    outcome = jobs.run("a", NOON, second, clock, seconds=60)

    assert first.seen == [0, 1, 2]
    assert second.seen == []
    assert outcome is jobs.TickOutcome.FINISHED


def test_tick_that_broke_goes_on_at_the_step_it_broke_in(settings: Settings) -> None:
    with pytest.raises(ConnectionError):
        jobs.run("a", NOON, Counting(break_at=1), clock, seconds=60)
    again = Counting()

    outcome = jobs.run("a", NOON, again, clock, seconds=60)

    assert again.seen == [1, 2]
    assert outcome is jobs.TickOutcome.FINISHED


def test_long_tick_makes_room_and_goes_on_later(settings: Settings) -> None:
    counting = Counting()

    outcomes = [jobs.run("a", NOON, counting, clock, seconds=0) for _ in range(3)]

    assert counting.seen == [0, 1, 2]
    assert outcomes == [jobs.TickOutcome.MORE, jobs.TickOutcome.MORE, jobs.TickOutcome.FINISHED]


def test_job_is_left_alone_while_another_process_works_on_it(settings: Settings) -> None:
    counting = Counting()

    with jobs.turn("a") as mine:
        outcome = jobs.run("a", NOON, counting, clock, seconds=60)

    assert mine
    assert outcome is jobs.TickOutcome.BUSY
    assert counting.seen == []


@pytest.mark.parametrize(
    ("now", "tick"),
    [
        (NOON - timedelta(microseconds=1), NOON - timedelta(minutes=5)),
        (NOON, NOON),
        (NOON + timedelta(minutes=4, seconds=59), NOON),
    ],
)
def test_tick_is_the_newest_boundary(now: datetime, tick: datetime) -> None:
    assert jobs.tick_at(RELEASE, now) == tick


def test_all_missed_ticks_within_reach_are_named_oldest_first(settings: Settings) -> None:
    now = NOON + jobs.GRACE
    with transaction(WORKER) as tx:
        jobs.claim_tick(tx, RELEASE.name, NOON, NOON)
        jobs.note_progress(tx, RELEASE.name, NOON, None, NOON)

    missed = [tick for job, tick in jobs.missed(now) if job == RELEASE.name]

    assert missed == [NOON - timedelta(minutes=5 * back) for back in (5, 4, 3, 2, 1)]


def test_tick_is_not_missed_before_beat_had_its_chance(settings: Settings) -> None:
    missed = jobs.missed(NOON + jobs.GRACE - timedelta(seconds=1))

    assert (RELEASE.name, NOON) not in missed
    assert (RELEASE.name, NOON - timedelta(minutes=5)) in missed
