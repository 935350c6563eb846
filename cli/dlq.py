"""`legends dlq`: the dead letters on the terminal: look, send through again, drop."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.words import counted
from game.services.inbox import dead_letters
from game.services.inbox.dead_letters import Filter, Letter
from game.services.settlement.rehearsal import rehearse

LONGEST_ERROR = 140
AGES = {"m": "minutes", "h": "hours", "d": "days"}


class Age(click.ParamType[datetime]):
    """A stretch of time back from now (`30m`, `12h`, `7d`), or a moment in ISO 8601."""

    name = "age|time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        text = str(value)
        if text[:-1].isdigit() and text[-1] in AGES:
            return datetime.now(UTC) - timedelta(**{AGES[text[-1]]: int(text[:-1])})
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"{text!r} is neither like 30m, 12h, 7d nor an ISO time", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def filters(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which dead letters are meant."""
    for option in (
        click.option("--until", type=Age(), help="Died before this."),
        click.option("--since", type=Age(), help="Died at or after this."),
        click.option("--group", default="", help="Error group, as the list shows it."),
        click.option("--company", default="", help="Company id (biz_…)."),
        click.option("--type", "kind", default="", help="Event type, as payment.succeeded."),
    ):
        command = option(command)
    return command


@click.group("dlq", help="Dead letters: deliveries that could not be settled.")
def dlq() -> None:
    pass


@dlq.command("list", help="Show dead letters, newest first.")
@filters
@click.option(
    "--state", type=click.Choice(["open", "replayed", "discarded", "all"]), default="open"
)
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_command(state: str, limit: int, *, as_json: bool, **named: Any) -> None:
    wanted = wanted_letters("" if state == "all" else state, **named)
    letters = [found for found, _ in zip(dead_letters.find_all(wanted), range(limit), strict=False)]
    if as_json:
        for letter in letters:
            click.echo(to_json(asdict(letter)))
        return
    console = Console(soft_wrap=True)
    console.print(counted(len(letters), "dead letter"))
    for letter in letters:
        console.print(in_lines(letter))


@dlq.command("show", help="One dead letter, with its body; personal data is hidden.")
@click.argument("letter_id", type=int)
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
def show_command(letter_id: int, *, as_json: bool) -> None:
    try:
        shown = dead_letters.show(letter_id)
    except dead_letters.NoSuchDeadLetter as missing:
        raise click.ClickException(str(missing)) from missing
    if as_json:
        click.echo(to_json(asdict(shown)))
        return
    facts = Table.grid(padding=(0, 2))
    for name, value in {"webhook": shown.webhook_id, **asdict(shown.letter)}.items():
        facts.add_row(Text(name, style="bold"), Text(str(value)))
    console = Console()
    console.print(facts)
    console.print(Text(shown.body or f"({shown.no_body})"))


@dlq.command("try", help="Settle one dead letter, show what would change, and undo it.")
@click.argument("letter_id", type=int)
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
def try_command(letter_id: int, *, as_json: bool) -> None:
    try:
        tried = rehearse(letter_id, datetime.now(UTC))
    except dead_letters.NoSuchDeadLetter as missing:
        raise click.ClickException(str(missing)) from missing
    if as_json:
        click.echo(to_json(asdict(tried)))
        return
    console = Console()
    console.print(Text(f"It would be {tried.outcome}. {tried.error}".strip()))
    table = Table("member", "figure", "before", "after")
    for change in tried.changes:
        name = change.username or str(change.member_id)
        table.add_row(Text(name), change.figure, str(change.before), str(change.after))
    if tried.changes:
        console.print(table)
    console.print(Text("Nothing was kept."))


@dlq.command("replay", help="Send dead letters through again, with fresh attempts.")
@click.argument("letter_ids", type=int, nargs=-1)
@filters
@click.option("--all", "everything", is_flag=True, help="All open letters that the filters leave.")
@click.option("--note", default="", help="Why, for the audit.")
def replay_command(
    letter_ids: tuple[int, ...], note: str, *, everything: bool, **named: Any
) -> None:
    ids = chosen(letter_ids, everything=everything, **named)
    left = left_alone(ids)
    count = dead_letters.replay(ids, operator(), datetime.now(UTC), note=note)
    report(f"{count} of {len(ids)} sent through again.", left, is_in_vain=bool(ids) and not count)


@dlq.command("discard", help="Drop dead letters for good.")
@click.argument("letter_ids", type=int, nargs=-1)
@filters
@click.option("--all", "everything", is_flag=True, help="All open letters that the filters leave.")
@click.option("--reason", required=True, help="Why, for the audit.")
def discard_command(
    letter_ids: tuple[int, ...], reason: str, *, everything: bool, **named: Any
) -> None:
    ids = chosen(letter_ids, everything=everything, **named)
    left = left_alone(ids)
    try:
        count = dead_letters.discard(ids, operator(), reason, datetime.now(UTC))
    except dead_letters.ReasonMissing as missing:
        raise click.UsageError("--reason must say something") from missing
    report(f"{count} of {len(ids)} dropped.", left, is_in_vain=bool(ids) and not count)


def left_alone(ids: Sequence[int]) -> list[str]:
    """A line for each of these letters that cannot be closed, with the reason."""
    known = dead_letters.states(ids)
    reasons = {number: known.get(number, "") for number in ids if known.get(number) != "open"}
    return [
        f"{number}: {f'already {state}' if state else 'not found'}"
        for number, state in reasons.items()
    ]


def report(summary: str, left: Sequence[str], *, is_in_vain: bool) -> None:
    """Print what was done and what was not; exit 1 if nothing was."""
    for line in (*left, summary):
        click.echo(line)
    if is_in_vain:
        sys.exit(1)


def chosen(letter_ids: Sequence[int], *, everything: bool, **named: Any) -> list[int]:
    """The letters named by number, or with --all those the filters leave; never both or none."""
    if bool(letter_ids) == everything:
        raise click.UsageError("name letters by number, or use --all with filters")
    if letter_ids:
        return list(dict.fromkeys(letter_ids))
    return [letter.id for letter in dead_letters.find_all(wanted_letters("open", **named))]


def wanted_letters(state: str, **named: Any) -> Filter:
    """The filter that the command's options describe."""
    return Filter(
        state=state,
        type=named["kind"],
        company_id=named["company"],
        error_group=named["group"],
        since=named["since"],
        until=named["until"],
    )


def in_lines(letter: Letter) -> Text:
    """One letter as lines that fit a narrow terminal; the group stands whole, to be copied.

    Texts from outside are never read as markup.
    """
    died = f"{letter.died_at:%Y-%m-%d %H:%M}"
    tries = counted(letter.attempts, "try", "tries")
    head = f"{died}  {letter.company_id or '-'}  {letter.type}  {tries}  {letter.state}"
    error = " ".join(letter.error.split())[:LONGEST_ERROR]
    return Text(f"{letter.id:>6}  {head}\n        group {letter.error_group}\n        {error}")


def to_json(value: dict[str, Any]) -> str:
    """One line of JSON; times in ISO 8601."""
    return json.dumps(value, default=lambda moment: moment.isoformat())


def operator() -> str:
    """Who sits at the terminal, for the audit."""
    return f"cli:{getpass.getuser()}"
