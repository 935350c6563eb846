"""The command line: what it lists, and how it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli import main


def legends(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def test_help_lists_only_commands_that_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = main.Entry("cli.nowhere", "nowhere")
    monkeypatch.setitem(main.COMMANDS, "nowhere", nowhere)

    names = main.LazyGroup("legends").list_commands(None)  # type: ignore[arg-type]

    assert "up" in names
    assert "nowhere" not in names


def test_help_loads_no_server_and_no_framework() -> None:
    code = (
        "import sys, cli.main; cli.main.LazyGroup('legends').list_commands(None);"
        "print([n for n in ('sqlalchemy', 'celery', 'flask', 'redis') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "[]"


def test_unsafe_production_settings_are_all_named_without_a_traceback() -> None:
    done = legends("web", LEGENDS_ENV="production", DATABASE_URL="", REDIS_URL="")

    assert done.returncode == 2
    assert "DATABASE_URL is not set" in done.stderr
    assert "SESSION_SECRETS is not set" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_up_over_the_same_data_is_refused(tmp_path: Path) -> None:
    import fcntl  # noqa: PLC0415

    tmp_path.chmod(0o700)
    with (tmp_path / "up.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = legends("up", LEGENDS_HOME=str(tmp_path))

    assert done.returncode == 1
    assert "already running" in done.stderr
    assert "Traceback" not in done.stderr
