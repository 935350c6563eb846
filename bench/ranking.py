"""The process that `bench boards` measures in: places among many members, and boards being built.

Members are put straight into Postgres: what is measured is ranking, not settling.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import quantiles
from typing import Any

from game.rules.ruleset import default_rules
from game.services.boards import building, shelf, sources
from game.services.boards.board import Board
from game.services.boards.views import NEIGHBOURS, Viewer, find, read_my_place
from game.services.rulesets.charter import load_charter
from models.session import MEMBER, WORKER, transaction

COMPANY = "biz_boards"
READS = 2_000
READS_BY_SQL = 5
ROWS_A_STATEMENT = 100_000

FILL = """
WITH made AS (
  INSERT INTO member (company_id, whop_user_id, username, character_class, created_at,
    lifetime_xp, total_referrals, earned_usd_cents, xp_at, referrals_at, commission_at)
  SELECT %(company)s, 'user_' || n, 'member ' || n,
    (ARRAY['scout', 'sage', 'champion'])[n %% 3 + 1], %(now)s,
    (random() * 200000)::bigint, (random() * 300)::bigint, (random() * 900000)::bigint,
    %(now)s - n * interval '1 second', %(now)s - n * interval '1 second',
    %(now)s - n * interval '1 second'
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n RETURNING id)
INSERT INTO member_day (company_id, member_id, day, starts_at, xp, referrals, kept_usd_cents,
  xp_at, referrals_at, kept_at)
SELECT %(company)s, id, %(today)s, %(midnight)s, 1 + (random() * 900)::bigint,
  (random() * 5)::bigint, (random() * 9000)::bigint, %(now)s, %(now)s, %(now)s FROM made
"""


def measure(members: int) -> dict[str, Any]:
    """Fill a company, build its boards while others read them, then ask for places."""
    first, last = _fill(members)
    by_sql = _by_sql(first, last)
    seconds, served = _build_with_readers(first, last)
    board = Board(COMPANY, "xp")
    rules, chance = default_rules(), Random(7)
    ranks = []
    for _ in range(READS):
        member = chance.randint(first, last)
        began = time.perf_counter()
        found = shelf.read_around(board, rules, member, NEIGHBOURS)
        ranks.append(time.perf_counter() - began)
        if found is None:
            raise RuntimeError("the board is not in Redis")
    answers = []
    for _ in range(READS):
        viewer = Viewer(COMPANY, chance.randint(first, last), sees_money=False)
        began = time.perf_counter()
        _whole_answer(viewer)
        answers.append(time.perf_counter() - began)
    return {
        "members": members,
        "rank_and_neighbours": _shares(ranks),
        "whole_answer": _shares(answers),
        "by_sql_ms": round(1000 * by_sql, 1),
        "build_seconds": round(seconds, 1),
        "read_while_building": served,
    }


def _fill(members: int) -> tuple[int, int]:
    now = datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    with transaction(WORKER, COMPANY, timeout_ms=600_000) as tx:
        tx.run("INSERT INTO company (company_id, created_at) VALUES (%s, %s)", (COMPANY, now))
        for begin in range(0, members, ROWS_A_STATEMENT):
            tx.run(
                FILL,
                {
                    "company": COMPANY,
                    "now": now - timedelta(minutes=1),
                    "today": midnight.date(),
                    "midnight": midnight,
                    "first": begin + 1,
                    "last": min(begin + ROWS_A_STATEMENT, members),
                },
            )
        [(first, last)] = tx.rows(
            "SELECT min(id), max(id) FROM member WHERE company_id = %s", (COMPANY,)
        )
    return first, last


def _by_sql(first: int, last: int) -> float:
    """The middle of a few reads from Postgres: what readers wait for while nothing is built."""
    times = []
    for number in range(READS_BY_SQL):
        began = time.perf_counter()
        with transaction(MEMBER, COMPANY, timeout_ms=60_000) as tx:
            member = first + (last - first) * number // READS_BY_SQL
            sources.read_around(tx, Board(COMPANY, "xp"), default_rules(), member, NEIGHBOURS)
        times.append(time.perf_counter() - began)
    return sorted(times)[READS_BY_SQL // 2]


def _build_with_readers(first: int, last: int) -> tuple[float, dict[str, Any]]:
    """Build twice; the second time, with boards that are read meanwhile, is the one that counts."""
    for _ in building.build_all(COMPANY):
        pass
    done, times = threading.Event(), list[float]()

    def read() -> None:
        chance = Random(3)
        while not done.is_set():
            began = time.perf_counter()
            shelf.read_around(Board(COMPANY, "xp"), default_rules(), chance.randint(first, last), 5)
            times.append(time.perf_counter() - began)
            time.sleep(0.01)

    reader = threading.Thread(target=read)
    reader.start()
    began = time.perf_counter()
    for _ in building.build_all(COMPANY):
        pass
    seconds = time.perf_counter() - began
    done.set()
    reader.join()
    return seconds, _shares(times) | {"reads": len(times)}


def _whole_answer(viewer: Viewer) -> None:
    """What `GET /leaderboards/me` does once the caller is known."""
    now = datetime.now(UTC)
    with transaction(MEMBER, COMPANY) as tx:
        book = load_charter(tx, COMPANY)
        asked = find(tx, book, now, kind="global", category="xp", window="")
        read_my_place(tx, viewer, asked, now)


def _shares(times: list[float]) -> dict[str, float]:
    cuts = quantiles(times, n=100)
    return {"p50_ms": round(1000 * cuts[49], 3), "p99_ms": round(1000 * cuts[98], 3)}


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
