"""The environment of others is theirs: it steers no command, no part and no child of ours."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.environment import (
    FLAGS,
    KEPT,
    for_downloads,
    foreign,
    ignored,
    is_foreign,
    take_over,
    without_foreign,
)
from cli.local.processes import answers, free_port
from cli.local.stale import is_ours
from settings import PROJECT, Settings
from tests.support.waiting import eventually
from tests.support.workers import end

DEAD = "http://127.0.0.1:9"
# What libpq reads (PostgreSQL 18, "Environment Variables"), with values that end every connection.
LIBPQ = {
    "PGHOST": "192.0.2.1", "PGSSLNEGOTIATION": "direct", "PGHOSTADDR": "192.0.2.1",
    "PGPORT": "9", "PGDATABASE": "theirs", "PGUSER": "theirs", "PGPASSWORD": "theirs",
    "PGPASSFILE": "/nowhere", "PGREQUIREAUTH": "none", "PGCHANNELBINDING": "require",
    "PGSERVICE": "theirs", "PGSERVICEFILE": "/nowhere", "PGOPTIONS": "-c search_path=theirs",
    "PGAPPNAME": "theirs", "PGSSLMODE": "require", "PGREQUIRESSL": "1", "PGSSLCERT": "/nowhere",
    "PGSSLKEY": "/nowhere", "PGSSLROOTCERT": "/nowhere", "PGGSSENCMODE": "require",
    "PGCONNECT_TIMEOUT": "junk", "PGCLIENTENCODING": "junk", "PGTARGETSESSIONATTRS": "standby",
    "PGLOADBALANCEHOSTS": "junk", "PGMINPROTOCOLVERSION": "junk", "PGDATESTYLE": "junk",
    "PGTZ": "junk", "PGGEQO": "junk", "PGSYSCONFDIR": "/nowhere", "PGLOCALEDIR": "/nowhere",
    "PGDATA": "/nowhere",
}  # fmt: skip
OTHERS = {
    "http_proxy": DEAD, "HTTP_PROXY": DEAD, "https_proxy": DEAD, "ALL_PROXY": "socks5://[::1]:9",
    "all_proxy": DEAD, "no_proxy": "", "PYTHONHOME": "/nowhere", "PYTHONOPTIMIZE": "2",
    "PYTHONSTARTUP": "/nowhere", "PYTHONIOENCODING": "ascii", "PYTHONWARNINGS": "error",
    "REDIS_HOST": "192.0.2.1", "REDIS_PASSWORD": "theirs", "CELERY_CONFIG_MODULE": "theirs",
    "CELERY_BROKER_READ_URL": "redis://192.0.2.1", "FLASK_ENV": "theirs", "FLASK_DEBUG": "1",
    "FLOWER_PORT": "9", "FLOWER_UNAUTHENTICATED_API": "true", "WERKZEUG_RUN_MAIN": "true",
    "WERKZEUG_SERVER_FD": "0", "GUNICORN_CMD_ARGS": "--bind 192.0.2.1:9", "WEB_CONCURRENCY": "junk",
    "FORWARDED_ALLOW_IPS": "*", "GEVENT_LOOP": "theirs", "PROMETHEUS_MULTIPROC_DIR": "/nowhere",
    "SQLALCHEMY_WARN_20": "1", "LC_ALL": "tr_TR.ISO-8859-9", "LANG": "POSIX", "LC_NUMERIC": "de_DE",
    "TZ": "Pacific/Kiritimati", "SSLKEYLOGFILE": "/nowhere", "NODE_ENV": "production",
}  # fmt: skip
EVIL = "raise SystemExit('theirs runs')\n"
SHADOWED = ("settings", "beat_schedule", "web", "workers", "models", "game", "click", "gunicorn")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder of somebody else, full of modules that are called as ours or our libraries'."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for name in SHADOWED:
        (folder / f"{name}.py").write_text(EVIL)
    return folder


@contextmanager
def part_in(
    folder: Path, log: Path, *arguments: str, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A part in the foreground, started from some folder; its words are in the log."""
    program = Path(sys.executable).with_name("legends")
    environ = {**os.environ, **more, "PYTHONPATH": str(folder)}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [program, *arguments], cwd=folder, env=environ, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        end(process)


