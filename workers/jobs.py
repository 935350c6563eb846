"""Which service does the work of each scheduled job, and how one tick of it is run."""

from __future__ import annotations

from datetime import UTC, datetime

from game.services.notices import frames
from game.services.quests import windows
from game.services.referrals import checkouts
from game.services.scheduled import holds, jobs, quest_closing, retention
from models.base import Json
from workers import mirror


def publish_outbox(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Publish frames that are still in the outbox."""
    frames.sweep(now)
    return None


STEPS: dict[str, jobs.Step] = {
    "quests.assign": windows.assign_step,
    "quests.close": quest_closing.close_step,
    "commissions.release": holds.release_step,
    "checkouts.sweep": checkouts.sweep_step,
    "deadletters.mirror": mirror.step,
    "notices.publish": publish_outbox,
    "retention.sweep": retention.step,
}


def run_tick(job: str, scheduled_for: datetime, *, seconds: float) -> jobs.Outcome:
    """Work on one tick for at most `seconds`; harmless when another process does."""
    return jobs.run(job, scheduled_for, STEPS[job], lambda: datetime.now(UTC), seconds=seconds)
