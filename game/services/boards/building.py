"""Boards built in Redis from what Postgres has, in steps, while readers go on.

A new generation is filled beside the one that readers see, who go to Postgres where there is none.
Who moves meanwhile is noted and set once more at the end; then the new one is shown and the old
one dropped. A build that somebody else overtakes stops.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog

from game.services.boards import counting, live, shelf
from game.services.boards.board import kept_in_redis
from game.services.boards.copies import read_copies_after
from game.services.rulesets.charter import load_charter
from models import clock
from models.base import Json
from models.session import WORKER, transaction

log = structlog.get_logger(__name__)

MEMBERS_A_READ = 5_000
MEMBERS_A_STEP = 100_000
LATE_A_TURN = 2_000


@dataclass(frozen=True, slots=True)
class Build:
    """A build under way: the generation, and the member it has come to."""

    company_id: str
    generation: str
    after: int
    meta: shelf.Meta


def begin(company_id: str, now: datetime) -> Build:
    """Begin a generation that holds the windows kept at `now`."""
    with transaction(WORKER, company_id) as tx:
        charter = load_charter(tx, company_id)
    _, abandoned = shelf.generations(company_id)
    generation = secrets.token_hex(4)
    shelf.begin(company_id, generation)
    shelf.drop(company_id, abandoned)
    begins = {
        window.kind: int(window.starts_at.timestamp())
        for window in reversed(kept_in_redis(charter, now))
    }
    meta = shelf.Meta(shelf.level_rules(charter.rules.at(now)), begins["weekly"], begins["monthly"])
    return Build(company_id, generation, 0, meta)


def fill(build: Build, members: int = MEMBERS_A_STEP) -> Build | None:
    """Take in the next members; None = all are in."""
    after, left = build.after, members
    while left > 0:
        with transaction(WORKER, build.company_id, snapshot=True) as tx:
            charter = load_charter(tx, build.company_id)
            copies = read_copies_after(
                tx,
                build.company_id,
                charter.rules.at(tx.now),
                kept_in_redis(charter, tx.now),
                after,
                min(MEMBERS_A_READ, left),
            )
        if not copies:
            return None
        shelf.fill(build.company_id, build.generation, copies)
        after, left = copies[-1].member_id, left - len(copies)
    return Build(build.company_id, build.generation, after, build.meta)


def finish(build: Build) -> bool:
    """Set once more who moved meanwhile, and show it. False = another build overtook this one."""
    company = build.company_id
    old, _ = shelf.generations(company)
    while True:
        late = shelf.take_late(company, build.generation, LATE_A_TURN)
        if late:
            live.refresh(company, sorted(late), build.generation)
            continue
        shown = shelf.show(company, build.generation, build.meta)
        if shown is None:
            shelf.drop(company, build.generation)
            return False
        if shown:
            shelf.drop(company, old)
            shelf.wanted_no_more(company)
            live.tell(company)
            return True


def build_all(company_id: str) -> Iterator[int]:
    """Build one company's boards; how many members are in, step by step."""
    build: Build | None = begin(company_id, clock.now())
    latest = build
    while build is not None:
        latest = build
        build = fill(build, MEMBERS_A_READ)
        if build is not None:
            yield MEMBERS_A_READ
    if latest is not None:
        finish(latest)


def rebuild_all(company_id: str) -> Iterator[int]:
    """Count a company's scores from the ledgers, then build its boards; members done, by steps."""
    counting.count_again(company_id)
    while counting.count_some(company_id, clock.now()):
        yield counting.MEMBERS_A_STEP
    yield from build_all(company_id)


def build_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """One step of the job: count what never was counted, then build what somebody reads."""
    if progress.get("phase", "count") == "build":
        return _build_step(progress, now)
    after = str(progress.get("after", ""))
    company = str(progress.get("company", "")) or next(iter(counting.uncounted(after, 1)), "")
    if not company:
        return {"phase": "build", "done": []}
    if counting.count_some(company, now):
        return {"phase": "count", "after": after, "company": company}
    shelf.forget(company)
    return {"phase": "count", "after": company}


def _build_step(progress: Json, now: datetime) -> Json | None:
    if "generation" in progress:
        build = Build(
            progress["company"], progress["generation"], progress["after"],
            shelf.Meta(*progress["meta"]),
        )  # fmt: skip
        following = fill(build)
        if following is None:
            finish(build)
            return {"phase": "build", "done": [*progress["done"], build.company_id]}
        return _kept(following, progress["done"])
    done = list(progress.get("done", ()))
    for company in shelf.wanted():
        if company not in done:
            if _is_good(company, now):
                shelf.wanted_no_more(company)
                continue
            return _kept(begin(company, now), done)
    return None


def _is_good(company_id: str, now: datetime) -> bool:
    """Whether what readers see is as the rules of now want it."""
    meta = shelf.live_meta(company_id)
    with transaction(WORKER, company_id) as tx:
        rules = load_charter(tx, company_id).rules.at(now)
    return meta is not None and meta.levels == shelf.level_rules(rules)


def _kept(build: Build, done: list[str]) -> Json:
    meta = [build.meta.levels, build.meta.weekly, build.meta.monthly]
    return {
        "phase": "build",
        "company": build.company_id,
        "generation": build.generation,
        "after": build.after,
        "meta": meta,
        "done": done,
    }
