"""PostgreSQL under root where user namespaces are forbidden: as `nobody`, with copied programs."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
import pytest

from cli.environment import PRIVATE_UMASK
from cli.local import account, postgres
from cli.local.processes import PartFailed
from cli.local.servers import started
from cli.local.state import State

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="legends-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def private_umask() -> Iterator[None]:
    """The umask that every command of ours has."""
    before = os.umask(PRIVATE_UMASK)
    yield
    os.umask(before)


@pytest.mark.usefixtures("private_umask")
def test_without_namespaces_the_server_runs_as_nobody_from_folders_it_can_reach(
    tmp_path: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "namespace_works", lambda: False)
    monkeypatch.setattr(account, "reachable", lambda _: False)
    monkeypatch.setattr(account, "SHARED", open_folder)

    server = postgres.prepare(State(tmp_path / "home"), throwaway=True)
    with started(server.part), closing(psycopg2.connect(server.url("postgres"))) as connection:
        pid = connection.info.backend_pid
        owner = psutil.Process(pid).uids().real

    assert owner == pwd.getpwnam("nobody").pw_uid
    assert server.data.is_relative_to(open_folder)
    assert Path(server.part.command[0]).is_relative_to(open_folder)


def test_no_empty_database_is_begun_beside_data_that_cannot_be_reached(
    tmp_path: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "namespace_works", lambda: False)
    monkeypatch.setattr(account, "reachable", lambda _: False)
    monkeypatch.setattr(account, "SHARED", open_folder)
    data = tmp_path / "pg" / "18"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("18\n")

    with pytest.raises(PartFailed, match="cannot enter"):
        postgres.prepare(State(tmp_path))


def test_a_home_that_others_cannot_enter_is_seen_as_such(tmp_path: Path, open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)

    assert account.reachable(open_folder)
    assert not account.reachable(closed / "below")
