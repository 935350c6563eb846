"""`legends doctor`: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import click
from alembic.config import Config
from alembic.script import ScriptDirectory

import settings
from cli.environment import ignored
from cli.fitness import Finding, connect, server_findings, settled
from cli.ui_build import DIST, REASON, UI, fingerprint, is_built
from settings import PROJECT, Settings

OLDEST_PYTHON = (3, 11)


@click.command()
@click.option("--servers", "servers_only", is_flag=True, help="Look at the servers only.")
def doctor(*, servers_only: bool) -> None:
    """Check Python, settings, servers, migrations and pages. Exit 1 if something needs mending."""
    findings = [judge_python(sys.version_info[:3]), *ignored_findings(), *settings_findings()]
    if not any(found.mend for found in findings):
        current = settings.current()
        findings += settled(lambda: server_findings(current), "Servers")
        findings += settled(lambda: migration_findings(current), "Migrations")
    if not servers_only:
        findings += settled(lambda: page_findings(UI, DIST), "Pages")
    for found in findings:
        click.echo(line(found))
    if any(found.mend for found in findings):
        sys.exit(1)


def line(found: Finding) -> str:
    """One finding as one line: first whether to read on."""
    text = f"{'MEND' if found.mend else 'ok  '}  {found.subject}: {found.fact}"
    return f"{text}. To mend: {found.mend}." if found.mend else text


def judge_python(version: tuple[int, ...]) -> Finding:
    """`version` as (major, minor, patch)."""
    fact = ".".join(str(number) for number in version)
    if version < OLDEST_PYTHON:
        return Finding("Python", fact, "use 3.11 or newer")
    return Finding("Python", fact)


def ignored_findings() -> list[Finding]:
    """Name the variables that somebody may have set for us and that we do not read."""
    names = ignored()
    if not names:
        return []
    return [Finding("Environment", f"not read, being for other programs: {', '.join(names)}")]


def settings_findings() -> list[Finding]:
    """Each setting that is missing or unsafe."""
    try:
        env = settings.current().env
    except settings.UnsafeSettings as unsafe:
        return [Finding("Settings", problem, "set it") for problem in unsafe.problems]
    return [Finding("Settings", f"complete for {env}")]


def migration_findings(current: Settings) -> list[Finding]:
    """Compare the database's revision with the newest one of the code."""
    if not current.database_url:
        return []
    config = Config()
    config.set_main_option("script_location", str(PROJECT / "migrations"))
    newest = ScriptDirectory.from_config(config).get_current_head()
    with closing(connect(current.database_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('alembic_version') IS NOT NULL")
        found = "none"
        if cursor.fetchone() == (True,):
            cursor.execute("SELECT version_num FROM alembic_version")
            found = str((cursor.fetchone() or ("none",))[0])
    if found != newest:
        return [
            Finding("Migrations", f"at {found}, the code needs {newest}", "`legends db upgrade`")
        ]
    return [Finding("Migrations", f"at the newest, {newest}")]


def page_findings(ui: Path, dist: Path) -> list[Finding]:
    """Say whether the pages are built from the sources that are here."""
    if is_built(dist, fingerprint(ui)):
        return [Finding("Pages", "built from these sources")]
    reason = dist / REASON
    fact = reason.read_text().strip() if reason.is_file() else "not built from these sources"
    return [Finding("Pages", fact, "`legends up` builds them when Node or its wheel can be had")]
