"""Run one part of ours with a row added to its schedule: `python -m tests.support.added_job …`.

`worker` and `beat` are Celery's own commands, `poll` is ours. `legends <part>` starts a part by
its command, with a row whose step does not exist.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime

import beat_schedule
from models.base import Json
from models.session import WORKER, transaction
from settings import PROJECT

ROW = beat_schedule.Job(
    "lanterns.light",
    step="tests.support.added_job:light",
    every="3 seconds",
    made_up_for="9 seconds",
    why="Somebody has to light the lanterns.",
    queue="whop",
)


def light(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:
    """The added job's step: notes each time it runs, and from which queue its task came."""
    from celery import current_task  # noqa: PLC0415 - only once the app is there

    info = current_task.request.delivery_info if current_task else {}
    details = json.dumps({"queue": (info or {}).get("routing_key", "")})
    with transaction(WORKER) as tx:
        tx.run(
            "INSERT INTO audit (actor, action, subject, details, at) "
            "VALUES ('test', 'light', %s, %s::jsonb, %s)",
            (scheduled_for.isoformat(), details, now),
        )
    return None


def isolated() -> None:
    """Start again as our programs start themselves; they then keep this process and its row."""
    here = "import sys; sys.path.insert(0, {!r}); from tests.support.added_job import main; main()"
    flags = ("-I", "-u", "-X", "utf8", "-c", here.format(str(PROJECT)))
    os.execv(sys.executable, (sys.executable, *flags, *sys.argv[1:]))  # noqa: S606 - no shell


def main() -> None:
    """Add the row before anything else reads the schedule, then become the part."""
    if not sys.flags.isolated:
        isolated()
    part, *rest = sys.argv[1:]
    row = ROW
    if part == "legends":
        part, row = rest.pop(0), ROW._replace(step="tests.support.nowhere:light")
    beat_schedule.JOBS = (*beat_schedule.JOBS, row)
    if part == "poll" or row is not ROW:
        from cli.main import main as ours  # noqa: PLC0415 - reads the schedule

        sys.argv = ["legends", part, *rest]
        ours()
    else:
        from celery.__main__ import main as celerys  # noqa: PLC0415 - as above

        sys.argv = ["celery", "-A", "workers.program", part, *rest]
        celerys()


if __name__ == "__main__":
    main()
