"""The schedule as this process runs it: its rows checked, their steps found, one tick run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pkgutil import resolve_name

from beat_schedule import JOBS, Job
from game.services.scheduled import jobs
from models import clock
from workers.queues import CONSUMED

NAME = re.compile(r"[a-z]+\.[a-z_]+")


class BadSchedule(Exception):
    """Rows of `beat_schedule.py` that cannot run. The message names every fault, one a line."""


@cache
def steps() -> dict[str, jobs.JobStep]:
    """The code of each job by its name. Raises BadSchedule where any row is wrong.

    Every part that runs jobs asks once when it starts, so that a wrong row is seen then and not
    when its hour comes.
    """
    if faults := list(_faults(JOBS)):
        raise BadSchedule("\n".join(["beat_schedule.py cannot run:", *faults]))
    return {job.name: resolve_name(job.step) for job in JOBS}


def run_tick(job: str, scheduled_for: datetime, *, seconds: float) -> jobs.TickOutcome:
    """Work on one tick for at most `seconds`; harmless when another process does."""
    return jobs.run(job, scheduled_for, steps()[job], clock.now, seconds=seconds)


def _faults(rows: Iterable[Job]) -> Iterator[str]:
    seen: set[str] = set()
    for job in rows:
        if job.name in seen:
            yield f"{job.name}: there are two rows of this name"
        seen.add(job.name)
        for fault in (*_wrong_words(job), *_wrong_times(job), *_wrong_step(job)):
            yield f"{job.name}: {fault}"


def _wrong_words(job: Job) -> Iterator[str]:
    if not NAME.fullmatch(job.name):
        yield "its name is not `subject.verb`"
    if not job.why:
        yield "it does not say why"
    if job.queue not in CONSUMED:
        yield f"there is no queue {job.queue!r}, only {', '.join(CONSUMED)}"


def _wrong_times(job: Job) -> Iterator[str]:
    try:
        every, back = jobs.seconds_of(job.every), jobs.seconds_of(job.made_up_for)
    except ValueError as error:
        yield str(error)
        return
    if every <= 0:
        yield "`every` is empty"
    elif back % every:
        yield f"it is made up for {job.made_up_for}, which is no multiple of {job.every}"


def _wrong_step(job: Job) -> Iterator[str]:
    try:
        found = resolve_name(job.step)
    except (ImportError, AttributeError, ValueError) as error:
        yield f"its step {job.step!r} is not found ({error})"
        return
    if not callable(found):
        yield f"its step {job.step!r} is no function"
