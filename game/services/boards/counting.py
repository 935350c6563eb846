"""Scores counted from the ledgers: what `verify` compares with, and `rebuild boards` writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from game.rules.calendar_windows import Day
from game.rules.metrics import NEWEST_OF
from game.services.inbox.turns import take_turn
from game.services.members.store import lock_members
from game.services.platform import bulk
from game.services.rulesets.charter import Charter, load_charter
from models.session import WORKER, Transaction, transaction

MEMBERS_A_STEP = 2_000

OF_EFFECTS = """
SELECT member_id, day, part, sum(xp_kept)::bigint, count(*) FILTER (WHERE counted),
       sum(usd_kept_cents)::bigint, max(at) FILTER (WHERE xp_kept <> 0),
       max(at) FILTER (WHERE counted), max(at) FILTER (WHERE usd_kept_cents <> 0)
FROM payment_effect WHERE company_id = %(company)s AND {who} GROUP BY 1, 2, 3
UNION ALL
SELECT member_id, day, part, sum(xp)::bigint, 0, 0, max(at) FILTER (WHERE xp <> 0), NULL, NULL
FROM lesson_effect WHERE company_id = %(company)s AND {who} GROUP BY 1, 2, 3
"""
# Quarters of an hour keep the rows few; no local day begins between two of them.
OF_REWARDS = """
SELECT member_id, date_bin('15 minutes', at, timestamptz '2020-01-01 00:00Z'), sum(xp)::bigint,
       max(at)
FROM receipt WHERE company_id = %(company)s AND {who}
  AND xp <> 0 AND kind NOT IN ('payment', 'lesson') GROUP BY 1, 2
"""
RESET = """
UPDATE member_day SET xp = 0, referrals = 0, kept_usd_cents = 0, xp_at = NULL,
  referrals_at = NULL, kept_at = NULL
WHERE company_id = %s AND member_id = ANY(%s)
"""

Newest = dict[str, datetime | None]


@dataclass(slots=True)
class DayScore:
    """What boards rank of one stretch of a member's days, and the newest fact in each."""

    amounts: dict[str, int]
    newest: Newest

    def add(self, what: str, amount: int, at: datetime | None) -> None:
        self.amounts[what] += amount
        known = self.newest[what]
        self.newest[what] = max((one for one in (known, at) if one is not None), default=None)


DayScores = dict[tuple[int, Day], DayScore]


def counted(tx: Transaction, charter: Charter, members: Collection[int] | None = None) -> DayScores:
    """The scores of all days of a company's members (None = all) by effects and rewards."""
    found: DayScores = defaultdict(
        lambda: DayScore(dict.fromkeys(NEWEST_OF, 0), dict.fromkeys(NEWEST_OF))
    )
    who = "true" if members is None else "member_id = ANY(%(members)s)"
    params = {"company": charter.company_id, "members": list(members or ())}
    for member, day, part, *figures in tx.rows(OF_EFFECTS.format(who=who), params):
        score = found[member, Day(day, part)]
        for what, amount, at in zip(NEWEST_OF, figures[:3], figures[3:], strict=True):
            score.add(what, amount, at)
    for member, some_time, xp, at in tx.rows(OF_REWARDS.format(who=who), params):
        found[member, charter.zones.stretch(some_time)].add("xp", xp, at)
    return found


def newest_ever(scores: DayScores) -> dict[int, Newest]:
    """The newest fact of each member in each of their all-time scores."""
    found: dict[int, Newest] = defaultdict(lambda: dict.fromkeys(NEWEST_OF))
    for (member, _), score in scores.items():
        mine = found[member]
        for what, at in score.newest.items():
            mine[what] = max((one for one in (mine[what], at) if one is not None), default=None)
    return found


def uncounted(after: str, most: int) -> list[str]:
    """Companies behind this one whose scores were never counted from the ledgers."""
    with transaction(WORKER) as tx:
        rows = tx.rows(
            "SELECT c.company_id FROM company c LEFT JOIN board_state s USING (company_id) "
            "WHERE c.company_id > %s AND s.counted_at IS NULL ORDER BY 1 LIMIT %s",
            (after, most),
        )
    return [company for (company,) in rows]


def count_again(company_id: str) -> None:
    """Have all scores of a company counted from the ledgers, from the first member on."""
    with transaction(WORKER, company_id) as tx:
        tx.run(
            "INSERT INTO board_state (company_id) VALUES (%s) ON CONFLICT (company_id) "
            "DO UPDATE SET counted_through = 0, counted_at = NULL",
            (company_id,),
        )


def count_some(company_id: str, now: datetime) -> bool:
    """Count the scores of the next members; False = all are counted.

    Holds the company's turn, so that no batch posts meanwhile, and the members' locks.
    """
    with transaction(WORKER, company_id, timeout_ms=25_000, lock_ms=20_000) as tx:
        take_turn(tx, company_id)
        tx.run(
            "INSERT INTO board_state (company_id) VALUES (%s) ON CONFLICT DO NOTHING",
            (company_id,),
        )
        ids = [
            member
            for (member,) in tx.rows(
                "SELECT m.id FROM member m JOIN board_state s USING (company_id) "
                "WHERE m.company_id = %s AND m.id > s.counted_through ORDER BY m.id LIMIT %s",
                (company_id, MEMBERS_A_STEP),
            )
        ]
        if ids:
            _write(tx, load_charter(tx, company_id), ids)
        tx.run(
            "UPDATE board_state SET counted_through = %s, counted_at = %s WHERE company_id = %s",
            (ids[-1], None, company_id) if ids else (0, now, company_id),
        )
    return bool(ids)


def _write(tx: Transaction, charter: Charter, ids: list[int]) -> None:
    company = charter.company_id
    members = lock_members(tx, [(company, member) for member in ids])
    scores = counted(tx, charter, ids)
    tx.run(RESET, (company, ids))
    bulk.insert(
        tx,
        "member_day",
        [
            {
                "company_id": company,
                "member_id": member,
                "day": day.date,
                "part": day.part,
                "starts_at": charter.zones.starts(day),
                **score.amounts,
                **{column: score.newest[what] for what, column in NEWEST_OF.items()},
            }
            for (member, day), score in sorted(scores.items(), key=lambda one: one[0])
        ],
        key="company_id member_id day part",
        update=" ".join(("starts_at", *NEWEST_OF, *NEWEST_OF.values())),
    )
    newest = newest_ever(scores)
    rows = [
        {
            "company_id": company,
            "id": member.id,
            "xp_at": newest[member.id]["xp"],
            "referrals_at": newest[member.id]["referrals"],
            "commission_at": newest[member.id]["kept_usd_cents"],
            "board_seq": member.board_seq + 1,
        }
        for member in members.values()
    ]
    columns = "xp_at referrals_at commission_at board_seq"
    bulk.update(tx, "member", rows, key="company_id id", columns=columns)