def legends(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The installed program, from some folder."""
    program = Path(sys.executable).with_name("legends")
    environ = {**os.environ, **more}
    return subprocess.run(
        [program, *arguments], check=False, cwd=folder, env=environ, capture_output=True, text=True
    )


@pytest.mark.parametrize("name", [*LIBPQ, *OTHERS])
def test_what_is_set_for_another_program_is_foreign(name: str) -> None:
    assert is_foreign(name)


@pytest.mark.parametrize(
    "name",
    ["DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "FLOWER_AUTH", "WHOP_PROXY_URL", "PATH",
     "LEGENDS_HOME", "LEGENDS_PG_BIN", "HOME", "TMPDIR", "SSL_CERT_FILE", "PIP_INDEX_URL", "TERM"],
)  # fmt: skip
def test_what_is_ours_or_the_machines_is_not(name: str) -> None:
    assert not is_foreign(name)


def test_taking_over_removes_what_is_foreign_and_keeps_proxies_for_downloads(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "environ", {**os.environ})
    monkeypatch.chdir(tmp_path)
    os.environ.update(LIBPQ | OTHERS | {"LEGENDS_HOME": "here", "FLOWER_AUTH": "user:password"})
    before = os.umask(0)

    take_over()
    take_over()

    umask = os.umask(before)
    assert umask == 0o077
    assert foreign(os.environ) == ["TZ"]
    assert os.environ["TZ"] == "UTC"
    assert os.environ["LEGENDS_HOME"] == str(tmp_path / "here")
    assert os.environ["FLOWER_AUTH"] == "user:password"
    assert {"PGSSLMODE", "http_proxy", "GUNICORN_CMD_ARGS"} <= set(ignored())
    assert "LC_ALL" not in ignored()
    assert for_downloads()["http_proxy"] == DEAD
    assert KEPT + "PGHOST" not in os.environ
    assert without_foreign({"PGHOST": "a", "PUBLIC_URL": "b"}) == {"PUBLIC_URL": "b"}


def test_no_command_is_steered_by_the_folder_or_the_variables_of_others(
    settings: Settings, elsewhere: Path
) -> None:
    hostile = LIBPQ | {k: v for k, v in OTHERS.items() if k != "PYTHONHOME"}
    hostile |= {"PYTHONPATH": str(elsewhere)}

    doctor = legends(elsewhere, "doctor", "--servers", **hostile)
    check = legends(elsewhere, "db", "check", **hostile)
    verify = legends(elsewhere, "verify", **hostile)

    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    assert "not read, being for other programs: " in doctor.stdout
    assert "PGSSLMODE" in doctor.stdout
    assert check.returncode == 0, check.stderr
    assert verify.returncode == 0, verify.stderr


def test_the_script_runs_our_code_with_our_python_wherever_one_stands(
    settings: Settings, elsewhere: Path
) -> None:
    done = subprocess.run(
        [PROJECT / "legends", "doctor", "--servers"],
        check=False,
        cwd=elsewhere,
        env={**os.environ, "PYTHONSAFEPATH": "", "PYTHONWARNINGS": "error", "LC_ALL": "C"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("part", ["web", "relay", "flower"])
def test_a_part_that_listens_runs_our_code_in_a_folder_of_somebody_else(
    part: str, settings: Settings, elsewhere: Path, tmp_path: Path
) -> None:
    port = free_port()
    hostile = LIBPQ | {k: v for k, v in OTHERS.items() if k != "PYTHONHOME"}
    path = "/healthcheck" if part == "flower" else "/health/live"

    with part_in(elsewhere, tmp_path / "log", part, "--port", str(port), **hostile) as process:
        well = eventually(lambda: answers(f"http://127.0.0.1:{port}{path}"), 90)
        process.send_signal(signal.SIGINT)
        code = process.wait(60)

    said = (tmp_path / "log").read_text()
    assert well, said
    assert code == 0, said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("part", "word"), [("worker", "ready."), ("beat", "beat_leads"), ("poll", "poll_begins")]
)
def test_a_part_that_works_runs_our_code_in_a_folder_of_somebody_else_and_sigint_ends_it(
    part: str, word: str, settings: Settings, elsewhere: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    hostile = LIBPQ | {k: v for k, v in OTHERS.items() if k != "PYTHONHOME"}

    with part_in(elsewhere, log, part, **hostile) as process:
        begun = eventually(lambda: word in log.read_text(), 90)
        well = eventually(lambda: legends(elsewhere, "health", part).returncode == 0, 60)
        process.send_signal(signal.SIGINT)
        code = process.wait(60)

    said = log.read_text()
    assert (begun, well, code) == (True, True, 0), said
    assert "Traceback" not in said


@pytest.mark.parametrize("umask", ["000", "777"])
def test_files_are_their_owners_whatever_the_umask(umask: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    code = (
        "import os; from cli import environment; environment.take_over();"
        "from cli.local.state import State; from pathlib import Path;"
        "from cli.local.part_logs import open_log;"
        "home = Path(os.environ['LEGENDS_HOME']); State(home).password('a');"
        "open_log(home / 'logs' / 'web.log').write(b'a');"
        "from workers import alive; alive.touch('beat')"
    )
    command = f'umask {umask}; exec "$0" "$@"'

    subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, *FLAGS, "-c", code],
        check=True,
        env={**os.environ, "LEGENDS_HOME": str(home), "LEGENDS_ENV": "test"},
    )

    modes = {
        str(path.relative_to(tmp_path)): stat.S_IMODE(path.stat().st_mode)
        for path in (home, *home.rglob("*"))
    }
    assert modes == {
        "home": 0o700,
        "home/state.json": 0o600,
        "home/logs": 0o700,
        "home/logs/web.log": 0o600,
        "home/alive": 0o700,
        "home/alive/beat": 0o600,
    }


@pytest.mark.parametrize("part", ["web", "relay", "flower", "worker", "beat", "poll"])
def test_sigint_at_any_moment_of_a_parts_start_ends_it_without_a_traceback(
    part: str, settings: Settings, tmp_path: Path
) -> None:
    port = ["--port", str(free_port())] if part in ("web", "relay", "flower") else []
    for after in (0.0, 0.1, 0.3, 0.7, 1.3):
        log = tmp_path / f"log-{after}"
        with part_in(PROJECT, log, part, *port) as process:
            # The very first start of an interpreter is not in our hands.
            assert eventually(lambda: is_ours(process.pid, ("cli.main", part)), 30)
            time.sleep(after)
            process.send_signal(signal.SIGINT)
            code = process.wait(60)

        said = log.read_text()
        assert code in (0, 1, 130, -signal.SIGINT), said
        assert "Traceback" not in said, said
