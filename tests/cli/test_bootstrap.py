"""`./legends` itself, in a small project of its own: first runs, later runs, plain refusals."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from settings import PROJECT

PYPROJECT = """
[project]
name = "small"
version = "1"
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[tool.setuptools]
packages = ["cli"]
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project with our bootstrap, one locked package and a command that prints its arguments."""
    for name in ("legends", "requirements-uv.lock"):
        shutil.copy(PROJECT / name, tmp_path / name)
    lock = (PROJECT / "requirements.lock").read_text()
    entry = re.search(r"^setuptools==.*?(?=^\S)", lock + "\nend", re.MULTILINE | re.DOTALL)
    assert entry is not None
    (tmp_path / "requirements.lock").write_text(entry[0])
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli" / "__init__.py").touch()
    (tmp_path / "cli" / "main.py").write_text("import sys; print('ran', *sys.argv[1:])")
    return tmp_path


def test_two_first_runs_at_once_both_end_well_and_a_later_one_prepares_nothing(
    small: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    command = [sys.executable, str(small / "legends"), "one", "two words"]

    first, second = (
        subprocess.Popen(
            command, cwd=elsewhere, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    )
    outputs = [first.communicate(timeout=150), second.communicate(timeout=150)]
    later = subprocess.run(command, check=True, cwd=elsewhere, capture_output=True, text=True)

    assert [out for out, _ in outputs] == ["ran one two words\n"] * 2, outputs
    assert "".join(err for _, err in outputs).count("preparing .venv") == 1
    assert (later.stdout, later.stderr) == ("ran one two words\n", "")


def test_a_python_without_ensurepip_is_told_what_to_install(small: Path) -> None:
    code = (
        "import runpy, sys; sys.modules['ensurepip'] = None;"
        f"runpy.run_path({str(small / 'legends')!r}, run_name='__main__')"
    )

    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    assert done.returncode == 1
    assert re.search(r"apt-get install python3\.\d+-venv", done.stderr)
    assert "Traceback" not in done.stderr


def test_a_changed_lock_prepares_again(small: Path) -> None:
    spec = {"ROOT": small, "LOCK": small / "requirements.lock"}
    before = fingerprint(small)

    spec["LOCK"].write_text(spec["LOCK"].read_text() + "# changed\n")

    assert fingerprint(small) != before


def fingerprint(project: Path) -> str:
    code = (
        "import runpy, sys;"
        "print(runpy.run_path(sys.argv[1], run_name='bootstrap')['fingerprint']())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(project / "legends")],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
