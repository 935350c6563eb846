"""What runs by the clock: when, which task, which code, how far back it is made up for, and why.

Words only, no code: one row is all that a job needs. The parts that run jobs read the whole table
when they start and refuse to with every fault they find in it (`workers/jobs.py`).
"""

from __future__ import annotations

from typing import NamedTuple


class Job(NamedTuple):
    """One line of the schedule."""

    name: str
    """Also the name of its Celery task: `subject.verb`."""
    step: str
    """`module:function` that does the work, as `game.services.scheduled.jobs.Step` describes it."""
    every: str
    """"15 minutes", "1 hour". Counted from 1970 (UTC), so two processes mean the same moment."""
    made_up_for: str
    """How far back missed runs are made up for: a multiple of `every`; empty = not at all."""
    why: str
    queue: str = "jobs"
    """One of `workers/queues.py`."""


JOBS: tuple[Job, ...] = (
    Job(
        "quests.assign",
        step="game.services.quests.windows:assign_step",
        every="15 minutes",
        made_up_for="1 hour",
        why="No time zone begins its day off a quarter of an hour; members find today's quests.",
    ),
    Job(
        "quests.close",
        step="game.services.scheduled.quest_closing:close_step",
        every="1 hour",
        made_up_for="6 hours",
        why="72 h after a window's end late facts stop counting and unclaimed rewards are granted.",
    ),
    Job(
        "guilds.deal",
        step="game.services.guilds.dealing:deal_step",
        every="15 minutes",
        made_up_for="1 hour",
        why="Each guild finds its quest of the week when the week begins in its company's zone.",
    ),
    Job(
        "guilds.quests",
        step="game.services.guilds.quests:look_step",
        every="1 minute",
        made_up_for="3 minutes",
        why="A guild quest is completed and closed also where the message to look got lost.",
    ),
    Job(
        "commissions.release",
        step="game.services.scheduled.holds:release_step",
        every="5 minutes",
        made_up_for="30 minutes",
        why="A commission whose hold is over becomes payable within minutes.",
    ),
    Job(
        "deadletters.mirror",
        step="workers.mirror:step",
        every="1 minute",
        made_up_for="3 minutes",
        why="The broker's picture of the dead letters follows the table.",
    ),
    Job(
        "notices.publish",
        step="game.services.notices.frames:publish_step",
        every="1 minute",
        made_up_for="3 minutes",
        why="Frames that Redis did not take at the first try still reach open browsers.",
        queue="notices",
    ),
    Job(
        "checkouts.sweep",
        step="game.services.referrals.checkouts:sweep_step",
        every="1 minute",
        made_up_for="3 minutes",
        why="A link whose checkout Whop did not give at the first try still comes to earn.",
        queue="whop",
    ),
    Job(
        "appeals.lapse",
        step="game.services.crediting.appeals:lapse_step",
        every="1 hour",
        made_up_for="1 hour",
        why="An appeal that nobody decides within 30 days is closed, and its member is told.",
    ),
    Job(
        "checkouts.review",
        step="game.services.referrals.checkouts:review_step",
        every="1 hour",
        made_up_for="1 hour",
        why="A link whose plan is not sold any more comes to sell another one.",
        queue="whop",
    ),
    Job(
        "previews.sweep",
        step="game.services.previews.working:sweep_step",
        every="1 minute",
        made_up_for="3 minutes",
        why="A preview of rules whose worker died goes on within two minutes.",
    ),
    Job(
        "payouts.sweep",
        step="game.services.payouts.sending:sweep_step",
        every="1 minute",
        made_up_for="3 minutes",
        why="A payout whose message was lost is sent, and one whose end is unknown asked for.",
        queue="whop",
    ),
    Job(
        "whop.sweep",
        step="game.services.reconciling.engine:sweep_step",
        every="1 minute",
        made_up_for="3 minutes",
        why="Runs over Whop's lists and open questions go on, whoever died or was not told.",
        queue="whop",
    ),
    Job(
        "whop.nightly",
        step="game.services.reconciling.engine:nightly_step",
        every="1 day",
        made_up_for="1 day",
        why="What Whop never delivered is found by comparing with its own lists, every night.",
        queue="whop",
    ),
    Job(
        "boards.close",
        step="game.services.scheduled.board_closing:close_step",
        every="15 minutes",
        made_up_for="1 hour",
        why="72 h after a week's or a month's end its ranks are final, hashed and chained.",
    ),
    Job(
        "boards.build",
        step="game.services.boards.building:build_step",
        every="1 minute",
        made_up_for="3 minutes",
        why="Boards that somebody reads come from Redis again soon after it was emptied.",
    ),
    Job(
        "boards.sweep",
        step="game.services.boards.live:sweep_step",
        every="1 minute",
        made_up_for="3 minutes",
        why="Scores that did not get to Redis at the first try are set all the same.",
    ),
    Job(
        "leagues.deal",
        step="game.services.scheduled.league_dealing:deal_step",
        every="5 minutes",
        made_up_for="15 minutes",
        why="At a week's end members move, then the next is dealt; who appears later gets a seat.",
    ),
    Job(
        "streaks.read",
        step="game.services.scheduled.streak_reading:read_step",
        every="1 day",
        made_up_for="2 days",
        why="Streaks of members who were last read by a rule without frozen days.",
    ),
    Job(
        "announcements.tell",
        step="game.services.notices.announcements:tell_step",
        every="1 minute",
        made_up_for="3 minutes",
        why="Companies too large to be told within the request hear of an announcement.",
        queue="notices",
    ),
    Job(
        "creations.give",
        step="game.services.scheduled.creation_runs:step",
        every="1 minute",
        made_up_for="3 minutes",
        why="Members find what a creator published, and a special quest's next window, in minutes.",
    ),
    Job(
        "achievements.count",
        step="game.services.scheduled.creation_runs:count_step",
        every="1 hour",
        made_up_for="1 hour",
        why="What share of the members has an achievement is shown, and counted once an hour.",
    ),
    Job(
        "retention.sweep",
        step="game.services.scheduled.retention:step",
        every="1 day",
        made_up_for="2 days",
        why="Raw bodies are kept 90 days, and next month's partition is made before it is needed.",
    ),
)
