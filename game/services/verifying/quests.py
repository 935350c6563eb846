"""Quests against the days they count, the rules they were drawn by, and the notices of levels.

Template, target and reward depend on a moment: the highest level a member had when the quest was
given, and how many badges. The numbered notices keep both: they are the last `level_up` and the
`achievement_unlocked` before the `quest_available` that names the quest.

Progress is a moment too: it never goes down, while the counts it is read from may (a payment goes
to another referrer, a lesson to another day). Visits, clicks, claims, badges and levels are only
ever added to, so there progress must be what the days say, or the levels told of on them. For
referrals, commission and lessons it may be above that, up to what the receipts say was counted at
some time. From the moment its window closes progress may be below the count, as late facts do not
move it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from game.rules.achievements import reachable
from game.rules.calendar_windows import Zones
from game.rules.metrics import QUEST_METRICS
from game.rules.quest_proof import drawable, fixed_numbers, progress_between
from game.rules.quests import ALL_WINDOWS, closes_at
from game.rules.receipt_proof import CLOCKS_APART
from game.rules.requirements import (
    SEVERAL,
    InvalidRequirement,
    metrics_of,
    progress_of,
    read_requirement,
)
from game.services.progress.rerolling import AGAIN
from game.services.rulesets.charter import Charter
from game.services.verifying.differences import Difference
from game.services.verifying.special_quests import counts_of, is_special, wrong_special
from game.services.verifying.stories import Given, Quest, Story
from models.session import Transaction

MOMENT = timedelta(microseconds=1)
FALLING = tuple(name for name, metric in QUEST_METRICS.items() if metric.may_fall)
"""Target types whose counts corrections may lower."""

ZONES = """
SELECT at, value FROM company_fact
WHERE company_id = %s AND kind = 'time_zone' ORDER BY at
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
SELECT r.source_id, r.at, r.inputs, e.member_id, e.at, e.counts, e.usd_value_cents
FROM receipt r LEFT JOIN payment_effect e
  ON e.company_id = r.company_id AND e.payment_id = r.source_id AND e.kind <> 'none'
WHERE r.company_id = %s AND r.member_id = %s AND r.kind = 'payment'
"""

LESSONS = """
SELECT r.source_id, max(r.at), max(e.at) FROM receipt r LEFT JOIN lesson_effect e
  ON e.company_id = r.company_id AND e.member_id = r.member_id AND e.lesson_id = r.source_id
WHERE r.company_id = %s AND r.member_id = %s AND r.kind = 'lesson' GROUP BY 1
"""


class Calendars:
    """A company's time zones as they were known at a moment: later ones moved no window."""

    def __init__(self, tx: Transaction, charter: Charter) -> None:
        """Read the changes; `charter` holds what they came to."""
        self._changes = tx.rows(ZONES, (charter.company_id,))
        self._known = {len(self._changes): charter.zones}

    def at(self, moment: datetime) -> list[Zones]:
        """The zones known then: two where a change was made at about that moment."""
        return [self._until(moment + apart) for apart in (timedelta(0), CLOCKS_APART)]

    def _until(self, moment: datetime) -> Zones:
        known = sum(at <= moment for at, _ in self._changes)
        if known not in self._known:
            self._known[known] = Zones(self._changes[:known])
        return self._known[known]


def wrong_quests(
    tx: Transaction, charter: Charter, calendars: Calendars, story: Story, now: datetime
) -> Iterator[Difference]:
    """Every quest of a member whose window, numbers, state or progress cannot be what they are."""
    for quest in story.quests:
        given = story.given.get(str(quest.id), [])
        if len(given) == 1 and is_special(quest):
            zones = calendars.at(given[0].at)
            yield from wrong_special(charter, zones, story, quest, given[0])
        elif len(given) == 1:
            yield from _wrong_draw(charter, calendars, story, quest, given[0])
            yield from _wrong_numbers(charter, quest, given[0].level_ever)
        else:
            yield _difference(
                charter, "notice", quest, f"{len(given)} notices", "1 that it was given"
            )
        yield from _wrong_state(charter, quest)
        yield from _wrong_progress(tx, charter, story, quest, now)


def _wrong_draw(
    charter: Charter, calendars: Calendars, story: Story, quest: Quest, given: Given
) -> Iterator[Difference]:
    """The window and the template against what is drawn again for the moment it was given."""
    if quest.assigned_at != given.at:
        yield _difference(charter, "assigned_at", quest, quest.assigned_at, given.at)
    if quest.time_window not in ALL_WINDOWS:
        yield _difference(charter, "time_window", quest, quest.time_window, "a known one")
        return
    fixed = [(zones.window(quest.time_window, given.at), zones) for zones in calendars.at(given.at)]
    window, zones = next((one for one in fixed if one[0].starts_at == quest.starts_at), fixed[0])
    for name, stored, computed in (
        ("starts_at", quest.starts_at, window.starts_at),
        ("ends_at", quest.ends_at, window.ends_at),
        ("first_day", quest.first_day, window.first_day),
        ("last_day", quest.last_day, window.last_day),
        ("rule_version", quest.rule_version, charter.rules.at(window.starts_at).version),
    ):
        if stored != computed:
            yield _difference(charter, name, quest, stored, computed)
    drawn = drawable(
        charter.company_id,
        quest.member_id,
        window.starts_at,
        given.level_ever,
        len(reachable(charter.rules.at(given.at))) - given.badges,
        story.in_guild(given.at),
        window.kind,
        charter.rules,
        zones,
    )
    if quest.slot.endswith(AGAIN):
        return  # see `special_quests.wrong_rerolls`
    if (quest.slot, quest.template) not in drawn:
        found = f"{quest.template} as {quest.slot}"
        wanted = " or ".join(f"{template} as {slot}" for slot, template in sorted(drawn))
        yield _difference(charter, "template", quest, found, wanted)


