"""Parts whose machine's clock is ten minutes ahead date nothing wrongly and begin nothing early."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from game.services.scheduled.heartbeats import last
from settings import Settings
from tests.support.settling import differences
from tests.support.telling import pay, referrer, rows
from tests.support.waiting import eventually
from tests.support.workers import legends

pytestmark = pytest.mark.faults
SKEWED = str(Path(__file__).resolve().parent.parent / "support" / "skewed")
CODE = "ABCD2345"
# Every moment of record that the parts below write, in a company's books and beside them.
WRITTEN = """
SELECT 'member.created_at', max(created_at) FROM member UNION ALL
SELECT 'receipt.posted_at', max(posted_at) FROM receipt UNION ALL
SELECT 'movement.posted_at', max(posted_at) FROM movement UNION ALL
SELECT 'notice.at', max(at) FROM notice UNION ALL
SELECT 'inbox.settled_at', max(settled_at) FROM inbox UNION ALL
SELECT 'inbox.received_at', max(received_at) FROM inbox UNION ALL
SELECT 'job_tick.scheduled_for', max(scheduled_for) FROM job_tick UNION ALL
SELECT 'job_tick.started_at', max(started_at) FROM job_tick UNION ALL
SELECT 'job_tick.finished_at', max(finished_at) FROM job_tick UNION ALL
SELECT 'heartbeat.at', max(at) FROM heartbeat UNION ALL
SELECT 'quest.starts_at', max(starts_at) FROM quest
"""
TAKE_IN = """
from datetime import UTC, datetime
from game.services.inbox.intake import accept, read_delivery
from tests.support.workers import payment
import json
body = payment("biz_a")
print(datetime.now(UTC).isoformat())
accept(read_delivery(body["id"], json.dumps(body).encode(), datetime.now(UTC)))
"""


def is_finished(job: str) -> bool:
    sql = "SELECT 1 FROM job_tick WHERE job = %s AND finished_at IS NOT NULL"
    return bool(rows(sql, job))


def test_worker_poll_and_beat_live_by_the_clock_of_postgres(
    settings: Settings, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    referrer(CODE, now - timedelta(days=1))
    ahead = {"PYTHONPATH": SKEWED}
    with ExitStack() as parts:
        started = {
            name: parts.enter_context(legends(tmp_path / name, name, **ahead))
            for name in ("worker", "poll", "beat")
        }
        said = {name: part.said for name, part in started.items()}
        assert eventually(lambda: "ready." in said["worker"](), 60), said["worker"]()
        pay("pay_1", "user_b", now, ref=CODE, received=now)
        settled = eventually(lambda: rows("SELECT 1 FROM receipt") != [], 60)
        ticked = eventually(lambda: is_finished("commissions.release"), 60)
        beaten = eventually(lambda: last("queue:inbox") is not None, 30)
        [(present,)] = rows("SELECT clock_timestamp()")
        written = rows(WRITTEN)

    assert settled, said["worker"]()
    assert ticked, said["poll"]()
    assert beaten, "a worker drops no message for being old by its own clock: " + said["beat"]()
    assert [what for what, at in written if at is None] == []
    assert [(what, at) for what, at in written if at > present] == []
    assert differences(datetime.now(UTC)) == []


def test_delivery_is_received_when_postgres_stores_it(settings: Settings) -> None:
    child = subprocess.run(
        [sys.executable, "-c", TAKE_IN],
        env={**os.environ, "PYTHONPATH": f"{SKEWED}:{Path.cwd()}"},
        capture_output=True,
        text=True,
        check=True,
    )

    believed = datetime.fromisoformat(child.stdout.strip())
    [(received, present)] = rows("SELECT received_at, clock_timestamp() FROM inbox")
    assert believed - present > timedelta(minutes=9)
    assert received <= present
