"""`legends balance`: a simulated year of the game by the real rules, to judge a rule set by."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from game.rules.document_reader import InvalidRules
from game.rules.ruleset import Rules, RuleSet, default_rules, read_rules
from game.services.balancing.judging import MILESTONES, NEVER, Judged, judge, warnings

HEIGHT, WEEKS, WIDEST = 12, 52, 108
MARKS = "●▲■◆"


@click.command("balance", help="Play a year by the rules: levels, quests, money, prestige.")
@click.option("--rules", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A rule set's JSON; the default rules without it.")  # fmt: skip
@click.option("--members", default=12, show_default=True, type=click.IntRange(1, 500),
              help="Of each kind and class.")  # fmt: skip
@click.option("--seed", default=1, show_default=True, help="Another year.")
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
def balance(path: Path | None, members: int, seed: int, *, as_json: bool) -> None:
    rules = default_rules() if path is None else _read(path)
    judged = judge(Rules([(None, rules)]), members, seed)
    found = list(warnings(judged, rules.start_class))
    if as_json:
        told = {"version": rules.version, "judged": [asdict(one) for one in judged],
                "warnings": found}  # fmt: skip
        click.echo(json.dumps(told))
        return
    console = Console(width=max(Console().width, WIDEST))
    for table in (progress_table(judged), quest_table(judged), source_table(judged)):
        console.print(table)
    for player in dict.fromkeys(one.player for one in judged):
        console.print(plot([one for one in judged if one.player == player], player))
    for warning in found:
        console.print(f"[yellow]warning[/] {warning}")
    if not found:
        console.print("No class dominates and no figure inflates.")


def _read(path: Path) -> RuleSet:
    try:
        return read_rules(json.loads(path.read_text("utf-8")))
    except (ValueError, InvalidRules) as error:
        raise click.ClickException(f"{path} is no rule set: {error}") from error


def progress_table(judged: Sequence[Judged]) -> Table:
    """Levels, XP, money and prestige: medians of a year."""
    table = _table("A year, medians", "player", "class", *(f"level {m} on day" for m in MILESTONES),
                   "XP", "commission", "prestiges", "best streak")  # fmt: skip
    for one in judged:
        days = (_day(one.reached[level]) for level in MILESTONES)
        money = f"${one.commission_cents / 100:,.0f}"
        table.add_row(one.player, one.character_class, *days, f"{one.xp:,}", money,
                      str(one.prestiges), str(one.best_streak))  # fmt: skip
    return table


def quest_table(judged: Sequence[Judged]) -> Table:
    """How many quests that were dealt were finished."""
    table = _table("Quests finished", "player", "class", "daily", "weekly", "monthly")
    for one in judged:
        rates = (f"{one.finished[kind]:.0%}" for kind in ("daily", "weekly", "monthly"))
        table.add_row(one.player, one.character_class, *rates)
    return table


def source_table(judged: Sequence[Judged]) -> Table:
    """Where the XP came from."""
    sources = ("sales", "renewals", "quests", "achievements", "lessons")
    table = _table("XP by source", "player", "class", *sources)
    for one in judged:
        shares = (f"{one.shares.get(source, 0):.0%}" for source in sources)
        table.add_row(one.player, one.character_class, *shares)
    return table


def plot(judged: Sequence[Judged], player: str) -> str:
    """Levels of the run by week, a line a class; a fall to the ground is a prestige."""
    most = max(max(one.level_by_week) for one in judged)
    field = [[" "] * WEEKS for _ in range(HEIGHT)]
    for mark, one in zip(MARKS, judged, strict=False):
        for week, level in enumerate(one.level_by_week[:WEEKS]):
            field[HEIGHT - 1 - (level * (HEIGHT - 1)) // max(most, 1)][week] = mark
    rows = [f"{_scale(place, most)} │{''.join(row)}" for place, row in enumerate(field)]
    names = "  ".join(f"{m} {one.character_class}" for m, one in zip(MARKS, judged, strict=False))
    foot = f"     └{'─' * WEEKS}\n      week 1{' ' * (WEEKS - 14)}week 52"
    return "\n".join((f"\nLevel by week, {player}: {names}", *rows, foot))


def _scale(place: int, most: int) -> str:
    level = most * (HEIGHT - 1 - place) // (HEIGHT - 1)
    return f"{level:4}" if place % 3 == (HEIGHT - 1) % 3 else "    "


def _day(number: int) -> str:
    return "never" if number >= NEVER else str(number + 1)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place < 2 else "right")  # noqa: PLR2004 - names
    return table
