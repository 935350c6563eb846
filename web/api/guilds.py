"""Guilds: found, joined, led; their members, requests, channel and quests."""

from __future__ import annotations

from typing import Any

from flask import g

from game.services.guilds import chat, membership, reads, requests
from game.services.guilds.chat import Shown
from game.services.guilds.held import Actor
from game.services.guilds.membership import Shape
from game.services.guilds.quests import GuildQuestView, read_quests
from game.services.guilds.reads import GuildMemberView, GuildView, RequestView
from models import clock
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.api.guild_schemas import (
    EntriesQuery,
    EntriesSchema,
    EntrySchema,
    GuildEditSchema,
    GuildMemberQuery,
    GuildMemberSchema,
    GuildQuery,
    GuildQuestQuery,
    GuildQuestSchema,
    GuildRequestQuery,
    GuildRequestSchema,
    GuildSchema,
    InviteSchema,
    NewGuildSchema,
    NewMessageSchema,
    ReportSchema,
    RoleSchema,
)
from web.api.paging import show
from web.api.shapes import NothingSchema
from web.auth import require
from web.rate_limits import limiter

guilds = ApiBlueprint(
    "guilds", __name__, url_prefix="/api/v1/guilds", description="Guilds and what is said in them."
)
NUMBER = "int(max=9223372036854775807)"
GUILD = f"/<{NUMBER}:guild_id>"
MEMBER_OF = f"{GUILD}/members/<{NUMBER}:user>"
MESSAGE = f"{GUILD}/messages/<{NUMBER}:number>"
FOUNDINGS = "10 per hour"
CHANGES = "60 per minute"
MESSAGES = "10 per 10 seconds; 60 per minute"
MODERATORS = ("moderator", "creator")


@guilds.get("")
@require("member")
@guilds.arguments(GuildQuery, location="query")
@guilds.response(200, GuildSchema(many=True))
def list_guilds(query: dict[str, Any]) -> list[GuildView]:
    """The guilds of your company, the largest first."""
    actor = _actor()
    with transaction(MEMBER, actor.company_id) as tx:
        return show(reads.read_guilds(tx, actor, clock.now(), **query), query["limit"])


@guilds.post("")
@require("member")
@refuses("guild_name_taken", "already_in_guild", "rate_limited")
@limiter.limit(FOUNDINGS)
@guilds.arguments(NewGuildSchema)
@guilds.response(200, GuildSchema)
def found(body: dict[str, Any]) -> GuildView:
    """Found a guild and lead it."""
    return _shown(membership.create(_actor(), Shape(**body), clock.now()))


@guilds.get(GUILD)
@require("member")
@refuses("not_found")
@guilds.response(200, GuildSchema)
def one_guild(guild_id: int) -> GuildView:
    """One guild of your company."""
    return _shown(guild_id)


@guilds.patch(GUILD)
@require("member")
@refuses("not_found", "guild_forbidden", "guild_name_taken", "rate_limited")
@limiter.limit(CHANGES)
@guilds.arguments(GuildEditSchema)
@guilds.response(200, GuildSchema)
def edit(body: dict[str, Any], guild_id: int) -> GuildView:
    """Change name, words or access: the leader, or the company's moderators."""
    membership.edit(_actor(), guild_id, Shape(**body), clock.now())
    return _shown(guild_id)


@guilds.delete(GUILD)
@require("member")
@refuses("not_found", "guild_forbidden")
@guilds.response(200, NothingSchema)
def disband(guild_id: int) -> dict[str, Any]:
    """End a guild: the leader, or the company's moderators. Nobody is in it any more."""
    membership.disband(_actor(), guild_id, clock.now())
    return {}


@guilds.get(f"{GUILD}/members")
@require("member")
@refuses("not_found")
@guilds.arguments(GuildMemberQuery, location="query")
@guilds.response(200, GuildMemberSchema(many=True))
def members(query: dict[str, Any], guild_id: int) -> list[GuildMemberView]:
    """Who is in it: the leader, officers, members, each by how long."""
    actor = _actor()
    with transaction(MEMBER, actor.company_id) as tx:
        page = reads.read_members(tx, actor, guild_id, clock.now(), **query)
    return show(page, query["limit"])


