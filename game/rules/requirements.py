"""The language in which a quest or an achievement says what it asks of a member.

Either one metric that reaches a value, or several requirements of which all or any must hold. A
moment is recorded when it is first true, so only what grows can be asked for: "at least" and "more
than", never "at most". A share of the way is an exact fraction until it is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from game.rules.document_reader import LARGEST, Reader
from game.rules.money import half_even

Comparison = Literal["at_least", "more_than"]
COMPARISONS: tuple[Comparison, ...] = ("at_least", "more_than")
DEEPEST = 3
"""How many "all of" and "any of" may stand inside each other: more is nothing a member reads."""
MOST_PARTS = 8
"""How many metrics a requirement may ask for, all together."""
PERCENT = 100
SEVERAL = "requirement"
"""What stands for the metric where several are asked for; the progress is then a percentage."""
CENTS = 100


@dataclass(frozen=True, slots=True)
class Reach:
    """One metric that reaches a value: its unit is the metric's own."""

    metric: str
    comparison: Comparison
    value: int

    @property
    def target(self) -> int:
        """The least that is enough."""
        return self.value + (self.comparison == "more_than")


@dataclass(frozen=True, slots=True)
class Several:
    """Requirements of which all, or any, must hold."""

    how: Literal["all", "any"]
    parts: tuple[Requirement, ...]


Requirement = Reach | Several


