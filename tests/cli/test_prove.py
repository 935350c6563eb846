"""`legends prove` names the drills in words, and says which promise is broken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cli.drill_report import Report, promise
from cli.prove import arguments
from settings import PROJECT


def test_drills_are_listed_as_promises() -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments(("ten_thousand",), only_list=True)],
        check=True,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )

    line = "ten thousand deliveries survive five accidents with exact books"
    assert line in listed.stdout.splitlines()


def test_broken_promise_ends_with_its_name_its_reason_and_a_failing_exit_code(
    tmp_path: Path,
) -> None:
    (tmp_path / "test_two.py").write_text(
        "def test_kept_word(): pass\ndef test_broken_word(): assert 1 == 2\n"
    )

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-q", "--no-header", "--no-summary",
         "-p", "cli.drill_report", "-p", "no:cacheprovider", str(tmp_path)],
        check=False,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )  # fmt: skip

    lines = [" ".join(line.split()) for line in ran.stdout.splitlines()]
    assert ran.returncode == 1
    assert "holds 0.0 s kept word" in lines
    assert "FAILED 0.0 s broken word" in lines
    assert "E assert 1 == 2" in lines
    assert "2 drills: 1 holds, 1 FAILED" in lines


@pytest.mark.parametrize(
    ("nodeid", "words"),
    [("tests/a.py::test_x_holds", "x holds"), ("tests/a.py::test_x[1]", "x[1]")],
)
def test_promise_is_the_tests_name_in_words(nodeid: str, words: str) -> None:
    assert promise(nodeid) == words
    assert Report().outcomes == {}
