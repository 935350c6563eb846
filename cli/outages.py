"""Servers that are not there and disks that are full, in one line instead of a traceback."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator, Sequence

import click

NOBODY = "No {what}: start `./legends up` in another terminal, or set {name}."
WHATS = {"DATABASE_URL": "database", "REDIS_URL": "Redis", "CELERY_BROKER_URL": "broker"}
HELP = {"-h", "--help"}
UNWRITABLE = {
    errno.ENOSPC: "is full: make room",
    errno.EDQUOT: "is over its quota: make room",
    errno.EROFS: "cannot be written to: mount it writable, or set LEGENDS_HOME to another folder",
}


def refuse_missing(needs: Sequence[str], arguments: Sequence[str]) -> None:
    """Raise a ClickException if a server the command needs is named nowhere.

    Nothing is needed to read about a command, and production names what is missing by itself.
    """
    if not needs or HELP & set(arguments):
        return
    from settings import current  # noqa: PLC0415 - most commands need no settings

    values = current()
    named = {
        "DATABASE_URL": values.database_url,
        "REDIS_URL": values.redis_url,
        "CELERY_BROKER_URL": values.broker_url,
    }
    for name in needs:
        if not named[name]:
            raise click.ClickException(NOBODY.format(what=WHATS[name], name=name))


def outage(error: BaseException) -> str:
    """What to say if a server does not answer or a disk takes nothing; else empty."""
    for cause in causes(error):
        if isinstance(cause, OSError) and cause.errno in UNWRITABLE:
            where = f"where {cause.filename} lies" if cause.filename else "of this installation"
            return f"The disk {where} {UNWRITABLE[cause.errno]}, then start again."
        if is_a(cause, "psycopg2", "OperationalError") and not getattr(cause, "pgcode", None):
            return f"The database does not answer: {first_line(cause)}. Check DATABASE_URL."
        if is_a(cause, "sqlalchemy.exc", "ArgumentError"):
            return "DATABASE_URL cannot be read: it looks like postgresql://user:password@host/name"
        if is_a(cause, "redis", "ConnectionError") or is_a(cause, "redis", "TimeoutError"):
            return f"Redis does not answer: {first_line(cause)}. Check REDIS_URL."
        if is_a(cause, "kombu.exceptions", "OperationalError"):
            return f"The broker does not answer: {first_line(cause)}. Check CELERY_BROKER_URL."
    return ""


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The first cause before what was made of it: drivers say more than those above them."""
    if error is not None:
        yield from causes(error.__cause__ or error.__context__)
        yield error


def is_a(error: BaseException, module: str, name: str) -> bool:
    """Like isinstance, without importing a library that this command never loaded."""
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(error, kind)


def first_line(error: BaseException) -> str:
    """What the error says first, without a full stop."""
    return str(error).strip().partition("\n")[0].rstrip(".")
