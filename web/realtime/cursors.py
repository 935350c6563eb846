"""What a client has of each channel it wants to follow, as its address says."""

from __future__ import annotations

from collections.abc import Iterable

from game.services.members.tickets import Grant
from game.services.notices import channels
from game.services.notices.channel_sources import Cursor
from models.outgoing import Channel

MOST_FURTHER = 4
"""Channels one connection may follow beside the member's own."""
LARGEST_NUMBER_DIGITS = 18
LONGEST_KIND = 20


def asked(grant: Grant, after: str, further: Iterable[str], epoch: str) -> tuple[Cursor, ...]:
    """The member's own channel first, then the others, each once. Nonsense asks for nothing."""
    own = Cursor(channels.of_member(grant.company_id, grant.member_id), number(after), epoch)
    found = {own.channel: own}
    for text in further:
        cursor = _read(grant.company_id, text, epoch)
        if cursor is not None and len(found) <= MOST_FURTHER:
            found.setdefault(cursor.channel, cursor)
    return tuple(found.values())


def number(text: str) -> int | None:
    """The number a client already has; None for nothing or nonsense."""
    if text.isascii() and text.isdigit() and len(text) <= LARGEST_NUMBER_DIGITS:
        return int(text)
    return None


def _read(company_id: str, text: str, epoch: str) -> Cursor | None:
    """`guild:7:12` or `guild:7`; None for anything else."""
    kind, _, rest = text.partition(":")
    key, _, has = rest.partition(":")
    is_word = kind.isascii() and kind.isalpha() and len(kind) <= LONGEST_KIND
    whose = number(key)
    if not is_word or whose is None:
        return None
    return Cursor(Channel(company_id, kind, whose), number(has), epoch)
