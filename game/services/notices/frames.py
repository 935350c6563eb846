"""The transactional outbox: committed notices go to the relay by Redis, and leftovers are swept.

Nothing here has to be exact: the relay compares its numbers with Postgres, so a frame that is
lost arrives some seconds later and one that is published twice is shown once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from game.services.notices import channels, reads
from game.services.platform.redis_client import client
from models.base import Json
from models.outgoing import Frames
from models.session import WORKER, transaction

SWEPT_AFTER = timedelta(seconds=1)
"""Younger outbox rows are most likely on their way right now."""
STALE_AFTER = timedelta(seconds=60)
"""By then every relay has compared its numbers with Postgres: publishing would tell no news."""
SWEEP_ROWS = 200


def publish(batch: Sequence[Frames]) -> None:
    """Publish all frames in one round trip, then forget their outbox rows. Twice is harmless.

    Raises redis.RedisError when Redis is away; the outbox rows then stay for the sweep.
    """
    with client().pipeline(transaction=False) as pipeline:
        for frames in batch:
            channel = channels.in_redis(frames.channel)
            for _, text in frames.frames:
                pipeline.publish(channel, text)
        pipeline.execute()
    _forget({frames.outbox_id for frames in batch if frames.outbox_id})


def sweep(now: datetime, older_than: timedelta = SWEPT_AFTER) -> int:
    """Publish what has been in the outbox too long; how many rows were cleared.

    Rows are read and deleted in two transactions with the publishing in between, so that a slow
    Redis holds no lock; a second sweep at the same moment publishes the same frames again.
    """
    client().ping()
    stale = _drop_stale(now)
    rows = _left_over(now - older_than)
    if rows:
        publish(rows)
    return stale + len({frames.outbox_id for frames in rows})


def publish_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """One step of the job: publish what is still in the outbox."""
    sweep(now)
    return None


def _drop_stale(now: datetime) -> int:
    with transaction(WORKER) as tx:
        return tx.run("DELETE FROM notice_outbox WHERE created_at < %s", (now - STALE_AFTER,))


def _left_over(before: datetime) -> list[Frames]:
    """The frames of the oldest outbox rows; a row without frames comes with an empty list."""
    with transaction(WORKER) as tx:
        rows = tx.rows(
            "SELECT o.id, o.company_id, r.member_id, r.first_seq, r.last_seq FROM "
            "(SELECT * FROM notice_outbox WHERE created_at < %s ORDER BY id LIMIT %s) o "
            "LEFT JOIN LATERAL (SELECT (x->>0)::bigint AS member_id, "
            "(x->>1)::bigint AS first_seq, (x->>2)::bigint AS last_seq "
            "FROM jsonb_array_elements(o.ranges) AS x) r ON true",
            (before, SWEEP_ROWS),
        )
        found = reads.in_ranges(tx, [row[1:] for row in rows if row[2] is not None])
    return [
        Frames(
            channels.of_member(company, member or 0),
            found.get((company, member, first, last), []),
            outbox_id,
        )
        for outbox_id, company, member, first, last in rows
    ]


def _forget(outbox_ids: Iterable[int]) -> None:
    ids = list(outbox_ids)
    if not ids:
        return
    with transaction(WORKER) as tx:
        tx.run("DELETE FROM notice_outbox WHERE id = ANY(%s)", (ids,))
