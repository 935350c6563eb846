"""Room for connections: taken before anything is waited for, so no crowd can slip past it."""

from __future__ import annotations

from collections import Counter

from models.outgoing import Channel

MOST_OF_MEMBER = 5


class Places:
    """How many connections this process still takes, in all and of each member."""

    def __init__(self, room: int) -> None:
        self._left = room
        self._of_member: Counter[Channel] = Counter()

    def take(self) -> Place | None:
        """A place for somebody yet unknown; None = there is none."""
        if self._left <= 0:
            return None
        self._left -= 1
        return Place(self)

    def _give_to(self, member: Channel) -> bool:
        if self._of_member[member] >= MOST_OF_MEMBER:
            return False
        self._of_member[member] += 1
        return True

    def _return(self, member: Channel | None) -> None:
        self._left += 1
        if member is not None:
            self._of_member[member] -= 1
            if not self._of_member[member]:
                del self._of_member[member]


class Place:
    """One connection's place. Whoever took it gives it back; twice is harmless."""

    __slots__ = ("_member", "_places")

    def __init__(self, places: Places) -> None:
        self._places: Places | None = places
        self._member: Channel | None = None

    def belongs_to(self, member: Channel) -> bool:
        """Count it among the member's, named by their channel; False where they have enough."""
        if self._places is None or not self._places._give_to(member):  # noqa: SLF001 - its own
            return False
        self._member = member
        return True

    def leave(self) -> None:
        """Give the place back."""
        places, self._places = self._places, None
        if places is not None:
            places._return(self._member)  # noqa: SLF001 - its own