def _wrong_state(charter: Charter, quest: Quest) -> Iterator[Difference]:
    """A finished quest has the moment it was finished; none is closed before its time."""
    if (quest.completed_at is None) != (quest.state in ("assigned", "replaced")):
        yield _difference(charter, "completed_at", quest, quest.completed_at, f"as {quest.state}")
    due = _due(charter, quest)
    if due is None:
        return  # of a version there is not, which is named with its numbers
    if quest.closes_at not in (None, due):
        yield _difference(charter, "closes_at", quest, quest.closes_at, due)
    earliest = due - CLOCKS_APART
    if quest.closed_at and quest.closed_at < earliest and quest.state != "replaced":
        yield _difference(charter, "closed_at", quest, quest.closed_at, f"{earliest} or later")


def _due(charter: Charter, quest: Quest) -> datetime | None:
    """When its window closes by the rules it was drawn by; None for a version there is not."""
    try:
        return closes_at(quest.ends_at, charter.rules.numbered(quest.rule_version))
    except KeyError:
        return None


def _wrong_numbers(charter: Charter, quest: Quest, level: int) -> Iterator[Difference]:
    try:
        rules = charter.rules.numbered(quest.rule_version)
        target, reward = fixed_numbers(quest.template, level, rules)
    except KeyError:
        found = f"{quest.template} of version {quest.rule_version}"
        yield _difference(charter, "template", quest, found, "one of its rules")
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
            yield _difference(charter, name, quest, stored, computed)


def _wrong_progress(
    tx: Transaction, charter: Charter, story: Story, quest: Quest, now: datetime
) -> Iterator[Difference]:
    counted, once = quest.counted, 0
    if quest.terms is not None and quest.target_type == SEVERAL:
        counted, once = _of_several(tx, charter, story, quest, quest.terms)
    elif quest.target_type == "level":
        counted = _levels_gained(story, quest)
    elif quest.progress > counted and quest.target_type in FALLING:
        once = _once_counted(tx, charter, quest)
    due = quest.closes_at or _due(charter, quest)
    is_closed = quest.closed_at is not None or (due is not None and due <= now)
    least, most = progress_between(counted, once, quest.target, is_closed=is_closed)
    if quest.progress > most:
        yield _difference(charter, "progress", quest, quest.progress, f"{most} or less")
    elif quest.progress < least and _has_posted(tx, charter, quest):
        yield _difference(charter, "progress", quest, quest.progress, f"{least} or more")


def _of_several(
    tx: Transaction, charter: Charter, story: Story, quest: Quest, terms: dict[str, Any]
) -> tuple[int, int]:
    """The progress of a quest that asks several things: now, and the most it can have been."""
    try:
        requirement = read_requirement(terms, QUEST_METRICS)
    except InvalidRequirement:
        return 0, 0  # which is named with its terms
    now = {**counts_of(tx, charter, quest), "level": _levels_gained(story, quest)}
    most = {
        name: max(now.get(name, 0), _once_counted(tx, charter, quest._replace(target_type=name)))
        if name in FALLING
        else now.get(name, 0)
        for name in metrics_of(requirement)
    }
    return progress_of(requirement, now), progress_of(requirement, most)


def _levels_gained(story: Story, quest: Quest) -> int:
    """How many levels above its beginning the member was told of in the quest's window."""
    gained = 0
    for notice in story.notices:
        level = notice.data.get("level")
        if notice.type == "level_up" and isinstance(level, int):
            is_inside = quest.covers(notice.at)
            gained = max(gained, level - quest.baseline) if is_inside else gained
    return gained


def _has_posted(tx: Transaction, charter: Charter, quest: Quest) -> bool:
    values = {
        "company": charter.company_id,
        "member": quest.member_id,
        "since": quest.assigned_at,
    }
    return bool(tx.rows(POSTED_SINCE, values)[0][0])


def _once_counted(tx: Transaction, charter: Charter, quest: Quest) -> int:
    """The most that the quest's window can have counted at any time, by the member's receipts."""
    key = (charter.company_id, quest.member_id)
    if quest.target_type == "lessons":
        # A lesson only ever moves to an earlier day, from that of its first receipt to today's.
        return sum(
            (last or first) < quest.ends_at and first >= quest.starts_at
            for _, first, last in tx.rows(LESSONS, key)
        )
    worth: dict[str, int] = defaultdict(int)
    for payment_id, at, inputs, member_id, now_at, counts, usd_value in tx.rows(PAYMENTS, key):
        if quest.covers(at):
            worth[payment_id] = max(worth[payment_id], _once_worth(quest, inputs))
        if member_id == quest.member_id and now_at is not None and quest.covers(now_at):
            now = int(counts) if quest.target_type == "referrals" else usd_value
            worth[payment_id] = max(worth[payment_id], now)
    return sum(worth.values())


def _once_worth(quest: Quest, inputs: Mapping[str, Any]) -> int:
    """What one posting of a payment counted; in another currency a cent more, for the rounding.

    Nothing where the inputs are not what a posting writes, which is named at the receipt.
    """
    try:
        if quest.target_type == "referrals":
            return int(inputs["kind"] == "conversion")
        base, usd_base = int(inputs["base_minor"]), int(inputs["usd_base_cents"])
        commission = int(inputs["commission_minor"])
    except (LookupError, TypeError, ValueError):
        return 0
    return commission * usd_base // base + (usd_base != base) if base else 0


def _difference(
    charter: Charter, what: str, quest: Quest, stored: object, computed: object
) -> Difference:
    return Difference(
        charter.company_id, f"quest.{what}", str(quest.id), str(stored), str(computed)
    )
