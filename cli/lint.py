"""`legends lint`: every static check of the project, each with its name and outcome."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import click

from cli.local.servers import running
from cli.node import NodeMissing, need_node
from cli.testing import clean_environment
from cli.ui_build import UI, BuildFailed, install_packages, private_node
from settings import PROJECT


@dataclass(frozen=True)
class Check:
    """One check: a command that must end with 0."""

    name: str
    command: tuple[str, ...]
    cwd: Path = PROJECT
    env: dict[str, str] = field(default_factory=dict)


def module(name: str, *arguments: str) -> tuple[str, ...]:
    """A command that runs a Python module of this environment."""
    return (sys.executable, "-m", name, *arguments)


CHECKS = (
    Check("ruff check", module("ruff", "check", ".")),
    Check("ruff format", module("ruff", "format", "--check", ".")),
    Check("mypy", module("mypy")),
    Check("import layers", (str(Path(sys.executable).with_name("lint-imports")),)),
)


PAGES = ("types", "lint", "format:check", "words:check")
"""The checks of the pages, each a script of their package.json."""


@click.command()
def lint() -> None:
    """Check style, types, import layers, migrations and the pages."""
    outcomes = [run(check) for check in CHECKS]
    outcomes.append(check_migrations())
    outcomes.append(check_pages())
    if not all(outcomes):
        raise click.ClickException(f"{outcomes.count(False)} of {len(outcomes)} checks failed")


def run(check: Check) -> bool:
    """Run one check; its own words are shown only when it fails."""
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        check=False,
        cwd=check.cwd,
        env={**os.environ, **check.env},
        capture_output=True,
        text=True,
    )
    outcome = "ok" if done.returncode == 0 else "FAILED"
    click.echo(f"{check.name:<16} {outcome:<7} {time.monotonic() - started:5.1f} s")
    if done.returncode != 0:
        click.echo(done.stdout + done.stderr)
    return done.returncode == 0


def check_migrations() -> bool:
    """Migrate an empty database up, down one step and up again; then compare it with the models."""
    with tempfile.TemporaryDirectory(prefix="legends-lint-") as home, running(Path(home)) as both:
        env = clean_environment(home) | both.environment()
        return all(
            run(Check(f"db {word}", module("cli.main", "db", word), env=env))
            for word in ("upgrade", "downgrade", "upgrade", "check")
        )


def check_pages() -> bool:
    """Check the pages, where a Node is here or can be had: all, so that each fault is named."""
    if not (UI / "package.json").is_file():
        click.echo(f"{'pages':<16} skipped (none here)")
        return True
    try:
        node = need_node(private_node())
        install_packages(UI, node)
    except (NodeMissing, BuildFailed, OSError) as problem:
        click.echo(f"{'pages':<16} skipped ({problem})")
        return True
    npm = (str(node.program), str(node.npm), "run", "--silent")
    checks = [
        Check(f"pages {name.partition(':')[0]}", (*npm, name), cwd=UI, env=node.environment())
        for name in PAGES
    ]
    checks.append(Check("pages api types", module("cli.main", "api-types", "--check")))
    outcomes = [run(check) for check in checks]
    return all(outcomes)
