"""A finished lesson to XP: the day it belongs to is valued anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.textbook.models import LessonRow, XpEntry
from bench.textbook.progress import Touched
from bench.textbook.value import RULES, ZONES, touch
from game.rules.facts import Lesson
from game.rules.lessons import value_lessons


def finish_lesson(
    session: Session, company: str, lesson: Lesson, touched: Touched, now: datetime
) -> None:
    """Store a lesson at its earliest completion and post what its day is worth now."""
    one = touch(session, company, lesson.user_id, touched)
    row = session.get(LessonRow, (one.member.id, lesson.lesson_id))
    if row is not None and row.at <= lesson.at:
        return
    days = {ZONES.day(lesson.at).date}
    if row is None:
        row = LessonRow(
            member_id=one.member.id, lesson_id=lesson.lesson_id, at=lesson.at,
            day=ZONES.day(lesson.at).date, xp=0, version=0,
        )  # fmt: skip
        session.add(row)
        one.count(session, row.day, "lessons", 1)
    else:
        days.add(row.day)
        one.count(session, row.day, "lessons", -1)
        row.at, row.day = lesson.at, ZONES.day(lesson.at).date
        one.count(session, row.day, "lessons", 1)
    session.flush()
    rows = {
        found.lesson_id: found
        for found in session.scalars(
            select(LessonRow).where(
                LessonRow.member_id == one.member.id, LessonRow.day.in_(sorted(days))
            )
        )
    }
    known = [Lesson(found.lesson_id, lesson.user_id, "", found.at) for found in rows.values()]
    for effect in value_lessons(known, one.history, RULES, ZONES):
        found = rows[effect.lesson_id]
        if found.version and found.xp == effect.xp:
            continue
        found.version += 1
        session.add(
            XpEntry(
                member_id=one.member.id,
                key=f"lesson:{effect.lesson_id}:{found.version}",
                kind="lesson",
                xp=effect.xp - found.xp,
                reason="lesson",
                inputs={"multiplier_bp": effect.multiplier_bp},
                created_at=now,
            )
        )
        one.member.lifetime_xp += effect.xp - found.xp
        found.xp = effect.xp
