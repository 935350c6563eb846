"""Counters of the background parts, in the process's Prometheus registry."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from workers import figures  # noqa: F401 - decides where the numbers of metrics are kept

TASK_RUNS = Counter("legends_task_runs", "Finished runs of a task by outcome.", ["task", "outcome"])
TASK_SECONDS = Histogram("legends_task_seconds", "How long a task ran.", ["task"])
SENDING_FAILED = Counter(
    "legends_sending_failed", "Messages after a commit that were not carried.", ["kind"]
)
WAKES = Counter("legends_wakes", "Wake-ups by what became of them.", ["outcome"])
JUNK = Counter("legends_broker_junk", "Broker messages that no task of ours could take.", ["kind"])
RESCUES = Counter("legends_poll_rescues", "Rounds of `poll` that found work, by kind.", ["kind"])
STEP_FAILURES = Counter("legends_poll_step_failures", "Steps of `poll` that failed.", ["step"])
LEADS = Gauge("legends_beat_leads", "1 while this beat is the one that publishes.")
TICKS = Counter("legends_beat_ticks", "Ticks of jobs by what became of them.", ["job", "outcome"])
