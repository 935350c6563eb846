"""All that is recorded of each member in turn: levels, notices, quests, badges and rewards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from game.rules.creations import SPECIAL
from game.rules.facts import Change, MemberHistory
from game.rules.guilds import guild_at
from game.services.notices.kinds import OF_PAYMENTS
from game.services.quests.day_sums import COUNTED, IN_WINDOW
from game.services.verifying.server_cursors import as_object, stream, together
from models.session import Row, Transaction

MEMBERS = """
SELECT id, whop_user_id, prestige_level, level_reached, level_ever FROM member
WHERE company_id = %(company)s ORDER BY id
"""

NOTICES = f"""
SELECT member_id, seq, type, data, at FROM notice
WHERE company_id = %(company)s
  AND type NOT IN {OF_PAYMENTS}
ORDER BY member_id, seq
"""  # noqa: S608 - our own names

CHANGES = """
SELECT member_id, kind, at, value FROM member_fact
WHERE company_id = %(company)s AND kind IN ('class', 'prestige', 'guild') ORDER BY member_id, at, id
"""

UNLOCKS = """
SELECT member_id, key, reward_xp, unlocked_at FROM achievement_unlock
WHERE company_id = %(company)s ORDER BY member_id, key
"""

REWARDS = """
SELECT member_id, kind, source_id, key, reason, xp, at, posted_at, rule_version, inputs
FROM receipt WHERE company_id = %(company)s AND kind IN ('quest', 'achievement', 'guild_quest')
ORDER BY member_id, seq
"""

REROLLS = """
SELECT member_id, key, at, value FROM member_fact
WHERE company_id = %(company)s AND kind = 'reroll' ORDER BY member_id, id
"""

CLAIMS = """
SELECT member_id, key, at, value FROM member_fact
WHERE company_id = %(company)s AND kind = 'claim' ORDER BY member_id, id
"""

QUESTS = f"""
SELECT q.member_id, q.id, q.template, q.time_window, q.slot, q.starts_at, q.ends_at,
  q.first_day, q.last_day, q.target_type, q.target, q.baseline, q.reward_xp, q.rule_version,
  q.progress, q.state, q.assigned_at, q.completed_at, q.claimed_at, q.closes_at, q.closed_at,
  q.entry, q.terms,
  coalesce(
    (SELECT sum({COUNTED})::bigint FROM member_day d
     WHERE d.company_id = q.company_id AND d.member_id = q.member_id AND {IN_WINDOW}), 0)
