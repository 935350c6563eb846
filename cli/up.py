"""`legends up`: the whole system on this machine, until Ctrl-C.

A console that goes away (a pipe closed, a terminal hung up) ends nothing: Ctrl-C and SIGTERM do.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import click

import settings
from cli.environment import for_downloads, python, without_foreign
from cli.local.installation import Installation, own_part, plan, silent_part
from cli.local.processes import Part, PartFailed, end, spawn
from cli.local.running import ENV_FILE, RUN_FILE, SUPERVISOR
from cli.local.stale import bearers, end_stale, kill_all
from cli.local.state import State, read_json, write_json
from cli.local.supervisor import Stopped, Supervisor

SERVERS_SECONDS = 60.0
# A busy or slow machine may need minutes to import everything a dozen times.
PARTS_SECONDS = 300.0
BUILD_SECONDS = 600.0
STALE_SECONDS = 15.0
# How long a start is silent before it names what it waits for.
NEWS_SECONDS = 5.0
MEMBER_PAGE = "/open?user=user_demo_hero&to=/experiences/exp_demo"
CREATOR_PAGE = "/open?user=user_demo_creator&to=/dashboard/biz_demo"


@click.command()
@click.option("--demo/--no-demo", default=True, help="Stream simulated Whop traffic.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Port of the web part (default: as last time, else 8000).",
)
def up(*, demo: bool, port: int | None) -> None:
    """Run the whole system with embedded servers until Ctrl-C."""
    values = settings.process_environment()
    home = settings.home_folder(values)
    with only_one(home):
        clear_left_overs(home)
        installation = plan(State(home), values, port)
        for note in installation.notes:
            say(note)
        settings.load({**values, **installation.environment})
        os.environ.update(without_foreign(values) | installation.environment)
        supervisor = Supervisor(home, os.getpid(), say)
        obey_signals(supervisor)
        try:
            start_everything(supervisor, installation, home, demo=demo)
            supervisor.watch()
        except Stopped:
            say("stopping")
        finally:
            supervisor.stop()
            with contextlib.suppress(OSError):
                (home / ENV_FILE).unlink(missing_ok=True)
    say("stopped; nothing is lost")


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Refuse a second `up` over the same data, and data that belong to another user."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if home.stat().st_uid != os.geteuid():
        raise PartFailed(f"{home} belongs to another user: run as that user or set LEGENDS_HOME")
    with (home / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PartFailed(already_running(home)) from None
        yield


def already_running(home: Path) -> str:
    """Where the other `up` is and how to stop it, for its terminal may be gone."""
    url = read_json(home / ENV_FILE).get("PUBLIC_URL", "another address")
    words = f"legends up is already running over {home}, at {url}"
    pid = read_json(home / RUN_FILE).get(SUPERVISOR, {}).get("pid")
    return f"{words}; `kill {pid}` stops it" if pid else words


def obey_signals(supervisor: Supervisor) -> None:
    """Stop in good order when asked. A terminal that hangs up only took its eyes away."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: supervisor.ask_to_stop())
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        # A handler, not SIG_IGN, which the parts would inherit.
        signal.signal(signal.SIGHUP, lambda *_: None)


def clear_left_overs(home: Path) -> None:
    """End parts of a run whose supervisor and guard were both killed."""
    parts = read_json(home / RUN_FILE)
    supervisor = parts.pop(SUPERVISOR, {})
    for part in parts.values():
        marks = (part["program"],)
        end_stale(part["pid"], marks, signal.Signals(part["stop_signal"]), STALE_SECONDS)
    if supervisor:
        kill_all(bearers(supervisor["mark"]))
    (home / RUN_FILE).unlink(missing_ok=True)


def start_everything(
    supervisor: Supervisor, installation: Installation, home: Path, *, demo: bool
) -> None:
    """Start all parts in the order they need each other, then print where they are.

    The pages are built meanwhile: that is mostly waiting for downloads.
    """
    build = spawn(build_part(installation))
    try:
        if installation.servers:
            say("starting the servers")
        for part in installation.servers:
            supervisor.start(part)
        must_answer(supervisor, SERVERS_SECONDS)
        write_json(home / ENV_FILE, shared_settings(installation))
        say("migrating the database")
        migrate(installation)
        say("starting the parts")
        start_parts(supervisor, installation)
        await_build(supervisor, build)
        must_answer(supervisor, PARTS_SECONDS)
    finally:
        end(build_part(installation), build)
    if demo and installation.twin:
        supervisor.start(own_part(installation, "demo", "--seconds", "0"))
    print_links(installation)


