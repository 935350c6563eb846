"""What finished lessons are worth: a little, and only the first few of a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from game.rules.calendar_windows import Day, Zones
from game.rules.effects import LessonEffect
from game.rules.facts import Lesson, MemberHistory
from game.rules.multipliers import is_banned_at, multiplied, multiplier_at
from game.rules.ruleset import Rules


def value_lessons(
    lessons: Sequence[Lesson], history: MemberHistory, rules: Rules, zones: Zones
) -> list[LessonEffect]:
    """Value the lessons of one member, in their order. Give all lessons of each day you ask for.

    A lesson beyond the day's limit, or finished while banned, is worth nothing but still listed;
    one finished while banned takes no place among the day's first.
    """
    effects = []
    done: Counter[Day] = Counter()
    for lesson in sorted(lessons, key=lambda lesson: (lesson.at, lesson.lesson_id)):
        stretch = zones.stretch(lesson.at)
        day = zones.day_of(stretch)
        version = rules.at(lesson.at)
        bp = multiplier_at(history, lesson.at, version)
        xp = 0
        if not is_banned_at(history, lesson.at):
            done[day] += 1
            if done[day] <= version.lesson_xp.max_a_day:
                xp = multiplied(version.lesson_xp.points, bp)
        effects.append(LessonEffect(lesson.lesson_id, lesson.at, *stretch, version.version, bp, xp))
    return effects
