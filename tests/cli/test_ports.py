"""Ports of an installation: asked for, remembered, taken, useless; each given out once."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.local import ports
from cli.local.installation import LISTENING, choose_ports
from cli.local.ports import claim_port
from cli.local.processes import PartFailed, free_port
from cli.local.state import State
from tests.cli.test_main import legends

SERVERS = ("postgres", "valkey-cache", "valkey-broker")


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def test_an_asked_port_that_is_taken_is_refused_and_nothing_is_remembered(
    taken: int, tmp_path: Path
) -> None:
    with pytest.raises(PartFailed, match=f"port {taken} is taken"):
        choose_ports(State(tmp_path), taken)

    assert State(tmp_path).port("web") == 0


def test_a_remembered_port_that_is_taken_moves_for_once_and_says_so(
    taken: int, tmp_path: Path
) -> None:
    State(tmp_path).remember_port("web", taken)
    state = State(tmp_path)

    ports = choose_ports(state, None)

    assert ports["web"] != taken
    assert state.notes == [f"port {taken} is taken: web listens on {ports['web']} this time"]
    assert State(tmp_path).port("web") == taken


def test_a_server_whose_port_is_taken_gets_another_for_good_and_it_is_said(
    taken: int, tmp_path: Path
) -> None:
    State(tmp_path).remember_port("postgres", taken)
    state = State(tmp_path)

    port = claim_port(state, "postgres")

    assert port != taken
    assert state.notes == [f"port {taken} is taken: postgres listens on {port} from now on"]
    assert State(tmp_path).port("postgres") == port


def test_an_asked_port_is_remembered(tmp_path: Path) -> None:
    port = free_port()
    state = State(tmp_path)

    first = choose_ports(state, port)

    assert first["web"] == port
    assert state.notes == []
    again = State(tmp_path)
    assert (choose_ports(again, None), again.notes) == (first, [])


def test_two_parts_that_were_given_one_port_are_parted_for_good_and_it_is_said(
    tmp_path: Path,
) -> None:
    same = free_port()
    for name in (*LISTENING, *SERVERS):
        State(tmp_path).remember_port(name, same)
    state = State(tmp_path)

    chosen = choose_ports(state, None) | {name: claim_port(state, name) for name in SERVERS}

    assert len(set(chosen.values())) == len(chosen) > 7
    assert chosen["web"] == same
    assert len(state.notes) == len(chosen) - 1
    assert all(f"port {same} belongs to another part" in note for note in state.notes)
    assert State(tmp_path).ports() == chosen


def test_drawn_ports_are_distinct_also_when_the_draw_falls_on_one_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = iter([7, 7, 7, 8, 8, 9, 10, 7, 11, 12, 13])
    monkeypatch.setattr("secrets.randbelow", lambda _: next(draws))
    state = State(tmp_path)

    chosen = [claim_port(state, name) for name in ("a", "b", "c", "d", "e", "f", "g")]

    assert len(set(chosen)) == 7
    assert all(ports.LOWEST <= port <= ports.HIGHEST for port in chosen)


@pytest.mark.parametrize("useless", [0, -1, 70_000, "abc", None, True, 1.5])
def test_a_remembered_port_that_can_be_none_is_chosen_anew_and_said(
    useless: object, tmp_path: Path
) -> None:
    (tmp_path / "state.json").write_text(json.dumps({"port.postgres": useless}))
    state = State(tmp_path)

    port = claim_port(state, "postgres")

    assert ports.LOWEST <= port <= ports.HIGHEST
    assert state.notes == ["the port remembered for postgres can be none"]
    assert State(tmp_path).port("postgres") == port


@pytest.mark.parametrize("part", ["up", "web", "relay", "twin"])
def test_a_port_that_cannot_be_is_refused_in_words(part: str, tmp_path: Path) -> None:
    done = legends(part, "--port", "99999", LEGENDS_ENV="test", LEGENDS_HOME=str(tmp_path))

    assert done.returncode == 2
    assert "99999 is not in the range" in done.stderr
