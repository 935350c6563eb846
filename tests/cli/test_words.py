"""What commands say about themselves and about what they were asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import simulation, testing, up
from cli.local.supervisor import Supervisor
from cli.main import legends
from cli.prove import prove
from cli.simulation import demo, send
from cli.words import counted
from simulator.demo import Figures


def test_help_cuts_no_sentence() -> None:
    shown = CliRunner().invoke(legends, ["--help"], terminal_width=80).output

    listed = " ".join(shown.partition("Commands:")[2].split())
    assert "..." not in listed
    assert "started again." in listed


def test_help_of_the_tests_is_ours_and_short() -> None:
    shown = CliRunner().invoke(testing.test, ["--help"])

    assert shown.exit_code == 0
    assert "all arguments go to pytest" in shown.output
    assert len(shown.output.splitlines()) < 20


def test_a_drill_that_is_none_leads_to_the_list() -> None:
    shown = CliRunner().invoke(prove, ["nosuchdrill"])

    assert shown.exit_code == 5
    assert "No drill promises 'nosuchdrill'" in shown.output
    assert "prove --list" in shown.output


@pytest.mark.parametrize(
    ("option", "value"),
    [("--rate", "0"), ("--rate", "-1"), ("--members", "0"), ("--seconds", "-1")],
)
def test_a_demo_of_nothing_is_refused(option: str, value: str) -> None:
    shown = CliRunner().invoke(demo, [option, value])

    assert shown.exit_code == 2
    assert "is not in the range" in shown.output


def test_a_demo_says_what_others_sent_meanwhile(capsys: pytest.CaptureFixture[str]) -> None:
    simulation._show(Figures(sent=60, accepted=58, duplicate=2, settled=64))
    simulation._show(Figures(sent=60, accepted=58, duplicate=2, settled=58))

    assert capsys.readouterr().out.count("6 of the settled came from elsewhere") == 1


def test_a_start_names_what_it_waits_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = iter([["web", "relay"], ["relay"], []])
    monkeypatch.setattr(Supervisor, "await_ready", lambda *_: next(silent))

    up.must_answer(Supervisor.__new__(Supervisor), 60)

    assert capsys.readouterr().err.splitlines() == [
        "legends: waiting for: web, relay",
        "legends: waiting for: relay",
    ]


def test_a_folder_is_no_body_to_send(tmp_path: Path) -> None:
    shown = CliRunner().invoke(send, [str(tmp_path)])

    assert shown.exit_code == 2
    assert "is a directory" in shown.output


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 companies"), (1, "1 company"), (2, "2 companies")]
)
def test_numbers_take_the_word_that_fits(number: int, text: str) -> None:
    assert counted(number, "company", "companies") == text
