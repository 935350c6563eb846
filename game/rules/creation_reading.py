"""Parsing and checking what a creator writes, before it becomes a version of the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from game.rules.creations import EVERY, ONCE, Audience, Schedule, SpecialQuest
from game.rules.document_reader import Reader
from game.rules.metrics import BADGE_METRICS, QUEST_METRICS
from game.rules.requirements import InvalidRequirement, Requirement, read_requirement, target_of
from game.rules.ruleset_parts import Achievement

LONGEST_TITLE = 80
LONGEST_TEXT = 500
MOST_XP = 100_000
HIGHEST_LEVEL = 1_000
LONGEST = timedelta(days=366)
"""How long a quest that does not come again may be open: its days are read with each posting."""


class InvalidCreation(ValueError):
    """Nothing that can be published. `problems` names each thing that is wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_made_achievement(document: Mapping[str, Any], key: str) -> Achievement:
    """Parse an achievement a creator made. Raises InvalidCreation."""
    problems: list[str] = []
    found = Reader(document, "", problems)
    requirement = _requirement(found, BADGE_METRICS, problems)
    metric, threshold = ("", 1) if requirement is None else target_of(requirement)
    made = Achievement(
        key=key,
        metric=metric,
        title=found.text("title", longest=LONGEST_TITLE),
        description=found.text("description", longest=LONGEST_TEXT),
        threshold=threshold,
        reward_xp=found.whole("reward_xp", most=MOST_XP),
        requirement=requirement,
        hidden=found.flag("hidden"),
    )
    _finish(found, problems)
    return made


def read_special_quest(
    document: Mapping[str, Any], key: str, number: int, classes: Collection[str] | None = None
) -> SpecialQuest:
    """Parse a quest a creator wrote. `classes`: those there are, where that matters.

    Raises InvalidCreation.
    """
    problems: list[str] = []
    found = Reader(document, "", problems)
    requirement = _requirement(found, QUEST_METRICS, problems)
    title = found.text("title", longest=LONGEST_TITLE)
    description = found.text("description", longest=LONGEST_TEXT)
    reward_xp = found.whole("reward_xp", most=MOST_XP)
    schedule = _read_schedule(found.part("schedule"))
    audience = _read_audience(found.part("audience"), classes)
    _finish(found, problems)
    assert requirement is not None  # noqa: S101 - a problem would have been raised
    return SpecialQuest(number, key, title, description, requirement, reward_xp, schedule, audience)


def _requirement(
    found: Reader, metrics: Collection[str], problems: list[str]
) -> Requirement | None:
    try:
        return read_requirement(found.take("requirement"), metrics)
    except InvalidRequirement as error:
        problems += error.problems
        return None


def _finish(found: Reader, problems: list[str]) -> None:
    found.finish()
    if problems:
        raise InvalidCreation(problems)


def _read_schedule(found: Reader) -> Schedule:
    every = found.word("every", EVERY) or ONCE
    first_day = _day(found, "first_day")
    last_day = None
    if every == ONCE or found.values.get("last_day") is not None:
        last_day = _day(found, "last_day")
        if last_day < first_day:
            found.note("last_day", "must not be before the first day")
        elif every == ONCE and last_day - first_day >= LONGEST:
            found.note("last_day", f"must be within {LONGEST.days} days of the first")
    else:
        found.seen.add("last_day")
    found.finish()
    return Schedule(every, first_day, last_day)


def _day(found: Reader, key: str) -> date:
    value = found.take(key)
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2100:  # noqa: PLR2004 - what calendars can hold
        found.note(key, "must be a day such as 2026-11-28")
        return date(2000, 1, 1)
    return day


def _read_audience(found: Reader, classes: Collection[str] | None) -> Audience:
    named = found.values.get("classes")
    known = classes if classes is not None else _as_they_are(named)
    audience = Audience(
        classes=found.words("classes", known),
        level_from=found.whole("level_from", least=1, most=HIGHEST_LEVEL),
        level_to=found.whole_or_none("level_to", least=1, most=HIGHEST_LEVEL),
    )
    if audience.level_to is not None and audience.level_to < audience.level_from:
        found.note("level_to", "must not be below the level it begins with")
    found.finish()
    return audience


def _as_they_are(named: object) -> frozenset[str]:
    """Of a version read back the classes are good: they were there when it was written."""
    return (
        frozenset(one for one in named if isinstance(one, str))
        if isinstance(named, list)
        else frozenset()
    )
