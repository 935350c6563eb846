"""`legends test`: the whole suite, on servers of its own, beside whatever else runs here."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import click

from settings import PROJECT

MOST_PROCESSES = 4
"""Each test process runs servers of its own; more would only crowd each other."""
WAITING = 1
"""One process more than cores: the tests of outages and restarts mostly wait."""
# A test run must not see the database, the secrets or the servers of a real installation.
KEPT_PREFIXES = ("LEGENDS_CHROMIUM", "LEGENDS_PG_", "LEGENDS_REDIS_BIN", "LEGENDS_KEPT_")


HELP = """Run the tests; all arguments go to pytest. The exit code is pytest's.

\b
  ./legends test                      everything
  ./legends test tests/cli            one folder, or one file
  ./legends test FILE::test_name      one test, in this process
  ./legends test -k "refund or late"  those whose names fit
  ./legends test -x --lf              what failed last; stop at the first
  ./legends test -- --help            pytest's own help
"""


@click.command(help=HELP, context_settings={"ignore_unknown_options": True})
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED, metavar="[PYTEST ARGUMENT]…")
def test(pytest_arguments: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory(prefix="legends-test-home-") as home:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *_spread(pytest_arguments), *pytest_arguments],
            check=False,
            cwd=PROJECT,
            env=clean_environment(home),
        )
    sys.exit(done.returncode)


def _spread(asked: tuple[str, ...]) -> list[str]:
    """Keep every core busy, a file at a time, unless told otherwise or asked for a single test."""
    if any(word.startswith(("-n", "--pdb", "-s")) or "::" in word for word in asked):
        return []
    processes = min((os.cpu_count() or 1) + WAITING, MOST_PROCESSES)
    # In the order of the folders: the longest files are among the first, so none ends alone.
    return ["-n", str(processes), "--dist", "loadfile", "--no-loadscope-reorder"]


def clean_environment(home: str) -> dict[str, str]:
    """This process's environment without any setting of ours but the test's own.

    Compiled modules may be kept, whatever the machine says: a run starts hundreds of programs.
    """
    ours = ("LEGENDS_", "WHOP_", "PYTHONDONTWRITEBYTECODE")
    names = ("DATABASE_URL", "DATABASE_REPLICA_URL", "REDIS_URL", "CELERY_BROKER_URL")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(KEPT_PREFIXES) or not (name.startswith(ours) or name in names)
    }
    return {**kept, "LEGENDS_ENV": "test", "LEGENDS_HOME": home}
