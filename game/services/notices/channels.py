"""Channels: numbered lists that browsers follow, and their names on the wire and in Redis."""

from __future__ import annotations

from models.outgoing import Channel

OWN = "member"
"""The kind of a member's own channel: the notices. Its frames carry no name."""


def of_member(company_id: str, member_id: int) -> Channel:
    """The channel of one member's notices."""
    return Channel(company_id, OWN, member_id)


def name(channel: Channel) -> str:
    """What frames and cursors call it within its company; empty for a member's own."""
    return "" if channel.kind == OWN else f"{channel.kind}:{channel.key}"


def in_redis(channel: Channel) -> str:
    """The Redis channel that carries its frames to the relays."""
    return f"wl:n:{channel.company_id}:{channel.kind}:{channel.key}"


def presence_key(redis_channel: str) -> str:
    """Where the processes keep how many connections follow a Redis channel."""
    return f"wl:online:{redis_channel.removeprefix('wl:')}"


def name_in_redis(redis_channel: str) -> str:
    """What browsers call the list that a Redis channel carries; empty for a company's."""
    if not redis_channel.startswith("wl:n:"):
        return ""
    kind, key = redis_channel.rsplit(":", 2)[1:]
    return f"{kind}:{key}"


def of_company(company_id: str) -> str:
    """The Redis channel that carries frames without a number to everybody of one company."""
    return f"wl:c:{company_id}"
