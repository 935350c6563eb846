"""`legends reconcile`: compare with Whop's own lists and fill what was never delivered."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

import click

from cli.words import counted
from game.rules.refusals import Refusal
from game.services.reconciling import engine, runs
from game.services.reconciling.runs import Run
from game.services.settlement.drain import drain
from game.services.verifying import verify as known
from models import clock
from models.session import WORKER, transaction

LOOKS_SECONDS = 0.5
DAY = "%Y-%m-%d"


@click.command(
    "reconcile", help="Ask Whop for payments, refunds, disputes; take in what is missing."
)
@click.option(
    "--since",
    required=True,
    type=click.DateTime([DAY, "%Y-%m-%dT%H:%M:%S"]),
    help="The first day, or moment (UTC), that is compared.",
)
@click.option("--company", metavar="biz_", help="Only this company.")
def reconcile(since: datetime, company: str | None) -> None:
    companies = known.companies()
    if company is not None and company not in companies:
        raise click.ClickException(f"There is no company {company}.")
    chosen = [company] if company is not None else companies
    ends = [_reconcile(one, since.replace(tzinfo=UTC)) for one in chosen]
    stopped = sum(run.state != "done" or run.failed > 0 for run in ends)
    if stopped:
        sys.exit(1)


def _reconcile(company_id: str, since: datetime) -> Run:
    """One company, in the foreground: it needs no worker, and goes well with some."""
    run = _begun(company_id, since)
    said = ""
    while run.is_open:
        now = clock.now()
        if not engine.step(now) and not drain(now).more:
            time.sleep(LOOKS_SECONDS)
        with transaction(WORKER) as tx:
            run = runs.read(tx, company_id, run.id)
        line = _line(run)
        if line != said:
            click.echo(line)
            said = line
    return run


def _begun(company_id: str, since: datetime) -> Run:
    """A new run, or the one that is under way: whoever began that may have been killed."""
    try:
        with transaction(WORKER) as tx:
            return runs.begin(tx, company_id, "reconcile", since, clock.now())
    except Refusal as refusal:
        if refusal.code == "whop_run_open":
            with transaction(WORKER) as tx:
                under_way = runs.newest(tx, company_id, "reconcile")
            if under_way is not None:
                click.echo(f"{company_id}  one is under way since {under_way.started_at}")
                return under_way
        raise click.ClickException(f"{company_id}: {refusal.message}") from refusal


def _line(run: Run) -> str:
    found = f"{counted(run.holes, 'hole')} in {counted(run.looked, 'object')}"
    words = {
        "asking": f"reading Whop's list of {run.part}s",
        "settling": "settling what was missing",
        "stopped": "Whop does not let us read it (is the permission granted?)",
        "done": f"{run.filled} filled, {counted(run.failed, 'dead letter')}",
    }
    why = f" (waiting: {run.problem})" if run.problem and run.is_open else ""
    return f"{run.company_id}  {found}  {words.get(run.state, run.state)}{why}"
