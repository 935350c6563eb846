"""Give many members their daily quests and a creator's, in this one process; what it took.

Run as a process: `python -m bench.dealing <members>`. The members are there before the clock
starts. What counts is that a member costs the same however many there are.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.settling import counted
from game.services.creations.acts import Author, make
from game.services.quests import windows
from game.services.scheduled import creation_runs
from models.base import Json
from models.session import WORKER, register_sender, transaction

COMPANY = "biz_crowd"
Step = Callable[[Json, datetime, datetime], Json | None]

MEMBERS = """
INSERT INTO member (company_id, whop_user_id, created_at)
SELECT %s, 'user_' || n, %s FROM generate_series(1, %s) AS n
"""


def found(members: int, now: datetime) -> None:
    """Make a company of so many members who have nothing yet."""
    with transaction(WORKER, timeout_ms=300_000) as tx:
        tx.run("INSERT INTO company (company_id, created_at) VALUES (%s, %s)", (COMPANY, now))
        tx.run(MEMBERS, (COMPANY, now, members))
    with transaction(WORKER, timeout_ms=300_000) as tx:
        tx.run("ANALYZE member")


def special(now: datetime) -> None:
    """Publish a quest of a creator for everybody."""
    document = {
        "title": "Launch Week",
        "description": "Help us launch.",
        "requirement": {"metric": "referrals", "comparison": "at_least", "value": 1},
        "reward_xp": 200,
        "schedule": {
            "every": "once",
            "first_day": str(now.date()),
            "last_day": str(now.date() + timedelta(days=6)),
        },
        "audience": {"classes": [], "level_from": 1, "level_to": None},
    }
    make(Author(COMPANY, "user_boss"), "quest", document, "published", now)


def timed(step: Step, members: int, now: datetime) -> dict[str, Any]:
    """Run a job to its end."""
    steps, progress = 0, dict[str, Any]()
    cpu, started = time.process_time(), time.perf_counter()
    with counted() as count:
        while (following := step(progress, now, now)) is not None:
            progress, steps = following, steps + 1
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return {
        "members": members,
        "seconds": round(seconds, 2),
        "python_us_per_member": round(cpu / members * 1e6),
        "us_per_member": round(seconds / members * 1e6),
        "steps": steps,
        "statements": count.statements,
    }


def main(members: int) -> None:
    register_sender(lambda _: None)  # carrying is the sender threads' own work
    now = datetime.now(UTC)
    found(members, now)
    daily = timed(windows.assign_step, members, now)
    special(now)
    print(json.dumps({"daily": daily, "special": timed(creation_runs.step, members, now)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
