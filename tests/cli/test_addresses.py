"""`--host` and `--port` of every part: IPv6 listens; a wrong one is told what is right."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.addresses import joined
from cli.local.processes import answers, free_port
from settings import Settings
from tests.support.waiting import eventually
from tests.support.workers import legends

PAGES = {"web": "/health/live", "relay": "/health/live", "flower": "/healthcheck"}


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
@pytest.mark.parametrize("part", [*PAGES])
@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_a_part_listens_on_ipv6(part: str, host: str, settings: Settings, tmp_path: Path) -> None:
    port = free_port()
    with legends(tmp_path / "log", part, "--host", host, "--port", str(port)) as running:
        assert eventually(lambda: answers(f"http://[::1]:{port}{PAGES[part]}"), 90), running.said()

        with legends(
            tmp_path / "health", "health", part, "--host", host, "--port", str(port)
        ) as health:
            assert health.process.wait(60) == 0, health.said()
            assert f"{part}: well" in health.said()


@pytest.mark.parametrize("part", [*PAGES])
@pytest.mark.parametrize(
    ("host", "code", "words"),
    [
        ("no.such.name.invalid", 2, "is no address: use 127.0.0.1 or ::1 for this machine only"),
        ("", 2, "is no address"),
        ("127.0.0.1:80", 2, "is no address"),
        ("192.0.2.1", 1, "192.0.2.1 is no address of this machine: use 127.0.0.1"),
    ],
)
def test_a_host_that_cannot_be_is_refused_with_what_can(  # noqa: PLR0917 - a case has four
    part: str, host: str, code: int, words: str, settings: Settings, tmp_path: Path
) -> None:
    with legends(tmp_path / "log", part, "--host", host, "--port", str(free_port())) as running:
        ended = running.process.wait(60)

    assert ended == code, running.said()
    assert words in running.said().replace("\n", " ")
    assert "Traceback" not in running.said()


@pytest.mark.parametrize("part", [*PAGES])
def test_a_taken_port_is_said_in_one_line(
    part: str, taken: int, settings: Settings, tmp_path: Path
) -> None:
    with legends(tmp_path / "log", part, "--port", str(taken)) as running:
        assert running.process.wait(60) == 1

    words = f"port {taken} is taken by another program: choose another --port"
    assert running.said().strip().splitlines()[-1] == f"Error: {words}"


def test_an_address_is_written_as_servers_want_it() -> None:
    assert [joined("::1", 8000), joined("127.0.0.1", 8000)] == ["[::1]:8000", "127.0.0.1:8000"]
