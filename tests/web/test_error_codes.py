"""`docs/errors.md` names exactly the codes that the code can answer with, each with its status."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from web.errors import CODE_OF_STATUS, STATUS_OF_REFUSAL

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"[a-z]+(_[a-z0-9]+)*")
TELLERS = {
    "Refusal": (0, None),
    "NotGenuine": (0, 401),
    "Turned": (1, None),
    "failure": (1, None),
    "refusal": (0, None),
    "_come_again": (0, 503),
}
"""Whatever gives an answer its code: which argument that is, and the status it implies."""
OF_ERRORS = range(400, 600)
OF_HTTP = re.compile(r"http_\d{3}")


def told() -> Iterator[tuple[str, str, int | None]]:
    """Every code that is written out in the code: (code, where, status if that stands beside)."""
    for folder in ("game", "models", "web", "workers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    yield from in_call(node, getattr(node.func, "id", ""), path)
                if isinstance(node, ast.Tuple):
                    yield from in_row(node, path)
                for base in getattr(node, "bases", ()):  # a class of its own names its code once
                    for inner in ast.walk(node):
                        if getattr(getattr(inner, "func", None), "attr", "") == "__init__":
                            yield from in_call(inner, getattr(base, "id", ""), path)


def in_call(node: Any, name: str, path: Path) -> Iterator[tuple[str, str, int | None]]:
    if name not in TELLERS:
        return
    index, status = TELLERS[name]
    values = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
    code = values[index] if index < len(values) else None
    if not isinstance(code, str) or not CODE.fullmatch(code):
        return
    if name in ("Turned", "failure") and isinstance(values[0], int):
        status = values[0]
    if name == "Refusal":
        status = STATUS_OF_REFUSAL.get(code, 409)
    yield code, f"{path.relative_to(ROOT)}:{node.lineno}", status


def in_row(node: ast.Tuple, path: Path) -> Iterator[tuple[str, str, int | None]]:
    """A row of a table of refusals: (status, code, words)."""
    values = [one.value if isinstance(one, ast.Constant) else None for one in node.elts]
    match values:
        case [int(status), str(code), str(words)] if status in OF_ERRORS and CODE.fullmatch(code):
            assert words
            yield code, f"{path.relative_to(ROOT)}:{node.lineno}", status


def explained() -> dict[str, set[int]]:
    """Every code of the page with its status; `http_414, http_417` in one row are several."""
    rows = re.findall(
        r"^\| (`[a-z0-9_`, ]+`) \| (\d{3}|the same) \|",
        (ROOT / "docs/errors.md").read_text("utf-8"),
        re.MULTILINE,
    )
    found: dict[str, set[int]] = {}
    for names, status in rows:
        for code in re.findall(r"`([a-z0-9_]+)`", names):
            number = int(code.removeprefix("http_")) if status == "the same" else int(status)
            found.setdefault(code, set()).add(number)
    return found


def test_every_code_of_the_code_is_explained_with_its_status() -> None:
    page = explained()
    given = list(told())
    given += [(code, "web/errors.py", status) for status, code in CODE_OF_STATUS.items()]
    given += [(code, "web/errors.py", status) for code, status in STATUS_OF_REFUSAL.items()]

    wrong = [
        f"{code} ({where}): {status}"
        for code, where, status in given
        if code not in page or (status is not None and page[code] != {status})
    ]

    assert len(given) > 60
    assert wrong == []


def test_every_code_that_is_explained_can_be_answered() -> None:
    known = {code for code, _, _ in told()} | set(CODE_OF_STATUS.values())

    idle = sorted(set(explained()) - known)

    assert [code for code in idle if not OF_HTTP.fullmatch(code)] == []
    assert not {int(code[5:]) for code in idle} & set(CODE_OF_STATUS)
