"""`legends rebuild`: boards made anew from the ledgers, while readers go on."""

from __future__ import annotations

import click

from cli.words import counted
from game.services.boards import building
from game.services.verifying.verify import companies


@click.group("rebuild", help="Make what is computed anew from the ledgers; readers go on.")
def rebuild() -> None:
    pass


@rebuild.command("boards", help="Count all scores from the ledgers and build the boards.")
@click.option("--company", metavar="biz_", help="Only this company.")
def boards(company: str | None) -> None:
    known = companies()
    if company is not None and company not in known:
        raise click.ClickException(f"There is no company {company}.")
    chosen = [company] if company is not None else known
    for each in chosen:
        click.echo(f"{each} …", nl=False)
        steps = sum(1 for _ in building.rebuild_all(each))
        click.echo(f" {counted(steps, 'step')}")
    click.echo(f"{counted(len(chosen), 'company', 'companies')} built")