class InvalidRequirement(ValueError):
    """A requirement nobody could meet or read. `problems` names each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_requirement(document: object, metrics: Collection[str]) -> Requirement:
    """Parse and check a requirement about these metrics. Raises InvalidRequirement."""
    problems: list[str] = []
    found = _read(document, "requirement", metrics, problems, DEEPEST)
    if not problems and len(list(leaves(found))) > MOST_PARTS:
        problems.append(f"requirement: asks for more than {MOST_PARTS} things")
    if problems:
        raise InvalidRequirement(problems)
    return found


def _read(
    document: object, path: str, metrics: Collection[str], problems: list[str], depth: int
) -> Requirement:
    found = Reader(document, path, problems)
    if "all" in found.values or "any" in found.values:
        how: Literal["all", "any"] = "all" if "all" in found.values else "any"
        parts = found.take(how)
        found.finish()
        if not isinstance(parts, list) or not 1 <= len(parts) <= MOST_PARTS:
            found.note(how, f"must be a list of 1 to {MOST_PARTS} requirements")
            return Several(how, ())
        if depth == 0:
            found.note(how, f"stands inside more than {DEEPEST - 1} others")
            return Several(how, ())
        return Several(
            how,
            tuple(
                _read(part, f"{path}.{how}[{place}]", metrics, problems, depth - 1)
                for place, part in enumerate(parts)
            ),
        )
    metric = found.word("metric", metrics)
    comparison = found.word("comparison", COMPARISONS)
    value = found.whole("value", least=int(comparison != "more_than"), most=LARGEST)
    found.finish()
    return Reach(metric, "more_than" if comparison == "more_than" else "at_least", value)


def as_document(requirement: Requirement) -> dict[str, object]:
    """Write a requirement as it is read."""
    if isinstance(requirement, Reach):
        return {
            "metric": requirement.metric,
            "comparison": requirement.comparison,
            "value": requirement.value,
        }
    return {requirement.how: [as_document(part) for part in requirement.parts]}


def leaves(requirement: Requirement) -> Iterator[Reach]:
    """List what is asked for, one metric each, in the order it is written in."""
    if isinstance(requirement, Reach):
        yield requirement
    else:
        for part in requirement.parts:
            yield from leaves(part)


def metrics_of(requirement: Requirement) -> frozenset[str]:
    """Name the metrics a requirement looks at."""
    return frozenset(leaf.metric for leaf in leaves(requirement))


def is_met(requirement: Requirement, counts: Mapping[str, int]) -> bool:
    """Say whether a requirement holds for these counts; what is not counted is 0."""
    if isinstance(requirement, Reach):
        return counts.get(requirement.metric, 0) >= requirement.target
    holds = (is_met(part, counts) for part in requirement.parts)
    return all(holds) if requirement.how == "all" else any(holds)


def share(requirement: Requirement, counts: Mapping[str, int]) -> Fraction:
    """Compute how much of the way is done, 0 to 1: the mean of all, the best of any."""
    if isinstance(requirement, Reach):
        return Fraction(reached(requirement, counts), requirement.target)
    parts = [share(part, counts) for part in requirement.parts]
    return max(parts) if requirement.how == "any" else sum(parts, Fraction(0)) / len(parts)


def reached(leaf: Reach, counts: Mapping[str, int]) -> int:
    """Compute how far one metric is, between 0 and its target."""
    return min(max(counts.get(leaf.metric, 0), 0), leaf.target)


def target_of(requirement: Requirement) -> tuple[str, int]:
    """Say what stands as metric and target where there is room for one: of several, 100 %."""
    if isinstance(requirement, Reach):
        return requirement.metric, requirement.target
    return SEVERAL, PERCENT


def progress_of(requirement: Requirement, counts: Mapping[str, int]) -> int:
    """Compute progress against `target_of`: it reaches the target exactly where it is met."""
    if isinstance(requirement, Reach):
        return reached(requirement, counts)
    return int(share(requirement, counts) * PERCENT)


def scaled(requirement: Requirement, metrics: Collection[str], percent: int) -> Requirement:
    """Let the values of these metrics grow to so many per cent; never to nothing at all."""
    if isinstance(requirement, Reach):
        if requirement.metric not in metrics:
            return requirement
        return replace(requirement, value=half_even(requirement.value * percent, PERCENT))
    parts = tuple(scaled(part, metrics, percent) for part in requirement.parts)
    return Several(requirement.how, parts)


WORDS: Mapping[str, tuple[str, str]] = {
    "referrals": ("bring {n} new referral", "bring {n} new referrals"),
    "conversions": ("bring {n} referral", "bring {n} referrals"),
    "commission": ("earn {usd} in commission", "earn {usd} in commission"),
    "earned_usd_cents": ("earn {usd} in commission", "earn {usd} in commission"),
    "lessons": ("finish {n} lesson", "finish {n} lessons"),
    "visits": ("open the app on {n} day", "open the app on {n} days"),
    "clicks": ("bring {n} visitor to your link", "bring {n} visitors to your link"),
    "quests": ("claim {n} quest", "claim {n} quests"),
    "quests_claimed": ("claim {n} quest", "claim {n} quests"),
    "achievements": ("unlock {n} achievement", "unlock {n} achievements"),
    "level": ("gain {n} level", "gain {n} levels"),
    "level_ever": ("reach level {n}", "reach level {n}"),
    "streak": ("keep a streak of {n} day", "keep a streak of {n} days"),
    "class_chosen": ("choose a class", "choose a class"),
    "prestige": ("prestige once", "prestige {n} times"),
    "messages": ("write {n} message in your guild", "write {n} messages in your guild"),
    "guild_joined": ("join a guild", "join a guild"),
}
"""What to do for one and for several; a metric without words is told by its name."""


USD_CENTS = frozenset({"commission", "earned_usd_cents"})
"""Metrics whose values are US cents; all others are counts."""


def named(metric: str) -> str:
    """Name a metric for who writes a requirement: "Bring … referrals"."""
    _, many = WORDS.get(metric, ("", metric.replace("_", " ") + ": {n}"))
    words = many.format(n="…", usd="$…")
    return words[:1].upper() + words[1:]


def told(requirement: Requirement) -> str:
    """Say in plain words what is asked: "Bring 2 referrals and finish 1 lesson"."""
    words = _told(requirement, inside=False)
    return words[:1].upper() + words[1:]


def told_part(leaf: Reach) -> str:
    """Say one part of a requirement in plain words."""
    words = _told(leaf, inside=False)
    return words[:1].upper() + words[1:]


def _told(requirement: Requirement, *, inside: bool) -> str:
    if isinstance(requirement, Reach):
        n = requirement.target
        one, many = WORDS.get(requirement.metric, (f"{requirement.metric}: {{n}}",) * 2)
        whole, cents = divmod(n, CENTS)
        usd = f"${whole:,}" + (f".{cents:02}" if cents else "")
        return (one if n == 1 else many).format(n=f"{n:,}", usd=usd)
    between = " and " if requirement.how == "all" else " or "
    words = between.join(_told(part, inside=True) for part in requirement.parts)
    return f"({words})" if inside and len(requirement.parts) > 1 else words
