"""The counts of members' days against what members did on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from game.rules.calendar_windows import Day
from game.services.rulesets.charter import Charter
from game.services.verifying.differences import Difference
from models.session import Transaction

COUNTS = ("visits", "clicks", "quests_claimed", "quests_granted", "achievements", "messages")
"""What is compared here."""

# Quarters of an hour keep the rows few; no local day begins between two of them.
DONE = """
SELECT member_id, CASE kind WHEN 'visit' THEN 'visits' WHEN 'click' THEN 'clicks'
    WHEN 'message' THEN 'messages' ELSE 'quests_claimed' END,
  date_bin('15 minutes', at, timestamptz '2020-01-01 00:00Z'), count(*)
FROM member_fact
WHERE company_id = %(company)s AND settled AND kind IN ('visit', 'click', 'claim', 'message')
GROUP BY 1, 2, 3
UNION ALL
SELECT member_id, 'quests_granted', at, 1 FROM member_fact
WHERE company_id = %(company)s AND settled AND kind = 'claim' AND value = 'granted'
UNION ALL
SELECT member_id, 'achievements', unlocked_at, 1 FROM achievement_unlock
WHERE company_id = %(company)s
"""

STORED = """
SELECT member_id, day, part, starts_at, visits, clicks, quests_claimed, quests_granted,
  achievements, messages
FROM member_day WHERE company_id = %(company)s
"""

Place = tuple[int, Day, str]
"""(member, stretch of a local day, name of the count)."""


def wrong_days(tx: Transaction, charter: Charter, company_id: str) -> Iterator[Difference]:
    """Every count of a member's day that is not the number of things done on it.

    A row that says when its stretch begins must say it right: that decides what it counts for.
    """
    wanted: Counter[Place] = Counter()
    for member, what, at, count in tx.rows(DONE, {"company": company_id}):
        wanted[member, charter.zones.stretch(at), what] += count
    stored: Counter[Place] = Counter()
    for member, day, part, starts_at, *counts in tx.rows(STORED, {"company": company_id}):
        stretch = Day(day, part)
        begins = charter.zones.starts(stretch)
        if starts_at not in (None, begins) or charter.zones.stretch(begins) != stretch:
            where = f"{member} {stretch}"
            yield Difference(company_id, "member_day.starts_at", where, str(starts_at), str(begins))
        for what, count in zip(COUNTS, counts, strict=True):
            stored[member, stretch, what] += count
    for place in sorted(wanted.keys() | stored.keys()):
        if stored[place] != wanted[place]:
            member, day, what = place
            yield Difference(
                company_id,
                f"member_day.{what}",
                f"{member} {day}",
                str(stored[place]),
                str(wanted[place]),
            )
