"""A revision that ran somewhere once must do the same everywhere for ever."""

from __future__ import annotations

import ast
from hashlib import sha256
from pathlib import Path

import pytest

from models.tenancy import ROLES, secure
from settings import PROJECT

VERSIONS = sorted((PROJECT / "migrations" / "versions").glob("*.py"))
LIBRARIES = {"sqlalchemy", "alembic", "models.tenancy", "__future__", "typing", "collections"}
STATEMENTS = "af17d683a7d454a7"
"""Made of what `models.tenancy` gave when the first revision was released."""


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_revision_imports_nothing_of_ours_that_may_change(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
        elif isinstance(node, ast.Import):
            imported |= {name.name for name in node.names}

    foreign = {name for name in imported if name not in LIBRARIES}
    assert {name for name in foreign if name.split(".")[0] not in LIBRARIES} == set()


def test_what_revisions_do_import_says_the_same_for_ever() -> None:
    said = [ROLES]
    for tenant in (True, False):
        said += secure("a_table", member="SELECT", worker="SELECT, INSERT", tenant=tenant)
        said += secure("a_table", tenant=tenant)

    assert sha256("\n".join(said).encode()).hexdigest()[:16] == STATEMENTS
