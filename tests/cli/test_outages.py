"""Servers that are not there cost one line and exit code 1, never a traceback."""

from __future__ import annotations

import errno
from pathlib import Path

import click
import pytest

from cli.outages import outage, refuse_missing
from tests.cli.test_main import legends

NOWHERE = {"DATABASE_URL": "", "REDIS_URL": "", "CELERY_BROKER_URL": ""}


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("verify", "No database: start `./legends up`"),
        ("beat", "No database: start"),
        ("flower", "No broker: start"),
    ],
)
def test_without_servers_a_command_says_how_to_get_them(
    command: str, words: str, tmp_path: Path
) -> None:
    done = legends(command, LEGENDS_ENV="development", LEGENDS_HOME=str(tmp_path), **NOWHERE)

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert words in done.stderr


@pytest.mark.parametrize("command", ["verify", "db"])
def test_a_database_that_does_not_answer_is_told_in_one_line(command: str) -> None:
    arguments = ["check"] if command == "db" else []
    url = "postgresql://nobody@127.0.0.1:1/nothing"

    done = legends(command, *arguments, LEGENDS_ENV="test", DATABASE_URL=url)

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "database does not answer" in done.stderr
    assert "refused" in done.stderr


def test_a_url_that_is_none_is_named() -> None:
    done = legends("verify", LEGENDS_ENV="test", DATABASE_URL="here")

    assert "DATABASE_URL cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [("dlq",), ("dlq", "list", "--help"), ("poll", "-h")])
def test_help_needs_no_server(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = legends(*arguments, LEGENDS_ENV="test", LEGENDS_HOME=str(tmp_path), **NOWHERE)

    assert "Usage:" in done.stdout + done.stderr
    assert "No database" not in done.stderr


def test_an_error_of_ours_stays_a_traceback() -> None:
    assert outage(KeyError("ours")) == ""


def test_redis_is_named_where_it_is_the_cause() -> None:
    import redis  # noqa: PLC0415

    error = RuntimeError("could not publish")
    error.__cause__ = redis.ConnectionError("Error 111 connecting to 127.0.0.1:1.")

    assert outage(error).startswith("Redis does not answer: Error 111")


def test_nothing_needed_is_nothing_refused() -> None:
    refuse_missing((), ["list"])
    refuse_missing(("DATABASE_URL",), ["--help"])


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import settings  # noqa: PLC0415

    monkeypatch.setenv("LEGENDS_ENV", "test")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    settings.current.cache_clear()
    try:
        with pytest.raises(click.ClickException, match="set DATABASE_URL"):
            refuse_missing(("DATABASE_URL",), ["list"])
    finally:
        settings.current.cache_clear()


def test_a_command_on_a_full_disk_says_so_in_one_line(tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.symlink_to("/dev/full")

    with pytest.raises(OSError, match="No space left") as caught:
        full.write_text("anything")
    named = OSError(errno.ENOSPC, "No space left on device", "/data/.legends")

    assert (
        outage(caught.value)
        == "The disk of this installation is full: make room, then start again."
    )
    assert outage(named).startswith("The disk where /data/.legends lies is full")
    assert outage(PermissionError(errno.EACCES, "Permission denied")) == ""
