"""`legends verify`: prove the books, or name each place where they are wrong."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime

import click

from cli.words import counted
from game.services.verifying import verify as service


@click.command("verify", help="Recompute the books from facts and ledgers; exit 1 if any differs.")
@click.option("--company", metavar="biz_", help="Only this company.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def verify(company: str | None, *, as_json: bool) -> None:
    known = service.companies()
    if company is not None and company not in known:
        raise click.ClickException(f"There is no company {company}.")
    chosen = [company] if company is not None else known
    count = 0
    for difference in service.verify(chosen, datetime.now(UTC)):
        count += 1
        click.echo(json.dumps(asdict(difference)) if as_json else str(difference))
    summary = f"{counted(len(chosen), 'company', 'companies')}, {counted(count, 'difference')}"
    click.echo(json.dumps({"companies": len(chosen), "differences": count}) if as_json else summary)
    if count:
        sys.exit(1)
