"""The figures as one JSON object and as tables a person reads."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

Figures = dict[str, Any]


def machine(load_before: float) -> Figures:
    """What the figures were measured on; a busy machine makes them worth little."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count() or 0,
        "platform": platform.platform(),
        "python": platform.python_version(),
        "load_before": round(load_before, 2),
    }


def write_json(figures: Figures, file: Path) -> None:
    """Keep the figures for programs."""
    file.write_text(json.dumps(figures, indent=2) + "\n")


def show(figures: Figures, console: Console) -> None:
    """Print a table for each figure that was measured."""
    on = figures["machine"]
    console.print(f"{on['cores']} cores, load {on['load_before']} before, {on['at']}")
    if "intake" in figures:
        console.print(_intake(figures["intake"]))
    if "settle" in figures:
        console.print(_settle(figures["settle"]))
    if "pipeline" in figures:
        console.print(_pipeline(figures["pipeline"], figures.get("textbook")))
        console.print(_latency(figures["pipeline"]["latency"]))
    if "boards" in figures:
        console.print(_boards(figures["boards"]))
    if "quests" in figures:
        console.print(_quests(figures["quests"]))
    if "page" in figures:
        console.print(_page(figures["page"]))


def _intake(found: Mapping[str, Any]) -> Table:
    rows = [
        (name, f"{one['per_second']:,}", *(f"{one[key]:.1f}" for key in ("p50_ms", "p99_ms")))
        for name, one in (("webhook door", found["door"]), ("bare INSERT", found["bare"]))
    ]
    title = f"intake: {found['connections']} connections, ratio {found['ratio']}"
    return _table(title, ("", "accepted/s", "p50 ms", "p99 ms"), rows)


def _settle(found: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        (
            f"{one['ledger_rows']:,}",
            str(one["batch"]),
            f"{one['events']:,}",
            f"{one['events_per_second']:,}",
            str(one["python_us_per_event"]),
            str(one["postgres_us_per_event"]),
            f"{one['queries_min']} to {one['queries_max']}",
        )
        for one in found
    ]
    heads = ("ledger rows", "batch", "events", "events/s", "Python µs", "Postgres µs", "queries")
    return _table("settle: one process, a standing backlog; CPU per event", heads, rows)


def _pipeline(found: Mapping[str, Any], textbook: Mapping[str, Any] | None) -> Table:
    rows = [("this", f"{found['events']:,}", f"{found['events_per_second']:,}", "")]
    title = "pipeline: first POST to last settled"
    if textbook is not None:
        same = "the same" if textbook["same_books"] else "DIFFERENT"
        rate = f"{textbook['events_per_second']:,}"
        rows.append(("one task per webhook", f"{textbook['events']:,}", rate, same))
        ratios = ", ".join(str(ratio) for ratio in textbook["ratios"])
        title += f", {textbook['ratio']} to 1 (rounds: {ratios})"
    return _table(title, ("", "events", "events/s", "books"), rows)


def _boards(found: Mapping[str, Any]) -> Table:
    kinds = (
        ("rank and neighbours", "rank_and_neighbours"),
        ("the whole answer", "whole_answer"),
        ("read while boards were built", "read_while_building"),
    )
    rows = [
        (name, *(f"{found[key][f'p{share}_ms']:.2f}" for share in (50, 99))) for name, key in kinds
    ]
    rows.append(("by Postgres, while none are built", f"{found['by_sql_ms']:.0f}", ""))
    title = f"boards: {found['members']:,} members, built in {found['build_seconds']} s"
    return _table(title, ("", "p50 ms", "p99 ms"), rows)


def _quests(found: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        (
            "daily quests" if one["what"] == "daily" else "a creator's quest",
            f"{one['members']:,}",
            f"{one['seconds']:,}",
            str(one["us_per_member"]),
            f"{one['statements']:,}",
        )
        for one in found
    ]
    heads = ("", "members", "seconds", "µs a member", "statements")
    return _table("quests: given to every member, one process", heads, rows)


def _page(found: Mapping[str, Any]) -> Table:
    paints = (
        f"{found[key]:,}" for key in ("first_contentful_paint_ms", "fastest_ms", "slowest_ms")
    )
    sizes = (f"{found[key] / 1000:.1f}" for key in ("script_bytes", "styles_bytes"))
    heads = ("visits", "paint ms", "fastest", "slowest", "script kB", "styles kB")
    title = "page: first contentful paint, a four times slower CPU, 10 Mbit/s"
    return _table(title, heads, [(str(found["visits"]), *paints, *sizes)])


def _latency(found: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        (
            f"{one['load_percent']} %",
            f"{one['events_per_second']:,}",
            str(one["frames"]),
            *(f"{one[f'p{share}_ms']:.0f}" for share in (50, 95, 99)),
        )
        for one in found
    ]
    heads = ("load", "events/s", "frames", "p50 ms", "p95 ms", "p99 ms")
    return _table("webhook to WebSocket frame", heads, rows)


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place == 0 else "right")
    for row in rows:
        table.add_row(*row)
    return table
