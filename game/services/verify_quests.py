"""Quests against the days they count, the rules they were drawn by, and the notices of levels.

Target and reward depend on a moment: the highest level a member had when the quest was given. The
numbered notices keep it: it is the last `level_up` before the `quest_available` that names the
quest.

Progress is a moment too: it never goes down, while the counts it is read from may (a payment goes
to another referrer, a lesson to another day). Visits, clicks, claims, badges and levels are only
ever added to, so there progress must be what the days say. For referrals, commission and lessons
it may be above that, up to what the receipts say was counted at some time. After a window is
closed, progress may be below the count, as late facts do not move it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from game.rules.quest_proof import fixed_numbers, progress_between
from game.services.book import CompanyBook
from game.services.differences import Difference
from models.session import Transaction

FALLING = ("referrals", "commission", "lessons")
"""Target types whose counts corrections may lower."""

QUESTS = """
SELECT q.id, q.member_id, q.template, q.target_type, q.target, q.baseline, q.reward_xp,
  q.rule_version, q.first_day, q.last_day, q.progress, q.assigned_at, q.closed_at IS NOT NULL,
  CASE q.target_type WHEN 'level' THEN m.level_ever - q.baseline ELSE coalesce(
    (SELECT sum(CASE q.target_type WHEN 'referrals' THEN d.conversions
       WHEN 'commission' THEN d.commission_usd_cents WHEN 'lessons' THEN d.lessons
       WHEN 'visits' THEN d.visits WHEN 'clicks' THEN d.clicks
       WHEN 'messages' THEN d.messages WHEN 'quests' THEN d.quests_claimed
       WHEN 'achievements' THEN d.achievements END)::bigint
     FROM member_day d WHERE d.company_id = q.company_id AND d.member_id = q.member_id
       AND d.day BETWEEN q.first_day AND q.last_day), 0) END
FROM quest q JOIN member m ON m.company_id = q.company_id AND m.id = q.member_id
WHERE q.company_id = %s ORDER BY q.id
"""

LEVELS = """
SELECT quest.id::bigint, coalesce(max((up.data ->> 'level')::int), 1)
FROM notice given
CROSS JOIN LATERAL jsonb_array_elements_text(given.data -> 'quest_ids') AS quest (id)
LEFT JOIN notice up ON up.company_id = given.company_id AND up.member_id = given.member_id
  AND up.type = 'level_up' AND up.seq < given.seq
WHERE given.company_id = %s AND given.type = 'quest_available' GROUP BY 1
"""

# A quest given at a day's start may lie over days that already count something (a clock ahead of
# ours); it hears of that with the member's next posting, so only then must it have moved.
POSTED_SINCE = """
SELECT EXISTS (SELECT FROM receipt WHERE company_id = %(company)s AND member_id = %(member)s
               AND posted_at >= %(since)s)
    OR EXISTS (SELECT FROM member_fact WHERE company_id = %(company)s AND member_id = %(member)s
               AND settled AND at >= %(since)s)
"""

PAYMENTS = """
SELECT r.source_id, r.at, r.inputs, e.member_id, e.day, e.counts, e.usd_value_cents
FROM receipt r LEFT JOIN payment_effect e
  ON e.company_id = r.company_id AND e.payment_id = r.source_id AND e.kind <> 'none'
WHERE r.company_id = %s AND r.member_id = %s AND r.kind = 'payment'
"""

LESSONS = """
SELECT r.source_id, max(r.at), max(e.day) FROM receipt r LEFT JOIN lesson_effect e
  ON e.company_id = r.company_id AND e.member_id = r.member_id AND e.lesson_id = r.source_id
