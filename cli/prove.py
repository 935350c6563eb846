"""`legends prove`: run the fault drills, real processes and servers that are hurt, and report.

Each drill is a test marked `faults`; its name is the promise it holds the system to.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

import click

from cli.testing import clean_environment
from settings import PROJECT

NONE_CHOSEN = 5
"""Pytest's exit code when no test fits."""


@click.command(help="Run the fault drills (all, or those whose promise holds every WORD).")
@click.argument("words", nargs=-1)
@click.option("--list", "only_list", is_flag=True, help="Name the drills, run none.")
def prove(words: tuple[str, ...], *, only_list: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="legends-prove-home-") as home:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *arguments(words, only_list=only_list)],
            check=False,
            cwd=PROJECT,
            env=clean_environment(home),
        )
    if done.returncode == NONE_CHOSEN:
        asked = " ".join(words)
        click.echo(f"No drill promises {asked!r}: `./legends prove --list` names all.", err=True)
    sys.exit(done.returncode)


def arguments(words: tuple[str, ...], *, only_list: bool) -> list[str]:
    """What pytest is asked for. Words may be parts of a promise: `kill worker`, `ten_thousand`."""
    chosen = ["-k", " and ".join(words)] if words else []
    listing = ["--collect-only", "-q"] if only_list else []
    quiet = ["-q", "-q", "--no-header", "--no-summary", "-p", "no:cacheprovider"]
    return ["tests", "-m", "faults", *chosen, *listing, *quiet, "-p", "cli.drill_report"]