def shared_settings(installation: Installation) -> dict[str, str]:
    """What other commands beside this one need to reach the same servers."""
    named = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "PUBLIC_URL", "WHOP_API_URL")
    return {name: os.environ[name] for name in named if name in os.environ} | (
        installation.environment
    )


def start_parts(supervisor: Supervisor, installation: Installation) -> None:
    """Start our own programs; each waits by itself for what it needs."""
    live = "/health/live"
    if installation.twin:
        supervisor.start(own_part(installation, "twin", health=(live,)))
    supervisor.start(own_part(installation, "web", health=(live, "/health/ready")))
    supervisor.start(own_part(installation, "relay", health=(live,)))
    supervisor.start(own_part(installation, "flower", health=("/healthcheck",)))
    # A worker asked to leave finishes its batch first. The name stays the same over restarts.
    worker = silent_part(installation, "worker", "--name", "worker")
    supervisor.start(replace(worker, stop_seconds=60.0))
    supervisor.start(silent_part(installation, "beat"))
    supervisor.start(silent_part(installation, "poll"))


def must_answer(supervisor: Supervisor, seconds: float) -> None:
    """Wait for all parts started so far. Raise PartFailed with what the silent ones said last."""
    deadline = time.monotonic() + seconds
    while silent := supervisor.await_ready(min(NEWS_SECONDS, deadline - time.monotonic())):
        if time.monotonic() >= deadline:
            reasons = supervisor.await_answers(0)
            lines = [f"  {name}: {why}" for name, why in reasons.items()]
            raise PartFailed("\n".join([f"no answer within {seconds:g} s from:", *lines]))
        say(f"waiting for: {', '.join(silent)}")


def migrate(installation: Installation) -> None:
    """Bring the database to the newest migration, by the command an operator would type."""
    if installation.postgres is not None:
        installation.postgres.ensure_database()
    done = subprocess.run(
        python("-m", "cli.main", "db", "upgrade"),
        check=False,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    if done.returncode != 0:
        raise PartFailed(f"the migrations failed:\n{done.stdout}{done.stderr}")


def build_part(installation: Installation) -> Part:
    """The build of the pages, which runs beside the start of the servers."""
    return Part(
        name="ui-build",
        command=python("-m", "cli.ui_build"),
        log=installation.logs / "ui-build.log",
        env=for_downloads(),
    )


def await_build(supervisor: Supervisor, build: subprocess.Popen[bytes]) -> None:
    """Wait for the pages. Without them everything works but them, and the web part says why."""
    if build.poll() is None:
        say("building the pages (once; a minute or two on a slow machine)")
    supervisor.until(lambda: build.poll() is not None, BUILD_SECONDS)
    if build.poll() != 0:
        say("the pages could not be built; `legends doctor` says why")


def print_links(installation: Installation) -> None:
    """Print where everything is, and last the line that scripts wait for."""
    web = installation.url("web")
    links = {"API docs": f"{web}/api/docs"}
    if installation.twin:
        twin = installation.url("twin")
        pages = {"Member page": twin + MEMBER_PAGE, "Creator page": twin + CREATOR_PAGE}
        links = {**pages, "All demo members": f"{twin}/", **links}
    user, _, password = os.environ["FLOWER_AUTH"].partition(":")
    links["Flower"] = f"{installation.url('flower')}  (user {user}, password {password})"
    links["Logs"] = str(installation.logs)
    lines = [f"  {name:<16} {link}" for name, link in links.items()]
    tell("\n".join(["", *lines, "", f"ready {web}"]), sys.stdout)


def say(text: str) -> None:
    """Tell the operator one line."""
    tell(f"legends: {text}", sys.stderr)


def tell(text: str, stream: TextIO) -> None:
    """Write to a console that may be gone; what cannot be told is not told."""
    try:
        print(text, file=stream, flush=True)
    except (OSError, ValueError):
        silence(stream)


def silence(stream: TextIO) -> None:
    """Lead a stream that nobody reads to nowhere, or Python complains about it at the end."""
    with contextlib.suppress(OSError, ValueError), open(os.devnull, "w") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), stream.fileno())
