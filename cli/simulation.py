"""`legends twin`, `legends demo`, `legends send`: the local Whop on the command line."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import settings
from simulator.bodies_today import moved_to
from simulator.cast import DEMO_COMPANY
from simulator.catalogue import Ids
from simulator.demo import Demo, Figures, Plan
from simulator.door import AppRefused
from simulator.sender import Sender
from simulator.server import create_twin, serve

LINE_SECONDS = 5.0
DEFAULT_MEMBERS, DEFAULT_RATE, DEFAULT_SECONDS = 12, 20.0, 30.0
GENTLE_RATE = 2.0
RATE = click.FloatRange(0, 100_000, min_open=True)
FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.command("twin", help="Serve a local Whop: its API, its keys and its iframe proxy.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8800,
    show_default=True,
    help="0 takes a free port.",
)
def twin(port: int) -> None:
    current = _local_settings()
    server = serve(create_twin(current), port)
    signal.signal(signal.SIGTERM, _leave)
    click.echo(f"local Whop on http://127.0.0.1:{server.port} in front of {current.public_url}")
    with suppress(KeyboardInterrupt):
        server.serve_forever()
    server.server_close()


@click.command("demo", help="Stream the life of a simulated company into the app.")
@click.option("--company", default=DEMO_COMPANY, show_default=True, help="Whop account, biz_…")
@click.option("--members", type=click.IntRange(1), default=DEFAULT_MEMBERS, show_default=True)
@click.option("--rate", type=RATE, default=None, help="Webhooks a second (20; endless: 2).")
@click.option(
    "--seconds",
    type=click.FloatRange(0),
    default=DEFAULT_SECONDS,
    show_default=True,
    help="0 = until stopped.",
)
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--lose",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="Share of payments, refunds and disputes whose webhook never comes.",
)
def demo(  # noqa: PLR0913, PLR0917 - one argument an option
    company: str, members: int, rate: float | None, seconds: float, seed: int, lose: float
) -> None:
    if not company.startswith("biz_"):
        raise click.UsageError("--company begins with biz_")
    pace = rate or (DEFAULT_RATE if seconds else GENTLE_RATE)
    plan = Plan(company, members, pace, seconds, seed, lose)
    run = Demo(_local_settings(needs_secret=True), plan, datetime.now(UTC))
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: run.interrupt())
    try:
        figures = _play(run)
    except AppRefused as refused:
        raise click.ClickException(str(refused)) from refused
    finally:
        run.close()
    _show(figures)
    sys.exit(0 if figures.is_clean or not seconds else 1)


@click.command("send", help="Sign webhook bodies and post them to the app's door.")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--type", "event", default=None, help="Send it as another event type.")
@click.option("--secret", default=None, help="Sign with this ws_… instead of the settings'.")
@click.option("--id", "webhook_id", default=None, help="Send it under this webhook id.")
@click.option("--as-is", is_flag=True, help="Keep the body's own id and dates, to the byte.")
def send(
    files: tuple[Path, ...],
    *,
    event: str | None,
    secret: str | None,
    webhook_id: str | None,
    as_is: bool,
) -> None:
    current = settings.current()
    if secret is None and not current.whop_webhook_secrets:
        raise click.UsageError("WHOP_WEBHOOK_SECRETS is not set; give --secret")
    url = f"{current.public_url}/webhooks/whop"
    all_taken = True
    now = None if as_is else datetime.now(UTC)
    with Sender(url, secret or current.whop_webhook_secrets[0], threads=0) as sender:
        for file in files:
            used_id, raw = prepare(file.read_bytes(), event, webhook_id, now)
            attempt = sender.post(used_id, raw)
            click.echo(f"{file}: {attempt.status or 'no answer'} {attempt.answer.strip()}")
            all_taken = all_taken and attempt.succeeded
    sys.exit(0 if all_taken else 1)


def prepare(
    raw: bytes, event: str | None, webhook_id: str | None, now: datetime | None = None
) -> tuple[str, bytes]:
    """The id to sign with and the bytes to send.

    With `now` the body is told anew: under a fresh id, its dates moved so that it is sent now.
    Without, it is untouched unless another id or type is asked. What is no JSON object goes out as
    it is, under a fresh id, so that a refusal can be seen.
    """
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return webhook_id or Ids(SystemRandom()).message(), raw
    if now is not None:
        webhook_id = webhook_id or Ids(SystemRandom()).message()
        body = moved_to(now, body)
    changes = {"id": webhook_id, "type": event}
    changed = {name: value for name, value in changes.items() if value}
    if changed:
        raw = json.dumps({**body, **changed}, ensure_ascii=False).encode()
    return webhook_id or str(body.get("id") or Ids(SystemRandom()).message()), raw


def _local_settings(*, needs_secret: bool = False) -> settings.Settings:
    """The settings, if they are those of a local installation: a twin has no business elsewhere."""
    current = settings.current()
    if not current.is_local:
        raise click.UsageError("the simulated Whop runs in development and test only")
    if needs_secret and not current.whop_webhook_secrets:
        raise click.UsageError("WHOP_WEBHOOK_SECRETS is not set (`legends up` sets it)")
    return current


def _leave(*_: object) -> None:
    raise KeyboardInterrupt


def _play(run: Demo) -> Figures:
    """Arrive, stream, settle."""
    console = Console()
    run.people_arrive(console.print)
    before = run.settled_rows(LINE_SECONDS)
    if console.is_terminal:
        _stream_with_bar(run, console)
    else:
        run.stream(_line_printer(console))
    return run.settle(before)


def _stream_with_bar(run: Demo, console: Console) -> None:
    total = int(run.plan.rate * run.plan.seconds) or None
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("webhooks", total=total)
        run.stream(lambda sender: bar.update(task, completed=sender.outcomes["sent"]))


def _line_printer(console: Console) -> Callable[[Sender], None]:
    """A line every few seconds: logs and pipes have no use for a bar."""
    said = time.monotonic()

    def report(sender: Sender) -> None:
        nonlocal said
        if time.monotonic() - said >= LINE_SECONDS:
            said = time.monotonic()
            counts = sender.outcomes
            console.print(
                f"sent {counts['sent']}  accepted {counts['accepted']}  "
                f"duplicate {counts['duplicate']}  failed attempts {counts['failed_attempts']}"
            )

    return report


def _show(figures: Figures) -> None:
    table = Table(title="demo")
    for name in ("sent", "accepted", "duplicate", "refused", "settled", "quests claimed"):
        table.add_column(name, justify="right")
    settled = "not told" if figures.settled is None else str(figures.settled)
    row = (figures.sent, figures.accepted, figures.duplicate, figures.refused)
    table.add_row(*map(str, row), settled, str(figures.claimed))
    others = (figures.settled or 0) - figures.accepted
    if others > 0:
        table.caption = f"{others} of the settled came from elsewhere meanwhile"
    Console().print(table)
