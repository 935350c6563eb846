"""`legends health`: a container's check asks the part itself, and no server."""

from __future__ import annotations

import os
import time

import pytest
from click.testing import CliRunner, Result

from cli.health import SIGNS, health
from cli.local.processes import free_port
from settings import Settings
from workers import alive


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(health, arguments)


def age_by(settings: Settings, name: str, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(alive.place(settings.home, name), (then, then))


@pytest.mark.parametrize("part", [*SIGNS])
def test_a_part_is_well_while_all_its_signs_of_life_are_fresh(
    part: str, settings: Settings
) -> None:
    names, limit = SIGNS[part]
    assert ask(part).output == f"{part}: no sign of life yet\n"
    for name in names:
        alive._given.clear()
        alive.touch(name)
    assert (ask(part).exit_code, ask(part).output) == (0, f"{part}: well\n")

    for name in names:
        age_by(settings, name, limit + 1)

        late = ask(part)

        assert late.exit_code == 1
        assert f"no sign of life for {limit + 1:.0f} s" in late.output
        age_by(settings, name, 0)


def test_a_part_that_listens_is_asked_by_its_page(settings: Settings) -> None:
    done = ask("web", "--port", str(free_port()))

    assert done.exit_code == 1
    assert "Connection refused" in done.output


def test_a_sign_that_cannot_be_given_ends_nothing(settings: Settings) -> None:
    settings.home.mkdir(parents=True)
    (settings.home / "alive").write_text("no folder")
    alive._given.clear()

    alive.touch("beat")

    assert alive.age(settings.home, "beat") is None


def test_signs_of_an_earlier_process_are_forgotten(settings: Settings) -> None:
    alive._given.clear()
    alive.touch("beat")

    alive.forget(settings.home, "beat")
    alive.forget(settings.home, "beat")

    assert alive.age(settings.home, "beat") is None
