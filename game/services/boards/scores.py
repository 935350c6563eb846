"""What boards rank, kept by whoever posts: the scores of days, and the newest fact in each.

The amounts are counted with the other counts of a day (`ledger.posting`). Here the newest facts
are followed, which decide ties: a newer one is told as it comes; where one goes, the newest of
those that are left is looked up, as rarely as payments are taken back.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from game.rules.calendar_windows import Day
from game.rules.metrics import NEWEST_OF
from game.services.ledger.posting import MemberKey, Posting
from game.services.members.store import MemberState
from game.services.platform import bulk
from game.services.rulesets.charter import Charter
from models.outgoing import Scores
from models.session import Transaction

NEWEST_OF_MEMBER = {"xp": "xp_at", "referrals": "referrals_at", "kept_usd_cents": "commission_at"}
"""Where the newest fact in each all-time score stands on the member."""
LONGEST_STRETCH = timedelta(days=4)
"""No stretch of local days is longer (`game.rules.calendar_windows`)."""

# What is worth something on a stretch; of rewards their moments, as they bear no day.
LEFT_OVER = """
WITH k (company_id, member_id, day, part, starts_at, ends_at) AS (SELECT * FROM unnest(
  %s::text[], %s::bigint[], %s::date[], %s::int[], %s::timestamptz[], %s::timestamptz[]))
SELECT k.company_id, k.member_id, k.day, k.part, e.at,
       e.xp_kept <> 0, e.counted, e.usd_kept_cents <> 0
FROM k JOIN payment_effect e USING (company_id, member_id, day, part)
WHERE e.at >= k.starts_at AND e.at < k.ends_at
UNION ALL
SELECT k.company_id, k.member_id, k.day, k.part, e.at, e.xp <> 0, false, false
FROM k JOIN lesson_effect e USING (company_id, member_id, day, part)
UNION ALL
SELECT k.company_id, k.member_id, k.day, k.part, r.at, true, false, false
FROM k JOIN receipt r USING (company_id, member_id)
WHERE r.at >= k.starts_at AND r.at < k.ends_at
  AND r.xp <> 0 AND r.kind NOT IN ('payment', 'lesson')
"""
SET_NEWEST = """
UPDATE member_day d SET xp_at = n.xp_at, referrals_at = n.referrals_at, kept_at = n.kept_at
FROM json_populate_recordset(NULL::member_day, %s::json) AS n
WHERE d.company_id = n.company_id AND d.member_id = n.member_id AND d.day = n.day
  AND d.part = n.part
"""
NEWEST_EVER = """
SELECT d.company_id, d.member_id, max(d.xp_at), max(d.referrals_at), max(d.kept_at)
FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, member_id)
JOIN member_day d USING (company_id, member_id) GROUP BY 1, 2
"""

Stretch = tuple[MemberKey, Day]


def store_scores(
    tx: Transaction,
    posting: Posting,
    charters: Mapping[str, Charter],
    members: Mapping[MemberKey, MemberState],
    *,
    everybody: bool,
) -> None:
    """Bring the newest facts up to date and note whose places moved, for after the commit.

    The books and the days must be written; the members' figures are changed in memory, and
    whoever calls writes them. `everybody`: also those without a score that moved.
    """
    gone: set[Stretch] = set()
    for key, change in posting.changes.items():
        gone |= {(key, stretch) for stretch in change.left}
        member = members[key]
        for what, at in change.newest_ever.items():
            column = NEWEST_OF_MEMBER[what]
            known = getattr(member, column)
            setattr(member, column, at if known is None else max(known, at))
    if gone:
        _look_up(tx, charters, members, gone)
    moved = [key for key in sorted(members) if everybody or posting.changes[key].is_scored]
    for key in moved:
        members[key].board_seq += 1
    note_moved(tx, moved, posting.now)


def note_moved(tx: Transaction, keys: Collection[MemberKey], now: datetime) -> None:
    """Have these members' places set in Redis after the commit, by a row that stays until then."""
    by_company: dict[str, list[int]] = defaultdict(list)
    for company, member_id in keys:
        by_company[company].append(member_id)
    rows = []
    for company, ids in by_company.items():
        key = secrets.token_hex(8)
        rows.append({"company_id": company, "key": key, "members": ids, "created_at": now})
        tx.send(Scores(company, ids, key))
    bulk.insert(tx, "board_outbox", rows)


def newest_of(
    tx: Transaction, charters: Mapping[str, Charter], stretches: Collection[Stretch]
) -> dict[Stretch, dict[str, datetime]]:
    """The newest fact in each score of these stretches, by the effects and rewards themselves."""
    ordered = sorted(stretches)
    starts = [charters[key[0]].zones.starts(day) for key, day in ordered]
    found: dict[Stretch, dict[str, datetime]] = {stretch: {} for stretch in ordered}
    for company, member_id, day, part, at, *is_in in tx.rows(
        LEFT_OVER,
        (
            [key[0] for key, _ in ordered],
            [key[1] for key, _ in ordered],
            [day.date for _, day in ordered],
            [day.part for _, day in ordered],
            starts,
            [start + LONGEST_STRETCH for start in starts],
        ),
    ):
        stretch = Day(day, part)
        if charters[company].zones.stretch(at) != stretch:
            continue
        newest = found[(company, member_id), stretch]
        for what, counts in zip(NEWEST_OF, is_in, strict=True):
            if counts:
                newest[what] = max(at, newest.get(what, at))
    return found


def _look_up(
    tx: Transaction,
    charters: Mapping[str, Charter],
    members: Mapping[MemberKey, MemberState],
    gone: set[Stretch],
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "company_id": key[0],
            "member_id": key[1],
            "day": day.date,
            "part": day.part,
            **{column: newest.get(what) for what, column in NEWEST_OF.items()},
        }
        for (key, day), newest in newest_of(tx, charters, gone).items()
    ]
    tx.put(SET_NEWEST, (bulk.to_json(rows),))
    for company, member_id, *newest in tx.rows(
        NEWEST_EVER, bulk.pairs(sorted({key for key, _ in gone}))
    ):
        member = members[company, member_id]
        for column, at in zip(NEWEST_OF_MEMBER.values(), newest, strict=True):
            setattr(member, column, at)
