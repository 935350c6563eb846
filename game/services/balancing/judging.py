"""What simulated years say about a rule set: medians by player and class, and what is out of hand.

The bounds are what the rule book promises of the default rules; a company that wants another game
reads the warnings as what it is about to change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from statistics import median

from game.rules.ruleset import Rules
from game.services.balancing.players import PLAYERS, YEAR, live
from game.services.balancing.year import Outcome, play

START = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday, so that the first week is a whole one."""
MILESTONES = (10, 25, 50)
NEVER = YEAR
MUCH = 1.02
"""Better by less than this is chance."""
EARLIEST_PRESTIGE = 90
MOST_FROM_QUESTS = 0.6
FINISHED = (0.35, 0.6)
"""How much of a quest that was dealt an active member should finish."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Medians of several members of one kind and class. `reached`: days; YEAR = not in a year."""

    player: str
    character_class: str
    level_by_week: list[int]
    reached: Mapping[int, int]
    xp: int
    commission_cents: int
    prestiges: int
    finished: Mapping[str, float]
    shares: Mapping[str, float]
    best_streak: int
    by_template: Mapping[str, float]


def judge(rules: Rules, members: int, seed: int) -> list[Judged]:
    """Play the year of so many members of each kind in each class, all on the same dice."""
    judged = []
    classes = rules.at(START).classes
    for player in PLAYERS:
        years = [live(player, START, Random(f"{seed}|{player.name}|{n}")) for n in range(members)]  # noqa: S311 - the same year each time
        for name in classes:
            outcomes = [
                play(f"{player.name}_{n}", name, year, rules, START) for n, year in enumerate(years)
            ]
            judged.append(_summed_up(player.name, name, outcomes))
    return judged


def _summed_up(player: str, name: str, outcomes: Sequence[Outcome]) -> Judged:
    total = Counter[str]()
    for one in outcomes:
        total.update(one.xp)
    xp = max(sum(total.values()), 1)
    weeks = range(6, YEAR, 7)
    return Judged(
        player=player,
        character_class=name,
        level_by_week=[_middle(one.levels[day] for one in outcomes) for day in weeks],
        reached={
            level: _middle(one.reached.get(level, NEVER) for one in outcomes)
            for level in MILESTONES
        },
        xp=_middle(sum(one.xp.values()) for one in outcomes),
        commission_cents=_middle(one.commission_cents for one in outcomes),
        prestiges=_middle(len(one.prestiges) for one in outcomes),
        finished={
            kind: sum(one.finished[kind] for one in outcomes)
            / max(sum(one.dealt[kind] for one in outcomes), 1)
            for kind in ("daily", "weekly", "monthly")
        },
        shares={source: amount / xp for source, amount in total.most_common()},
        best_streak=_middle(one.best_streak for one in outcomes),
        by_template=_templates(outcomes),
    )


def _templates(outcomes: Sequence[Outcome]) -> dict[str, float]:
    total: Counter[tuple[str, bool]] = Counter()
    for one in outcomes:
        total.update(one.by_template)
    names = sorted({name for name, _ in total})
    return {name: total[name, True] / (total[name, True] + total[name, False]) for name in names}


def warnings(judged: Sequence[Judged], start_class: str) -> Iterator[str]:
    """What is out of hand: a class that is better in everything, or figures that inflate."""
    chosen = [one for one in judged if one.character_class != start_class]
    for player in dict.fromkeys(one.player for one in chosen):
        yield from _dominating([one for one in chosen if one.player == player])
    for one in chosen:
        where = f"{one.player} {one.character_class}"
        if one.reached[50] < EARLIEST_PRESTIGE:
            yield f"{where}: level 50 after {one.reached[50]} days, a run is over in no time"
        if one.shares.get("quests", 0) > MOST_FROM_QUESTS:
            yield f"{where}: {one.shares['quests']:.0%} of all XP comes from quests, not from sales"
    active = [one for one in chosen if one.player == "active"]
    for kind in ("daily", "weekly"):
        rate = sum(one.finished[kind] for one in active) / max(len(active), 1)
        if active and not FINISHED[0] <= rate <= FINISHED[1]:
            yield f"active: {rate:.0%} of {kind} quests are finished, not 35 to 60 %"


def _dominating(rivals: Sequence[Judged]) -> Iterator[str]:
    for one in rivals:
        for other in rivals:
            if one is other:
                continue
            has_xp = one.xp >= other.xp * MUCH
            has_money = one.commission_cents >= other.commission_cents * MUCH
            no_less = one.xp >= other.xp and one.commission_cents >= other.commission_cents
            if no_less and has_xp and has_money:
                better, worse = one.character_class, other.character_class
                yield f"{one.player}: {better} is better than {worse} in XP and in money"


def _middle(values: Iterable[int]) -> int:
    return round(median(values))
