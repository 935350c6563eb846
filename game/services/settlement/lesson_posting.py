"""Lessons to XP: each touched day of a member is valued anew and the differences posted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from game.rules.calendar_windows import Day
from game.rules.effects import LessonEffect
from game.rules.facts import Lesson
from game.rules.lessons import value_lessons
from game.services.ledger.posting import LESSON_FIELDS, MemberKey, NewReceipt, Posting, Scored
from game.services.members.store import MemberState
from game.services.rulesets.charter import Charter
from game.services.settlement.fact_store import LessonChange
from models.session import Transaction


class Posted(NamedTuple):
    """A row of `lesson_effect`."""

    effect: LessonEffect
    version: int


def post_lessons(
    tx: Transaction,
    posting: Posting,
    charters: Mapping[str, Charter],
    members: Mapping[MemberKey, MemberState],
    moves: Mapping[MemberKey, Sequence[LessonChange]],
) -> None:
    """Value the days these moves touch, in two queries, and post what changed."""
    days = {
        (key, day)
        for key, its_moves in moves.items()
        for move in its_moves
        for day in _days(charters[key[0]], move)
    }
    if not days:
        return
    lessons = _load_lessons(tx, charters, members, days)
    posted = _load_posted(tx, days)
    for key in moves:
        charter, member = charters[key[0]], members[key]
        wanted = {
            effect.lesson_id: effect
            for effect in value_lessons(lessons[key], member.history, charter.rules, charter.zones)
        }
        for lesson_id, effect in wanted.items():
            _post(posting, key, posted.get((*key, lesson_id)), effect)


def _days(charter: Charter, move: LessonChange) -> set[Day]:
    days = {charter.zones.day(move.now.at)}
    if move.was is not None:
        days.add(charter.zones.day(move.was.at))
    return days


def _load_lessons(
    tx: Transaction,
    charters: Mapping[str, Charter],
    members: Mapping[MemberKey, MemberState],
    days: set[tuple[MemberKey, Day]],
) -> dict[MemberKey, list[Lesson]]:
    """All lessons of these members on these local days."""
    spans = [
        (key, zones.window("daily", zones.starts(day)))
        for key, day in sorted(days)
        for zones in (charters[key[0]].zones,)
    ]
    found: dict[MemberKey, dict[str, Lesson]] = defaultdict(dict)
    for company, member_id, user, lesson_id, at in tx.rows(
        "SELECT l.company_id, k.member_id, l.user_id, l.lesson_id, l.at "
        "FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[]) "
        "  AS k (company_id, member_id, user_id, starts_at, ends_at) "
        "JOIN lesson l USING (company_id, user_id) WHERE l.at >= k.starts_at AND l.at < k.ends_at",
        (
            [key[0] for key, _ in spans],
            [key[1] for key, _ in spans],
            [members[key].whop_user_id for key, _ in spans],
            [window.starts_at for _, window in spans],
            [window.ends_at for _, window in spans],
        ),
    ):
        found[company, member_id][lesson_id] = Lesson(lesson_id, user, "", at)
    return defaultdict(list, {key: list(lessons.values()) for key, lessons in found.items()})


def _load_posted(
    tx: Transaction, days: set[tuple[MemberKey, Day]]
) -> dict[tuple[str, int, str], Posted]:
    """What is posted for these days; a moved lesson's old day is one of them.

    All of a date is loaded: more than is asked where days share one.
    """
    wanted = sorted({(key, day.date) for key, day in days})
    columns = ", ".join(f"e.{name}" for name in LESSON_FIELDS)
    rows = tx.rows(
        f"SELECT e.company_id, e.member_id, {columns}, e.version "  # noqa: S608 - our own names
        "FROM unnest(%s::text[], %s::bigint[], %s::date[]) AS k (company_id, member_id, day) "
        "JOIN lesson_effect e USING (company_id, member_id, day)",
        (
            [key[0] for key, _ in wanted],
            [key[1] for key, _ in wanted],
            [day for _, day in wanted],
        ),
    )
    return {(row[0], row[1], row[2]): Posted(LessonEffect(*row[2:-1]), row[-1]) for row in rows}


def _post(posting: Posting, key: MemberKey, old: Posted | None, new: LessonEffect) -> None:
    if old is not None and old.effect == new:
        return
    version = old.version + 1 if old else 1
    was_xp = old.effect.xp if old else 0
    if old is None or new.xp != was_xp:
        posting.add(
            NewReceipt(
                member=key,
                key=f"lesson:{new.lesson_id}:{version}",
                kind="lesson",
                source_id=new.lesson_id,
                reason="lesson" if old is None else "recomputed",
                xp=new.xp - was_xp,
                at=new.at,
                rule_version=new.rule_version,
                inputs={"multiplier_bp": new.multiplier_bp, "xp_awarded": new.xp},
            )
        )
    change = posting.changes[key]
    posting.bring(key, new.at, "xp", new.xp)
    if old is not None:
        posting.bring(key, old.effect.at, "xp", -was_xp)
        change.count(Day(old.effect.day, old.effect.part), "lessons", -1)
    change.count(Day(new.day, new.part), "lessons", 1)
    change.score(_scored(old.effect) if old is not None else None, _scored(new))
    posting.lesson_effects.append(
        {
            "company_id": key[0],
            "member_id": key[1],
            **{name: getattr(new, name) for name in LESSON_FIELDS},
            "version": version,
        }
    )


def _scored(effect: LessonEffect) -> Scored:
    return Scored(Day(effect.day, effect.part), effect.at, {"xp": effect.xp})