FROM quest q
WHERE q.company_id = %(company)s ORDER BY q.member_id, q.id
"""  # noqa: S608 - our own names


class NoticeRow(NamedTuple):
    """One numbered notice that is not about a payment."""

    member_id: int
    seq: int
    type: str
    data: dict[str, Any]
    at: datetime


class Quest(NamedTuple):
    """A row of `quest`. `counted`: what its days add up to now; 0 for levels, which have none."""

    member_id: int
    id: int
    template: str
    time_window: str
    slot: str
    starts_at: datetime
    ends_at: datetime
    first_day: date
    last_day: date
    target_type: str
    target: int
    baseline: int
    reward_xp: int
    rule_version: int
    progress: int
    state: str
    assigned_at: datetime
    completed_at: datetime | None
    claimed_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    entry: int | None
    terms: dict[str, Any] | None
    counted: int

    def covers(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at


class Unlock(NamedTuple):
    """A row of `achievement_unlock`."""

    member_id: int
    key: str
    reward_xp: int
    unlocked_at: datetime


class Reward(NamedTuple):
    """A receipt of a quest, an achievement or a guild quest."""

    member_id: int
    kind: str
    source_id: str
    key: str
    reason: str
    xp: int
    at: datetime
    posted_at: datetime
    rule_version: int
    inputs: dict[str, Any]


class Claim(NamedTuple):
    """The fact that a member claimed a quest; `key` is its number, `value` how it came to it."""

    member_id: int
    key: str
    at: datetime
    value: str


class Reroll(NamedTuple):
    """The fact that a member swapped the quest numbered `value` on the day `key`."""

    member_id: int
    key: str
    at: datetime
    value: str


class Given(NamedTuple):
    """What the numbered notices say of the moment a quest was given."""

    window: object
    level_ever: int
    badges: int
    at: datetime


@dataclass(slots=True)
class Story:
    """One member with everything recorded of them."""

    member_id: int
    prestige_level: int
    level_reached: int
    level_ever: int
    history: MemberHistory
    notices: Sequence[NoticeRow] = ()
    quests: Sequence[Quest] = ()
    unlocks: Sequence[Unlock] = ()
    rewards: Sequence[Reward] = ()
    claims: Sequence[Claim] = ()
    rerolls: Sequence[Reroll] = ()
    given: dict[str, list[Given]] = field(default_factory=dict)
    """By quest number: each notice that says this quest was given."""

    def in_guild(self, moment: datetime) -> frozenset[bool]:
        """Whether they were in a guild then; both where that changed in the same second."""
        before = moment.replace(microsecond=0) - timedelta(microseconds=1)
        return frozenset(bool(guild_at(self.history, at)) for at in (moment, before))


def stories(tx: Transaction, company_id: str) -> Iterator[Story]:
    """Every member of a company, in order. Rows of members there are not break a foreign key."""
    streams = [
        stream(tx, name, sql, company_id)
        for name, sql in (
            ("members", MEMBERS),
            ("changes", CHANGES),
            ("notices", NOTICES),
            ("quests", QUESTS),
            ("unlocks", UNLOCKS),
            ("rewards", REWARDS),
            ("claims", CLAIMS),
            ("rerolls", REROLLS),
        )
    ]
    for _, found in together(*streams):
        member, changes, notices, quests, unlocks, rewards, claims, rerolls = found
        for member_id, user, prestige, reached, ever in member:
            story = Story(member_id, prestige, reached, ever, _history(user, changes))
            story.notices = [NoticeRow(*row)._replace(data=as_object(row[3])) for row in notices]
            story.quests = [Quest(*row) for row in quests]
            story.unlocks = [Unlock(*row) for row in unlocks]
            story.rewards = [Reward(*row)._replace(inputs=as_object(row[-1])) for row in rewards]
            story.claims = [Claim(*row) for row in claims]
            story.rerolls = [Reroll(*row) for row in rerolls]
            story.given = _given(story.notices)
            yield story


def _history(user: str, changes: Sequence[Row]) -> MemberHistory:
    by_kind: dict[str, list[Change]] = {"class": [], "prestige": [], "guild": []}
    for _, kind, at, value in changes:
        by_kind[kind].append(Change(at, value))
    return MemberHistory(
        user,
        classes=by_kind["class"],
        prestiges=by_kind["prestige"],
        guilds=by_kind["guild"],
    )


def _given(notices: Sequence[NoticeRow]) -> dict[str, list[Given]]:
    """Which quests were given when: the highest level and the badges told of before that."""
    given: dict[str, list[Given]] = {}
    ever, badges = 1, 0
    # A creator's quest is given to who grows into its audience by the very same posting.
    by_then = {
        notice.at: notice.data["level"]
        for notice in notices
        if notice.type == "level_up" and isinstance(notice.data.get("level"), int)
    }
    for notice in notices:
        if notice.type == "level_up":
            level = notice.data.get("level")
            ever = max(ever, level) if isinstance(level, int) else ever
        elif notice.type == "achievement_unlocked":
            badges += 1
        elif notice.type == "quest_available":
            window = notice.data.get("window")
            level = max(ever, by_then.get(notice.at, 1)) if window == SPECIAL else ever
            found = Given(window, level, badges, notice.at)
            for number in quest_ids(notice):
                given.setdefault(number, []).append(found)
    return given


def quest_ids(notice: NoticeRow) -> list[str]:
    """The numbers of the quests that a `quest_available` names, whatever stands in it."""
    found = notice.data.get("quest_ids")
    return [str(number) for number in found] if isinstance(found, list) else []
