"""What the days of a window add up to for a quest, as SQL: for who reads it without the rules."""

from __future__ import annotations

from game.rules.metrics import QUEST_METRICS

COUNTED = "CASE q.target_type " + (
    "".join(
        f"WHEN '{name}' THEN d.{metric.count} "
        for name, metric in QUEST_METRICS.items()
        if metric.count
    )
    + "END"
)
"""What a row `d` of `member_day` counts for a quest `q`."""
IN_WINDOW = (
    # The dates only lead to the rows: a zone chosen since may call the same moments otherwise.
    "d.day BETWEEN q.first_day - 4 AND q.last_day + 4 "
    "AND CASE WHEN d.starts_at IS NULL THEN d.day BETWEEN q.first_day AND q.last_day "
    "ELSE d.starts_at >= q.starts_at AND d.starts_at < q.ends_at END"
)
"""Whether the moments a row `d` of `member_day` counts lie in the window of a quest `q`."""
