"""The environment of every process of ours, made in one place: ours is read, others' is not.

A variable that steers a library we happen to use (libpq, Python, Celery, gunicorn, proxies …) was
set for another program. `settle` makes sure that our interpreter ignores the current folder and
Python's variables, `take_over` takes the rest out; children inherit what is left. Imports only the
standard library, because it runs before anything else may be found.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
# Isolated (no PYTHON* variable, no current folder, no user's packages), unbuffered, UTF-8 whatever
# the locale.
FLAGS = ("-I", "-u", "-X", "utf8")
OURS = frozenset({"REDIS_URL", "CELERY_BROKER_URL", "FLOWER_AUTH"})
FAMILIES = (
    "PG", "PYTHON", "REDIS_", "VALKEY_", "CELERY", "KOMBU_", "BILLIARD_", "FLOWER_", "FLASK_",
    "WERKZEUG_", "GUNICORN_", "GRANIAN_", "GEVENT", "GREENLET_", "SQLALCHEMY_", "ALEMBIC_",
    "PROMETHEUS_", "HTTPX_", "NODE_", "LC_", "LISTEN_",
)  # fmt: skip
NAMES = frozenset({
    "LANG", "LANGUAGE", "TZ", "NETRC", "SSLKEYLOGFILE", "OPENSSL_CONF", "WEB_CONCURRENCY",
    "FORWARDED_ALLOW_IPS", "SENDFILE", "C_FORCE_ROOT", "FORKED_BY_MULTIPROCESSING",
})  # fmt: skip
PROXY = "_proxy"
KEPT = "LEGENDS_KEPT_"
"""Proxies and Node's variables are kept under this prefix for programs that download."""
IGNORED = "LEGENDS_IGNORED"
PRIVATE_UMASK = 0o077


def python(*arguments: str) -> tuple[str, ...]:
    """The command that runs our interpreter on our code, wherever one stands."""
    return (sys.executable, *FLAGS, *arguments)


def settle() -> None:
    """Start this program again with our interpreter's flags, unless it has them already."""
    if not (sys.flags.isolated and sys.flags.utf8_mode):
        change_into("cli.main", *sys.argv[1:])


def change_into(module: str, *arguments: str) -> None:
    """Replace this process by a module of ours.

    An interpreter that starts takes no Ctrl-C well, so it is held back until `cli/__init__` is
    there.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.execv(sys.executable, python("-m", module, *arguments))  # noqa: S606 - no shell


def take_over() -> None:
    """Make this process's environment ours: variables, time zone, umask. Twice does no harm."""
    os.umask(PRIVATE_UMASK)
    home = os.environ.get("LEGENDS_HOME")
    if home:  # said relative to the folder we were started from, which we may leave
        os.environ["LEGENDS_HOME"] = os.path.abspath(home)  # noqa: PTH100 - links stay links
    found = foreign(os.environ)
    for name in found:
        value = os.environ.pop(name)
        if is_for_downloads(name):
            os.environ[KEPT + name] = value
    missed = {name for name in found if name not in NAMES and not name.startswith("LC_")}
    if missed:
        os.environ[IGNORED] = ",".join(sorted(missed | set(ignored())))
    os.environ["TZ"] = "UTC"
    time.tzset()


def foreign(names: Iterable[str]) -> list[str]:
    """Those of the names that were set for other programs."""
    return [name for name in names if is_foreign(name)]


def is_foreign(name: str) -> bool:
    """True for a variable that would steer a library of ours and is no setting of ours."""
    if name in OURS or name.startswith("LEGENDS_"):
        return False
    return name.startswith(FAMILIES) or name in NAMES or name.lower().endswith(PROXY)


def is_for_downloads(name: str) -> bool:
    """True for what the machine's owner says about the way out to package registries."""
    return name.lower().endswith(PROXY) or name == "NODE_EXTRA_CA_CERTS"


def without_foreign(values: Mapping[str, str]) -> dict[str, str]:
    """The variables that may steer us."""
    return {name: value for name, value in values.items() if not is_foreign(name)}


def ignored() -> list[str]:
    """The names of what was taken out, as far as somebody may have set it for us."""
    return [name for name in os.environ.get(IGNORED, "").split(",") if name]


def for_downloads() -> dict[str, str]:
    """The environment of pip and npm, which may need a proxy to reach their registries."""
    kept = {n.removeprefix(KEPT): v for n, v in os.environ.items() if n.startswith(KEPT)}
    return {**os.environ, **kept}


def go_home() -> None:
    """Leave the folder we were started from: programs of ours look for code in the current one."""
    os.chdir(PROJECT)