WHERE r.company_id = %s AND r.member_id = %s AND r.kind = 'lesson' GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """One quest as it stands. `counted`: what its days, or its member's levels, say now."""

    id: int
    member_id: int
    template: str
    target_type: str
    target: int
    baseline: int
    reward_xp: int
    rule_version: int
    first_day: date
    last_day: date
    progress: int
    assigned_at: datetime
    is_closed: bool
    counted: int

    def covers(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


def wrong_quests(tx: Transaction, book: CompanyBook, company_id: str) -> Iterator[Difference]:
    """Every quest of one company whose numbers or progress cannot be what they are."""
    levels: dict[int, int] = dict(tx.rows(LEVELS, (company_id,)))
    for row in tx.rows(QUESTS, (company_id,)):
        quest = Stored(*row)
        if quest.id in levels:  # one without its notice is named by the numbers of the notices
            yield from _wrong_numbers(book, quest, levels[quest.id])
        yield from _wrong_progress(tx, book, quest)


def _wrong_numbers(book: CompanyBook, quest: Stored, level: int) -> Iterator[Difference]:
    try:
        rules = book.rules.numbered(quest.rule_version)
        target, reward = fixed_numbers(quest.template, level, rules)
    except KeyError:
        found = f"{quest.template} of version {quest.rule_version}"
        yield _difference(book, "template", quest, found, "one of its rules")
        return
    target_type = rules.quest(quest.template).target_type
    baseline = level if target_type == "level" else 0
    for name, stored, computed in (
        ("target", quest.target, target),
        ("reward_xp", quest.reward_xp, reward),
        ("target_type", quest.target_type, target_type),
        ("baseline", quest.baseline, baseline),
    ):
        if stored != computed:
            yield _difference(book, name, quest, stored, computed)


def _wrong_progress(tx: Transaction, book: CompanyBook, quest: Stored) -> Iterator[Difference]:
    once = 0
    if quest.progress > quest.counted and quest.target_type in FALLING:
        once = _once_counted(tx, book, quest)
    least, most = progress_between(quest.counted, once, quest.target, is_closed=quest.is_closed)
    if quest.progress > most:
        yield _difference(book, "progress", quest, quest.progress, f"{most} or less")
    elif quest.progress < least and _has_posted(tx, book, quest):
        yield _difference(book, "progress", quest, quest.progress, f"{least} or more")


def _has_posted(tx: Transaction, book: CompanyBook, quest: Stored) -> bool:
    values = {
        "company": book.company_id,
        "member": quest.member_id,
        "since": quest.assigned_at,
    }
    return bool(tx.rows(POSTED_SINCE, values)[0][0])


def _once_counted(tx: Transaction, book: CompanyBook, quest: Stored) -> int:
    """The most that the quest's days can have counted at any time, by the member's receipts."""
    key = (book.company_id, quest.member_id)
    if quest.target_type == "lessons":
        # A lesson only ever moves to an earlier day, from that of its first receipt to today's.
        return sum(
            (last or book.zones.day(first)) <= quest.last_day
            and book.zones.day(first) >= quest.first_day
            for _, first, last in tx.rows(LESSONS, key)
        )
    worth: dict[str, int] = defaultdict(int)
    for payment_id, at, inputs, member_id, day, counts, usd_value in tx.rows(PAYMENTS, key):
        if quest.covers(book.zones.day(at)):
            worth[payment_id] = max(worth[payment_id], _once_worth(quest, inputs))
        if member_id == quest.member_id and quest.covers(day):
            now = int(counts) if quest.target_type == "referrals" else usd_value
            worth[payment_id] = max(worth[payment_id], now)
    return sum(worth.values())


def _once_worth(quest: Stored, inputs: dict[str, Any]) -> int:
    """What one posting of a payment counted; in another currency a cent more, for the rounding."""
    if quest.target_type == "referrals":
        return int(inputs["kind"] == "conversion")
    base, usd_base = int(inputs["base_minor"]), int(inputs["usd_base_cents"])
    if not base:
        return 0
    return int(inputs["commission_minor"]) * usd_base // base + (usd_base != base)


def _difference(
    book: CompanyBook, what: str, quest: Stored, stored: object, computed: object
) -> Difference:
    return Difference(book.company_id, f"quest.{what}", str(quest.id), str(stored), str(computed))
