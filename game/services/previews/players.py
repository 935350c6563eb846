"""Lessons and quests of some members, worth something by today's rules and by the draft."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from game.rules.facts import Lesson
from game.rules.lessons import value_lessons
from game.rules.money import half_even
from game.rules.multipliers import multiplied, multiplier_at
from game.rules.ruleset_parts import QuestTemplate
from game.services.members.store import MemberState, read_members
from game.services.previews.comparison import Changes, Comparison
from game.services.quests.day_sums import COUNTED, IN_WINDOW
from models.session import Transaction

LESSONS = """
SELECT m.id, l.lesson_id, l.user_id, l.at FROM member m
JOIN lesson l ON l.company_id = m.company_id AND l.user_id = m.whop_user_id
WHERE m.company_id = %(company)s AND m.id = ANY(%(members)s)
  AND l.at >= %(since)s AND l.at < %(until)s
"""

QUESTS = f"""
SELECT q.member_id, q.template, q.target_type, q.target, q.reward_xp, q.rule_version, q.ends_at,
  q.state <> 'assigned',
  coalesce((SELECT sum({COUNTED})::bigint FROM member_day d
    WHERE d.company_id = q.company_id AND d.member_id = q.member_id AND {IN_WINDOW}), 0)
FROM quest q WHERE q.company_id = %(company)s AND q.member_id = ANY(%(members)s)
  AND q.starts_at >= %(since)s AND q.ends_at <= %(until)s
"""  # noqa: S608 - our own names


class Given(NamedTuple):
    """A quest whose window lay in the time. `counted`: what its days add up to; 0 for levels."""

    member_id: int
    template: str
    target_type: str
    target: int
    reward_xp: int
    rule_version: int
    ends_at: datetime
    is_done: bool
    counted: int


def next_members(tx: Transaction, company_id: str, after: int, most: int) -> list[int]:
    """The members behind `after` by their id."""
    rows = tx.rows(
        "SELECT id FROM member WHERE company_id = %s AND id > %s ORDER BY id LIMIT %s",
        (company_id, after, most),
    )
    return [number for (number,) in rows]


def compare(tx: Transaction, over: Comparison, members: Sequence[int]) -> Changes:
    """Value lessons and quests of these members both ways and add up the difference."""
    company = over.company_id
    states = {
        key[1]: state
        for key, state in read_members(tx, {(company, number) for number in members}).items()
    }
    wanted = {
        "company": company,
        "members": list(members),
        "since": over.since,
        "until": over.until,
    }
    changes = Changes()
    lessons: dict[int, list[Lesson]] = defaultdict(list)
    for number, lesson_id, user, at in tx.rows(LESSONS, wanted):
        lessons[number].append(Lesson(lesson_id, user, "", at))
    for number, mine in lessons.items():
        now, then = (
            sum(one.xp for one in value_lessons(mine, states[number].history, b.rules, b.zones))
            for b in (over.today, over.draft)
        )
        changes.xp[number].add(now, then)
    templates = {one.key: one for one in over.draft.rules.at(over.since).quests.templates}
    for row in tx.rows(QUESTS, wanted):
        quest = Given(*row)
        xp_now, xp_then = _quest(over, quest, templates, states[quest.member_id])
        changes.xp[quest.member_id].add(xp_now, xp_then)
    return changes


def _quest(
    over: Comparison, quest: Given, templates: Mapping[str, QuestTemplate], member: MemberState
) -> tuple[int, int]:
    """The XP of one quest both ways. One that the draft does not have any more is not done in it.

    What a quest was scaled by when it was given stays: its numbers move as its template's do.
    """
    was = over.today.rules.numbered(quest.rule_version).quest(quest.template)
    new = templates.get(quest.template)
    is_done_then = False
    reward = 0
    if new is not None and new.target_type == quest.target_type:
        target = max(half_even(quest.target * new.target, was.target), 1)
        reward = new.reward_xp
        if was.reward_xp:
            reward = quest.reward_xp * new.reward_xp // was.reward_xp
        # Of what no day counts, such as levels, only an easier target is known to be reached.
        is_done_then = quest.counted >= target or (quest.is_done and target <= quest.target)
    over.sums.quest(quest.template, now=quest.is_done, then=is_done_then)
    xp_now, xp_then = (
        multiplied(
            points, multiplier_at(member.history, quest.ends_at, charter.rules.at(quest.ends_at))
        )
        for points, charter in ((quest.reward_xp, over.today), (reward, over.draft))
    )
    return (xp_now if quest.is_done else 0, xp_then if is_done_then else 0)