@guilds.post(f"{GUILD}/members")
@require("member")
@refuses("not_found", "guild_access", "guild_full", "already_in_guild", "rate_limited")
@limiter.limit(CHANGES)
@guilds.arguments(NothingSchema)
@guilds.response(200, GuildSchema)
def join(body: dict[str, Any], guild_id: int) -> GuildView:  # noqa: ARG001 - empty by its schema
    """Join an open guild, or one that invited you. Twice is once."""
    membership.join(_actor(), guild_id, clock.now())
    return _shown(guild_id)


@guilds.patch(MEMBER_OF)
@require("member")
@refuses("not_found", "guild_forbidden", "guild_needs_leader", "rate_limited")
@limiter.limit(CHANGES)
@guilds.arguments(RoleSchema)
@guilds.response(200, GuildSchema)
def give_role(body: dict[str, Any], guild_id: int, user: int) -> GuildView:
    """Make somebody officer or member, or hand the lead over; who led is an officer then."""
    membership.give_role(_actor(), guild_id, user, body["role"], clock.now())
    return _shown(guild_id)


@guilds.delete(MEMBER_OF)
@require("member")
@refuses("not_found", "guild_forbidden", "rate_limited")
@limiter.limit(CHANGES)
@guilds.response(200, NothingSchema)
def remove(guild_id: int, user: int) -> dict[str, Any]:
    """Leave (yourself), or show somebody out. Who leads hands over; the last one out disbands."""
    membership.remove(_actor(), guild_id, user, clock.now())
    return {}


@guilds.get(f"{GUILD}/requests")
@require("member")
@refuses("not_found", "guild_forbidden")
@guilds.arguments(GuildRequestQuery, location="query")
@guilds.response(200, GuildRequestSchema(many=True))
def open_requests(query: dict[str, Any], guild_id: int) -> list[RequestView]:
    """Who asked to be let in, and who was invited: for leader, officers and moderators."""
    actor = _actor()
    with transaction(MEMBER, actor.company_id) as tx:
        page = reads.read_requests(tx, actor, guild_id, clock.now(), **query)
    return show(page, query["limit"])


@guilds.post(f"{GUILD}/requests")
@require("member")
@refuses("not_found", "guild_access", "already_in_guild", "guild_requests_full", "rate_limited")
@limiter.limit(CHANGES)
@guilds.arguments(NothingSchema)
@guilds.response(200, GuildSchema)
def ask(body: dict[str, Any], guild_id: int) -> GuildView:  # noqa: ARG001 - empty by its schema
    """Ask to be let in. Twice is once."""
    requests.ask(_actor(), guild_id, clock.now())
    return _shown(guild_id)


@guilds.post(f"{GUILD}/requests/<{NUMBER}:user>/accept")
@require("member")
@refuses(
    "not_found", "guild_forbidden", "guild_no_request", "guild_full", "already_in_guild",
    "rate_limited",
)  # fmt: skip
@limiter.limit(CHANGES)
@guilds.arguments(NothingSchema)
@guilds.response(200, GuildSchema)
def accept(body: dict[str, Any], guild_id: int, user: int) -> GuildView:  # noqa: ARG001
    """Let in who asked."""
    requests.accept(_actor(), guild_id, user, clock.now())
    return _shown(guild_id)


@guilds.post(f"{GUILD}/requests/<{NUMBER}:user>/decline")
@require("member")
@refuses("not_found", "guild_forbidden", "rate_limited")
@limiter.limit(CHANGES)
@guilds.arguments(NothingSchema)
@guilds.response(200, GuildSchema)
def decline(body: dict[str, Any], guild_id: int, user: int) -> GuildView:  # noqa: ARG001
    """Say no to who asked, or take an invitation back.

    For yourself: say no to an invitation, or take back what you asked.
    """
    requests.decline(_actor(), guild_id, user, clock.now())
    return _shown(guild_id)


