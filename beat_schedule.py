"""What runs by the clock: when, which task, how far back a missed run is made up for, and why.

Words only, no code: `every` and `made_up_for` are "15 minutes", "1 hour". Times are counted from
midnight UTC, so two processes mean the same moment. `made_up_for` empty: a missed run is nothing.
"""

from __future__ import annotations

from typing import NamedTuple


class Job(NamedTuple):
    """One line of the schedule."""

    name: str
    task: str
    every: str
    made_up_for: str
    why: str
    queue: str = ""
    """Where the task goes, if not where its name says."""


JOBS = (
    Job(
        "quests.assign",
        "quests.assign",
        every="15 minutes",
        made_up_for="1 hour",
        why="No time zone begins its day off a quarter of an hour; members find today's quests.",
    ),
    Job(
        "quests.close",
        "quests.close",
        every="1 hour",
        made_up_for="6 hours",
        why="72 h after a window's end late facts stop counting and unclaimed rewards are granted.",
    ),
    Job(
        "commissions.release",
        "commissions.release",
        every="5 minutes",
        made_up_for="30 minutes",
        why="A commission whose hold is over becomes payable within minutes.",
    ),
    Job(
        "deadletters.mirror",
        "deadletters.mirror",
        every="1 minute",
        made_up_for="3 minutes",
        why="The broker's picture of the dead letters follows the table.",
    ),
    Job(
        "notices.publish",
        "notices.publish",
        every="1 minute",
        made_up_for="3 minutes",
        why="Frames that Redis did not take at the first try still reach open browsers.",
    ),
    Job(
        "checkouts.sweep",
        "checkouts.sweep",
        every="1 minute",
        made_up_for="3 minutes",
        why="A link whose checkout Whop did not give at the first try still comes to earn.",
    ),
    Job(
        "retention.sweep",
        "retention.sweep",
        every="1 day",
        made_up_for="2 days",
        why="Raw bodies are kept 90 days, and next month's partition is made before it is needed.",
    ),
    Job(
        "heartbeat.inbox",
        "workers.heartbeat",
        every="10 seconds",
        made_up_for="",
        why="Shows that somebody serves the queue.",
        queue="inbox",
    ),
    Job(
        "heartbeat.notices",
        "workers.heartbeat",
        every="10 seconds",
        made_up_for="",
        why="Shows that somebody serves the queue.",
        queue="notices",
    ),
    Job(
        "heartbeat.jobs",
        "workers.heartbeat",
        every="10 seconds",
        made_up_for="",
        why="Shows that somebody serves the queue.",
        queue="jobs",
    ),
    Job(
        "heartbeat.whop",
        "workers.heartbeat",
        every="10 seconds",
        made_up_for="",
        why="Shows that somebody serves the queue.",
        queue="whop",
    ),
)
