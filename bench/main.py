"""`legends bench`: the figures this project promises to report, measured on this machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import click
from rich.console import Console

from bench import beside, boards, intake, page, pipeline, report, settle
from bench.crowd import events, write_events
from bench.report import Figures
from bench.stand import MIGRATED, Stand, stand

NAMES = ("intake", "settle", "pipeline", "boards", "quests", "page")
EVENTS = 10_000
QUICK_EVENTS = 300
ROUNDS = 3
MEMBERS = (10_000, 100_000)
QUICK_MEMBERS = (200,)
TEXTBOOK_SHARE = 5
"""The textbook pipeline gets a fifth of the events: its rate is steady after a few hundred."""


@click.command()
@click.argument("which", type=click.Choice([*NAMES, "all"]), default="all")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
@click.option("--events", "count", type=click.IntRange(min=20), help="Events of each figure.")
@click.option("--quick", is_flag=True, help="A few hundred events: does it work at all?")
@click.option("--deep", is_flag=True, help="Settle also with a million ledger rows behind.")
def bench(
    which: str, json_file: Path | None, count: int | None, *, quick: bool, deep: bool
) -> None:
    """Measure on servers of our own, durable as in production, and remove them again."""
    console = Console()
    names = NAMES if which == "all" else (which,)
    count = count or (QUICK_EVENTS if quick else EVENTS)
    figures = measure(names, count, quick=quick, deep=deep, console=console)
    report.show(figures, console)
    if json_file is not None:
        report.write_json(figures, json_file)


def measure(
    names: Sequence[str], count: int, *, quick: bool, deep: bool, console: Console
) -> Figures:
    """The asked figures, one after the other on the same servers."""
    figures: Figures = {"machine": report.machine(os.getloadavg()[0])}
    with stand() as ground:
        if "intake" in names:
            console.print("intake …")
            figures["intake"] = intake.measure(ground, count)
        if "settle" in names:
            console.print("settle …")
            figures["settle"] = settle.measure(ground, count, deep=deep)
        if "pipeline" in names:
            console.print("pipeline …")
            figures |= _pipelines(ground, count, quick=quick)
        if "boards" in names:
            console.print("boards …")
            figures["boards"] = boards.measure(ground, quick=quick)
        if "quests" in names:
            console.print("quests …")
            figures["quests"] = _quests(ground, quick=quick)
        if "page" in names:
            console.print("page …")
            try:
                figures["page"] = page.measure(ground, quick=quick)
            except page.NoChromium as missing:
                if names == ("page",):
                    raise click.ClickException(f"page: {missing}") from missing
                console.print(f"page is left out: {missing}")
    return figures


def _quests(ground: Stand, *, quick: bool) -> list[dict[str, object]]:
    """What a member costs when quests are given to all of them, in a small and a large company."""
    found: list[dict[str, object]] = []
    for members in QUICK_MEMBERS if quick else MEMBERS:
        database = ground.database(MIGRATED)
        ground.settle_down()
        figures = ground.child(database, "dealing", members)
        found += [{"what": what, **one} for what, one in figures.items()]
        ground.drop(database)
    return found


def _pipelines(ground: Stand, count: int, *, quick: bool) -> Figures:
    """Ours and the textbook one on the same stream, by turns; then how long our frames take.

    A machine that others use as well changes from minute to minute, so each round has a ratio of
    its own, and the middle one counts.
    """
    file = ground.home / "pipeline-events"
    # The latency stages together may want more than one round does.
    write_events(file, events(count + pipeline.WARM_UP, datetime.now(UTC)))
    rounds = 1 if quick else ROUNDS
    some, fewer = count // rounds, max(count // rounds // TEXTBOOK_SHARE, 20)
    ours: list[float] = []
    theirs: list[beside.Round] = []
    for _ in range(rounds):
        ours.append(pipeline.rate(ground, file, some))
        theirs.append(beside.measure(ground, file, fewer))
    ratios = [a / b.events_per_second for a, b in zip(ours, theirs, strict=True)]
    processes = {"web": pipeline.WORKERS, "worker": pipeline.WORKERS}
    return {
        "pipeline": {
            "events": some,
            "rounds": rounds,
            "processes": processes,
            "events_per_second": round(median(ours), 1),
            "latency": pipeline.latencies(ground, file, median(ours), quick=quick),
        },
        "textbook": {
            "events": fewer,
            "processes": processes,
            "events_per_second": round(median(one.events_per_second for one in theirs), 1),
            "ratio": round(median(ratios), 1),
            "ratios": [round(ratio, 1) for ratio in ratios],
            "books": theirs[-1].books,
            "our_books": theirs[-1].our_books,
            "same_books": all(one.books == one.our_books for one in theirs),
        },
    }