@guilds.post(f"{GUILD}/invites")
@require("member")
@refuses(
    "not_found", "guild_forbidden", "already_in_guild", "guild_full", "guild_requests_full",
    "rate_limited",
)  # fmt: skip
@limiter.limit(CHANGES)
@guilds.arguments(InviteSchema)
@guilds.response(200, GuildSchema)
def invite(body: dict[str, Any], guild_id: int) -> GuildView:
    """Invite a member of your company by user name; who asked already is let in at once."""
    requests.invite(_actor(), guild_id, body["username"], clock.now())
    return _shown(guild_id)


@guilds.get(f"{GUILD}/messages")
@require("member")
@refuses("not_found", "guild_forbidden")
@guilds.arguments(EntriesQuery, location="query")
@guilds.response(200, EntriesSchema)
def messages(query: dict[str, Any], guild_id: int) -> dict[str, Any]:
    """The guild's channel: the newest entries, those `before` a number, or those `after` one.

    Live they come over the channel `guild:<id>`, with the same numbers.
    """
    actor = _actor()
    with transaction(MEMBER, actor.company_id) as tx:
        stretch = chat.read(tx, actor, guild_id, **query)
    edge = -1 if query["after"] is not None else 0
    goes_on = str(stretch.entries[edge].entry.number) if stretch.has_more else None
    g.page = {"next": goes_on, "has_next": stretch.has_more, "limit": query["limit"]}
    return {"entries": stretch.entries, "last_number": stretch.last_number}


@guilds.post(f"{GUILD}/messages")
@require("member")
@refuses("not_found", "guild_forbidden", "rate_limited")
@limiter.limit(MESSAGES)
@guilds.arguments(NewMessageSchema)
@guilds.response(200, EntrySchema)
def write(body: dict[str, Any], guild_id: int) -> Shown:
    """Say something in your guild. Sent again under the same key it is the same message."""
    entry = chat.write(_actor(), guild_id, body["text"], body["key"], clock.now())
    return Shown(entry, reports=0, may_delete=True)


@guilds.delete(MESSAGE)
@require("member")
@refuses("not_found", "guild_forbidden", "rate_limited")
@limiter.limit(CHANGES)
@guilds.response(200, NothingSchema)
def delete_message(guild_id: int, number: int) -> dict[str, Any]:
    """Take a message down: your own, or any as leader, officer or moderator."""
    chat.delete(_actor(), guild_id, number, clock.now())
    return {}


@guilds.post(f"{MESSAGE}/report")
@require("member")
@refuses("not_found", "guild_forbidden", "rate_limited")
@limiter.limit(CHANGES)
@guilds.arguments(ReportSchema)
@guilds.response(200, NothingSchema)
def report(body: dict[str, Any], guild_id: int, number: int) -> dict[str, Any]:
    """Ask leader, officers and moderators to look at a message. Once a member."""
    chat.report(_actor(), guild_id, number, body["reason"], clock.now())
    return {}


@guilds.get(f"{GUILD}/quests")
@require("member")
@refuses("not_found")
@guilds.arguments(GuildQuestQuery, location="query")
@guilds.response(200, GuildQuestSchema(many=True))
def quests(query: dict[str, Any], guild_id: int) -> list[GuildQuestView]:
    """What the guild does together, the newest week first."""
    actor, now = _actor(), clock.now()
    with transaction(MEMBER, actor.company_id) as tx:
        reads.read_guild(tx, actor, guild_id, now)
        page = read_quests(tx, actor, guild_id, now, **query)
    return show(page, query["limit"])


def _actor() -> Actor:
    caller = g.caller
    return Actor(caller.company_id, caller.member_id, caller.company_role in MODERATORS)


def _shown(guild_id: int) -> GuildView:
    actor = _actor()
    with transaction(MEMBER, actor.company_id) as tx:
        return reads.read_guild(tx, actor, guild_id, clock.now())
