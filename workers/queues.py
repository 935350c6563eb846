"""The queues of the broker: which exist, which a worker may consume, which task goes where.

Messages only wake workers and name jobs; nothing is lost with them. `legends.dead` is a mirror of
the dead letters for people who look at the broker: it is never consumed.
"""

from __future__ import annotations

from kombu import Exchange, Queue

from beat_schedule import JOBS as SCHEDULE

INBOX = "inbox"
"""Wake-ups of the settlement engine."""
NOTICES = "notices"
"""Frames that did not reach the browsers at the first try."""
JOBS_QUEUE = "jobs"
"""Everything that runs by the clock."""
WHOP = "whop"
"""Questions to Whop, each of which may take seconds."""
DEAD = "legends.dead"
"""Ids of open dead letters, rebuilt from Postgres; a worker that consumed it would eat it."""

CONSUMED = (INBOX, NOTICES, JOBS_QUEUE, WHOP)
ROUTES = {
    **{job.name: {"queue": job.queue} for job in SCHEDULE},
    "inbox.*": {"queue": INBOX},
    "checkouts.*": {"queue": WHOP},
    "payouts.*": {"queue": WHOP},
    "whop.*": {"queue": WHOP},
    "guilds.*": {"queue": JOBS_QUEUE},
    "previews.*": {"queue": JOBS_QUEUE},
    "workers.*": {"queue": JOBS_QUEUE},
}
"""What runs by the clock goes where its row says; a name without a star wins over one with."""

# The default exchange reaches a queue by its name, also after a FLUSHALL; a named exchange keeps
# its bindings in Redis and drops every message in silence once they are gone.
DEFAULT_EXCHANGE = Exchange("")


OWN_SECONDS = 300.0


def declared(*, quorum: bool) -> tuple[Queue, ...]:
    """Every queue of ours. `quorum`: on RabbitMQ each is replicated and durable."""
    arguments = {"x-queue-type": "quorum"} if quorum else None
    return tuple(
        Queue(name, DEFAULT_EXCHANGE, routing_key=name, durable=True, queue_arguments=arguments)
        for name in (*CONSUMED, DEAD)
    )


def own_queue(node: str) -> Queue:
    """The queue only the worker `node` consumes: its watchdog asks there for a sign of life.

    It has no binding and expires by itself, so that nothing stays of a worker that was killed.
    """
    name = f"{node}.own"
    return Queue(name, DEFAULT_EXCHANGE, routing_key=name, durable=True, expires=OWN_SECONDS)
