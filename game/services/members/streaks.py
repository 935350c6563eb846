"""Members' active days, and the streak that stands in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from game.rules.calendar_windows import Day
from game.rules.streaks import Activity, Streak, current_streak
from game.services.ledger.posting import MemberKey
from game.services.rulesets.charter import Charter
from models.session import Transaction

ACTIVE = "conversions + quests_claimed - quests_granted"
"""What makes a row of `member_day` part of a streak where it is above zero."""
REACH = timedelta(days=366)
"""How far around a day a streak is looked for at first; one that is longer is looked at whole."""

ACTIVITY = f"""
SELECT k.company_id, k.member_id, f.day, f.part,
  coalesce(array_agg(d.day) FILTER (WHERE d.day IS NOT NULL), '{{}}'),
  coalesce(array_agg(d.part) FILTER (WHERE d.day IS NOT NULL), '{{}}')
FROM unnest(%s::text[], %s::bigint[], %s::date[], %s::date[])
  AS k (company_id, member_id, earliest, latest)
CROSS JOIN LATERAL (
  SELECT day, part FROM member_day
  WHERE company_id = k.company_id AND member_id = k.member_id AND {ACTIVE} > 0
  ORDER BY day, part LIMIT 1) AS f
LEFT JOIN member_day d ON d.company_id = k.company_id AND d.member_id = k.member_id
  AND d.day BETWEEN k.earliest AND k.latest
  AND d.conversions + d.quests_claimed - d.quests_granted > 0
GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - our own names
ALWAYS = (date.min, date.max)

Reach = tuple[date, date]
"""The first and the last date looked at."""


def read_streak(
    tx: Transaction, charter: Charter, member_id: int, best: int, now: datetime
) -> Streak:
    """A member's streak as it stands, in one query; two where it is longer than a year."""
    today = charter.zones.day(now)
    activity = load_activity(tx, charter, member_id, around([today]))
    streak = current_streak(activity, best, now, charter.zones)
    if streak.days >= REACH.days:
        activity = load_activity(tx, charter, member_id, ALWAYS)
        streak = current_streak(activity, best, now, charter.zones)
    return streak


@dataclass(frozen=True, slots=True)
class Stretches:
    """A member's active stretches of days within reach, and the first ever; None = none yet."""

    stretches: Collection[Day] = ()
    first: Day | None = None


def load_stretches(tx: Transaction, reach: Mapping[MemberKey, Reach]) -> dict[MemberKey, Stretches]:
    """The active stretches of these members within reach, in one query; none without members."""
    found = dict.fromkeys(reach, Stretches())
    if reach:
        for company, member_id, day, part, dates, parts in tx.rows(ACTIVITY, _arrays(reach)):
            stretches = [Day(*stretch) for stretch in zip(dates, parts, strict=True)]
            found[company, member_id] = Stretches(stretches, Day(day, part))
    return found


def load_activity(tx: Transaction, charter: Charter, member_id: int, reach: Reach) -> Activity:
    """One member's active days within reach, in one query."""
    key = (charter.company_id, member_id)
    found = load_stretches(tx, {key: reach})[key]
    days = {charter.zones.day_of(stretch) for stretch in found.stretches}
    return Activity(days, None if found.first is None else charter.zones.day_of(found.first))


def _arrays(reach: Mapping[MemberKey, Reach]) -> tuple[list[object], ...]:
    return (
        [company for company, _ in reach],
        [member_id for _, member_id in reach],
        [earliest for earliest, _ in reach.values()],
        [latest for _, latest in reach.values()],
    )


def around(days: Collection[Day]) -> Reach:
    return (min(days).date - REACH, max(days).date + REACH)
