"""Sources of channels: what a numbered list offers so that browsers follow it without a gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from models.outgoing import Channel
from models.session import Transaction

Numbered = tuple[int, str]
"""An entry's number and its frame as JSON text."""


class Follower(NamedTuple):
    """A member who follows a channel of their company."""

    channel: Channel
    member_id: int


class Source(Protocol):
    """One kind of channel. Numbers count 1, 2, 3 … per channel, without holes, as committed."""

    def newest(self, tx: Transaction, followers: Sequence[Follower]) -> Mapping[Follower, int]:
        """The newest number (0 = none yet) for those who may follow now, in one statement.

        Who may not, or whose channel does not exist, is left out.
        """
        ...

    def between(
        self, tx: Transaction, channel: Channel, first: int, last: int, *, limit: int
    ) -> list[Numbered]:
        """The entries numbered above `first` and up to `last`, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a reader has a channel. `number` None = wants it from now on.

    `epoch` is the numbering that the number is from; empty = none, which fits every one.
    """

    channel: Channel
    number: int | None
    epoch: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What came after a cursor, oldest first, at most as many as were asked for.

    `last_id` is the channel's newest number at that moment. `is_complete`: whoever has everything
    up to the cursor and now takes this, and the stretches after it, misses nothing. It is False
    after a restored backup (another epoch, or a number that does not exist yet) and where entries
    in between are no longer kept.
    """

    entries: Sequence[Numbered]
    last_id: int
    epoch: str
    is_complete: bool

    @property
    def has_more(self) -> bool:
        """True where entries remain behind this stretch."""
        return bool(self.entries) and self.entries[-1][0] < self.last_id


def read_on(  # noqa: PLR0913 - of what, from where, to where, how many
    tx: Transaction, source: Source, cursor: Cursor, *, last_id: int, epoch: str, limit: int
) -> Stretch:
    """What the channel has behind the cursor, up to `last_id` in the numbering `epoch`."""
    start = last_id if cursor.number is None else cursor.number
    entries = (
        source.between(tx, cursor.channel, start, last_id, limit=limit) if start < last_id else []
    )
    follows = entries[0][0] == start + 1 if entries else start == last_id
    return Stretch(entries, last_id, epoch, follows and cursor.epoch in ("", epoch))
