"""Memory in which the processes of one part keep their figures side by side.

It is anonymous: made before the part forks, inherited by its processes, gone with the last of them.
No file stands behind it, so a full disk cannot strike a process that writes to it, no reader meets
a broken file, and a start finds nothing to clear away (`docs/decisions/0032`).

Nothing but the standard library is imported here, for gunicorn's parent loads it before its
workers have patched anything.
"""

from __future__ import annotations

import logging
import mmap
import struct
from collections.abc import Iterator

SLOT_BYTES = 1 << 20
"""Room for some six thousand series; pages nobody has written to cost nothing."""
SLOTS = 64
HEAD = struct.Struct("<iI")
"""Whose slot it is (0 = nobody's, -1 = promised to a process about to be forked), bytes in use."""
LENGTH = struct.Struct("<I")
FIGURE = struct.Struct("<d")
PROMISED = -1

log = logging.getLogger(__name__)


class Slot:
    """One process's part of the memory: (name, figure) behind each other, only ever appended."""

    def __init__(self, data: mmap.mmap, number: int) -> None:
        self._data = data
        self._start = number * SLOT_BYTES
        self._is_full = False
        self.places = {name: place for name, _, place in self._walk()}
        """Where the figure of each name stands."""

    @property
    def owner(self) -> int:
        """The process it belongs to; 0 when that one is gone, and its counts stay."""
        return int(HEAD.unpack_from(self._data, self._start)[0])

    @owner.setter
    def owner(self, pid: int) -> None:
        self._set_head(pid, self._used)

    def place(self, name: str) -> int | None:
        """Where the figure of this name stands, made if it is new; None when all room is taken."""
        if name in self.places:
            return self.places[name]
        encoded = name.encode()
        used = self._used
        size = LENGTH.size + len(encoded) + FIGURE.size
        if HEAD.size + used + size > SLOT_BYTES:
            if not self._is_full:
                log.warning("figures_slot_full")
            self._is_full = True
            return None
        begin = self._start + HEAD.size + used
        self._data[begin : begin + size] = LENGTH.pack(len(encoded)) + encoded + FIGURE.pack(0.0)
        self._set_head(self.owner, used + size)  # last, so that nobody reads half an entry
        self.places[name] = begin + size - FIGURE.size
        return self.places[name]

    def read(self, place: int) -> float:
        """The figure at a place."""
        return float(FIGURE.unpack_from(self._data, place)[0])

    def write(self, place: int, figure: float) -> None:
        """Set the figure at a place. By slice: `pack_into` shows a zero for a moment."""
        self._data[place : place + FIGURE.size] = FIGURE.pack(figure)

    def figures(self) -> Iterator[tuple[str, float]]:
        """Every name with its figure."""
        for name, figure, _ in self._walk():
            yield name, figure

    @property
    def _used(self) -> int:
        return int(HEAD.unpack_from(self._data, self._start)[1])

    def _set_head(self, owner: int, used: int) -> None:
        self._data[self._start : self._start + HEAD.size] = HEAD.pack(owner, used)

    def _walk(self) -> Iterator[tuple[str, float, int]]:
        at = self._start + HEAD.size
        end = at + self._used
        while at < end:
            (length,) = LENGTH.unpack_from(self._data, at)
            place = at + LENGTH.size + length
            name = self._data[at + LENGTH.size : place].decode()
            yield name, self.read(place), place
            at = place + FIGURE.size


class SharedMemory:
    """The slots of a part. Claimed and freed by the parent alone, so nobody needs a lock."""

    def __init__(self, slots: int = SLOTS) -> None:
        self._data = mmap.mmap(-1, slots * SLOT_BYTES)
        self._slots = slots

    def slot(self, number: int) -> Slot | None:
        """The slot of this number; None beyond the last."""
        return Slot(self._data, number) if number < self._slots else None

    def claim(self) -> int:
        """Promise the first free slot to a process about to be forked.

        It goes on with the counts of its predecessor, so sums never fall and nothing piles up. A
        number beyond the last slot = there is none, and that process's figures are its own.
        """
        for number in range(self._slots):
            slot = Slot(self._data, number)
            if slot.owner == 0:
                slot.owner = PROMISED
                return number
        return self._slots

    def free(self, number: int) -> None:
        """The process of this slot is gone."""
        if number < self._slots:
            Slot(self._data, number).owner = 0

    def filled(self) -> Iterator[Slot]:
        """Every slot that holds figures, also of those who are gone."""
        for number in range(self._slots):
            if HEAD.unpack_from(self._data, number * SLOT_BYTES)[1]:
                yield Slot(self._data, number)
