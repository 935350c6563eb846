"""Ports of an installation: asked for, remembered, taken."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.local.installation import choose_ports
from cli.local.processes import PartFailed, free_port
from cli.local.state import State
from tests.cli.test_main import legends


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

    ports, notes = choose_ports(State(tmp_path), None)

    assert ports["web"] != taken
    assert notes == (f"port {taken} is taken: web listens on {ports['web']} this time",)
    assert State(tmp_path).port("web") == taken


def test_an_asked_port_is_remembered(tmp_path: Path) -> None:
    port = free_port()

    first, notes = choose_ports(State(tmp_path), port)

    assert first["web"] == port
    assert notes == ()
    assert choose_ports(State(tmp_path), None) == (first, ())


@pytest.mark.parametrize("part", ["up", "web", "relay", "twin"])
def test_a_port_that_cannot_be_is_refused_in_words(part: str, tmp_path: Path) -> None:
    done = legends(part, "--port", "99999", LEGENDS_ENV="test", LEGENDS_HOME=str(tmp_path))

    assert done.returncode == 2
    assert "99999 is not in the range" in done.stderr
