"""The build of the pages: once per change, and a plain reason when it does not work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import ui_build
from cli.node import NodeMissing, need_node

BUILD = (
    "const fs = require('fs'); fs.mkdirSync('dist', {recursive: true});"
    "fs.appendFileSync('builds', 'x');"
    "fs.writeFileSync('dist/index.html', fs.readFileSync('src/page.html'));"
)


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    try:
        need_node(ui_build.private_node())
    except NodeMissing as problem:
        pytest.skip(f"no usable Node: {problem}")
    about = {"name": "pages", "version": "1.0.0"}
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "page.html").write_text("<p>one</p>")
    (tmp_path / "build.js").write_text(BUILD)
    (tmp_path / "package.json").write_text(
        json.dumps({**about, "scripts": {"build": "node build.js"}})
    )
    (tmp_path / "package-lock.json").write_text(
        json.dumps({**about, "lockfileVersion": 3, "packages": {"": about}})
    )
    monkeypatch.setattr(ui_build, "UI", tmp_path)
    monkeypatch.setattr(ui_build, "DIST", tmp_path / "dist")
    return tmp_path


def builds(pages: Path) -> int:
    """How often the build script ran; the file counts as a source only until it is moved away."""
    counter = pages / "node_modules" / "builds"
    fresh = pages / "builds"
    if fresh.exists():
        with counter.open("a") as out:
            out.write(fresh.read_text())
        fresh.unlink()
    return len(counter.read_text())


def test_pages_are_built_once_until_a_source_changes(pages: Path) -> None:
    ui_build.main()
    assert builds(pages) == 1

    ui_build.main()
    assert builds(pages) == 1

    (pages / "src" / "page.html").write_text("<p>two</p>")
    ui_build.main()
    assert builds(pages) == 2
    assert (pages / "dist" / "index.html").read_text() == "<p>two</p>"


def test_a_failed_build_leaves_one_plain_line(pages: Path) -> None:
    (pages / "build.js").write_text("console.log('hm');\nthrow new Error('page too wide');")

    with pytest.raises(SystemExit) as ended:
        ui_build.main()

    reason = (pages / "dist" / "reason.txt").read_text()
    assert ended.value.code == 1
    assert reason.count("\n") == 1
    assert "page too wide" in reason


def test_a_later_good_build_takes_the_reason_away(pages: Path) -> None:
    good = (pages / "build.js").read_text()
    (pages / "build.js").write_text("process.exit(1)")
    with pytest.raises(SystemExit):
        ui_build.main()

    (pages / "build.js").write_text(good)
    ui_build.main()

    assert not (pages / "dist" / "reason.txt").exists()
    assert (pages / "dist" / "index.html").is_file()


def test_the_reason_is_the_line_that_explains() -> None:
    output = (
        "npm warn error-prone setting\nnpm error code EUSAGE\nnpm error\n"
        "npm error `npm ci` needs a lock file in sync\nnpm error Missing: x"
    )

    assert ui_build.telling_line(output) == "`npm ci` needs a lock file in sync"
    assert ui_build.telling_line("one\ntwo\n") == "two"
    assert ui_build.telling_line("") == "no output"
