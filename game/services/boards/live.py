"""From commits to boards that move: scores are read again and set in Redis, then browsers are told.

What is told carries no figures and no number: whoever shows a board reads it again.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from game.services.boards import shelf
from game.services.boards.board import kept_in_redis
from game.services.boards.copies import read_copies
from game.services.notices import channels
from game.services.platform.redis_client import client
from game.services.rulesets.charter import load_charter
from models.base import Json
from models.outgoing import Scores
from models.session import WORKER, transaction

REST_SECONDS = 0.2
"""A process tells at most five times a second, however fast it settles."""
SWEPT_AFTER = timedelta(seconds=2)
"""Younger rows are most likely on their way right now."""
SWEEP_ROWS = 500
MEMBERS_A_READ = 2_000


def carry(batch: Sequence[Scores]) -> None:
    """Set the scores of all members named in `batch`, forget their rows, tell, and rest.

    Raises redis.RedisError when Redis is away; the rows then stay for the sweep.
    """
    for company in set_scores(batch):
        tell(company)
    time.sleep(REST_SECONDS)


def set_scores(batch: Iterable[Scores]) -> list[str]:
    """Set scores as Postgres has them now, where boards are in Redis; the companies.

    In any order and any number of times: what was read last stays.
    """
    members: dict[str, set[int]] = defaultdict(set)
    rows: dict[str, list[str]] = defaultdict(list)
    for one in batch:
        members[one.company_id].update(one.members)
        rows[one.company_id].append(one.outbox_key)
    for company, ids in members.items():
        if any(shelf.generations(company)):
            refresh(company, sorted(ids))
    _forget(rows)
    return list(members)


def refresh(company_id: str, members: Sequence[int], generation: str = "") -> None:
    """Read these members' scores and set them; in the live generation where none is named."""
    for begin in range(0, len(members), MEMBERS_A_READ):
        with transaction(WORKER, company_id, snapshot=True) as tx:
            charter = load_charter(tx, company_id)
            copies = read_copies(
                tx,
                company_id,
                charter.rules.at(tx.now),
                kept_in_redis(charter, tx.now),
                members[begin : begin + MEMBERS_A_READ],
            )
        shelf.put(company_id, copies, generation)


def tell(company_id: str) -> None:
    """Say to everybody of a company that its boards moved."""
    frame = {"type": "leaderboard_updated", "data": {}}
    client().publish(channels.of_company(company_id), json.dumps(frame))


def sweep_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """One step of the job: set what did not get to Redis at the first try."""
    left = _left_over(now - SWEPT_AFTER)
    if not left:
        return None
    for company in set_scores(left):
        tell(company)
    return {"steps": int(progress.get("steps", 0)) + 1}


def _left_over(before: datetime) -> list[Scores]:
    with transaction(WORKER) as tx:
        rows = tx.rows(
            "SELECT company_id, members, key FROM board_outbox WHERE created_at < %s "
            "ORDER BY created_at LIMIT %s",
            (before, SWEEP_ROWS),
        )
    return [Scores(*row) for row in rows]


def _forget(rows: dict[str, list[str]]) -> None:
    pairs = [(company, key) for company, keys in rows.items() for key in keys]
    if not pairs:
        return
    with transaction(WORKER) as tx:
        tx.run(
            "DELETE FROM board_outbox o USING unnest(%s::text[], %s::text[]) AS k (company_id, key)"
            " WHERE o.company_id = k.company_id AND o.key = k.key",
            ([company for company, _ in pairs], [key for _, key in pairs]),
        )
