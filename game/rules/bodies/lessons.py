"""Reading a finished lesson. The lesson's own id counts: doing it again is not another one."""

from __future__ import annotations

from game.rules.bodies.envelope import Arrival
from game.rules.bodies.fields import Json, moment_of, name_of, part_of, text_of
from game.rules.facts import Lesson
from game.rules.money import Nonsense


def read_lesson(data: Json, arrival: Arrival) -> Lesson | None:
    """Read a finished lesson. One that is not finished, or has no user, is no fact."""
    completed = data.get("completed")
    if not isinstance(completed, bool):
        raise Nonsense("is not true or false", "data.completed")
    user = part_of(data, "user", "data")
    lesson = part_of(data, "lesson", "data")
    if not completed or user is None:
        return None
    if lesson is None:
        raise Nonsense("is missing", "data.lesson")
    return Lesson(
        lesson_id=text_of(lesson, "id", "data.lesson"),
        user_id=text_of(user, "id", "data.user"),
        user_name=name_of(user, "data.user"),
        at=moment_of(data, "created_at", "data", arrival.latest),
    )
