"""`legends bench`: the figures this project promises to report, measured on this machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from bench import beside, intake, pipeline, report, settle
from bench.crowd import events, write_events
from bench.report import Figures
from bench.stand import Stand, stand

NAMES = ("intake", "settle", "pipeline")
EVENTS = 10_000
QUICK_EVENTS = 300
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
    return figures


def _pipelines(ground: Stand, count: int, *, quick: bool) -> Figures:
    """Ours and the textbook one on the same stream; the ratio of their rates."""
    file = ground.home / "pipeline-events"
    # What the latency stages send comes behind what the rate was measured with.
    write_events(file, events(count * 2 + pipeline.WARM_UP, datetime.now(UTC)))
    ours = pipeline.measure(ground, file, count, quick=quick)
    textbook = beside.measure(ground, file, max(count // TEXTBOOK_SHARE, 20))
    ratio = ours["events_per_second"] / textbook["events_per_second"]
    return {"pipeline": ours, "textbook": {**textbook, "ratio": round(ratio, 1)}}
