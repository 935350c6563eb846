"""`legends token`: a bearer token for trying the API by hand. Development and test only."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import click

import settings
from game.services.members.joining import ensure_company, ensure_members
from game.services.members.sessions import Session, issue
from models.session import MEMBER, transaction


class WhopId(click.ParamType[str]):
    """An id as Whop gives it: what it makes stays for good, so a slip must not make anything."""

    name = "id"

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if not text.startswith(self.prefix) or text == self.prefix:
            self.fail(f"{text!r} is no id that begins with {self.prefix}", param, ctx)
        return text


@click.command()
@click.option(
    "--company", type=WhopId("biz_"), required=True, help="Company id (biz_…), made if it is new."
)
@click.option(
    "--user",
    type=WhopId("user_"),
    required=True,
    help="Whop user id (user_…), made a member if new.",
)
@click.option(
    "--role",
    type=click.Choice(["member", "moderator", "creator", "admin"]),
    default="member",
    show_default=True,
)
def token(company: str, user: str, role: str) -> None:
    """Print an app session for a user of a company as the last word of the output."""
    current = settings.current()
    if not current.is_local:
        raise click.ClickException(f"not in {current.env}: sign in through Whop")
    session = open_session(company, user, role, datetime.now(UTC))
    issued = issue(session)
    if sys.stdout.isatty():
        click.echo(f"{user} in {company} as {role}, until {issued.expires_at:%H:%M:%S} UTC:")
    click.echo(issued.token)


def open_session(company_id: str, user_id: str, role: str, now: datetime) -> Session:
    """Make company and member where missing, give the member the role, and name the session."""
    company_role = "member" if role == "admin" else role
    with transaction(MEMBER, company_id) as tx:
        ensure_company(tx, company_id, now)
        member_id = ensure_members(tx, company_id, {user_id: ""}, now)[user_id]
        tx.run(
            "UPDATE member SET role = %s WHERE company_id = %s AND id = %s AND role <> %s",
            (company_role, company_id, member_id, company_role),
        )
    return Session(company_id, member_id, user_id, role, company_role, now)
