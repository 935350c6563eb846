"""Lessons: five points each, the first ten of a local day, as the member was at that moment."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from game.rules.calendar_windows import Zones
from game.rules.effects import LessonEffect
from game.rules.facts import Change, Lesson, MemberHistory
from game.rules.lessons import value_lessons
from game.rules.ruleset import Rules
from tests.rules.making import DAY, PAID_AT, SECOND, plays

MINUTE = timedelta(minutes=1)
MORNING = PAID_AT.replace(hour=8, minute=0, second=0)


def lessons(count: int) -> list[Lesson]:
    return [
        Lesson(f"lesn_{n:02}", "user_referrer", "ann", MORNING + n * MINUTE) for n in range(count)
    ]


def valued(done: list[Lesson], history: MemberHistory | None = None) -> list[LessonEffect]:
    return value_lessons(done, history or plays(), Rules(), Zones())


def test_the_eleventh_lesson_of_a_day_is_worth_nothing() -> None:
    tomorrow = Lesson("lesn_99", "user_referrer", "ann", MORNING + DAY)

    xp = [effect.xp for effect in valued([*lessons(11), tomorrow])]

    assert xp == [5] * 10 + [0, 5]


def test_the_order_of_arrival_is_nothing() -> None:
    done = lessons(14)
    shuffled = list(done)
    Random(1).shuffle(shuffled)

    assert valued(shuffled) == valued(done)


def test_the_class_of_the_moment_multiplies_without_its_ability() -> None:
    history = plays(classes=[Change(MORNING + MINUTE, "scout")], prestige=2)

    effects = valued(lessons(2), history)

    assert [(e.multiplier_bp, e.xp) for e in effects] == [(11000, 5), (13500, 6)]


def test_a_lesson_finished_while_banned_takes_no_place() -> None:
    bans = [Change(MORNING, "banned"), Change(MORNING + MINUTE - SECOND, "lifted")]

    effects = valued(lessons(12), plays(bans=bans))

    assert [effect.xp for effect in effects] == [0] + [5] * 10 + [0]
