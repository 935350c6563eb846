"""Proofs of closed boards: one hash of all places, and windows chained by their hashes.

Every place is hashed with a random salt, the hashes are paired up to one root (a Merkle tree), and
the root stands in the window's record together with the hash of the window before. So a member can
show their own place, and that nobody changed it since, without anybody else's figures. All of it
can be done by hand with any SHA-256 program (`docs/proofs.md`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

Side = Literal["left", "right"]
FIRST = "0" * 64
"""What stands for the window before where there is none, and for the root of an empty board."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step from a place to the root: the neighbour's hash and the side it is joined on."""

    side: Side
    hash: str


def canonical(value: Mapping[str, object]) -> str:
    """Write a record in the one way that is hashed: keys sorted, no spaces, plain ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def moment(at: datetime | None) -> str:
    """Write a moment in UTC with microseconds; nothing for None."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if at is not None else ""


def digest(text: str) -> str:
    """Hash a text: SHA-256 of its bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def root_of(leaves: Sequence[str]) -> str:
    """Pair the hashes of all places up to one; the last of an odd row goes up as it is."""
    row = list(leaves)
    if not row:
        return FIRST
    while len(row) > 1:
        row = _above(row)
    return row[0]


def path_of(leaves: Sequence[str], place: int) -> list[Step]:
    """List what the hash at `place` (from 0) is joined with on its way to the root."""
    row, steps = list(leaves), []
    while len(row) > 1:
        other = place ^ 1
        if other < len(row):
            steps.append(Step("left" if other < place else "right", row[other]))
        row, place = _above(row), place // 2
    return steps


def climb(leaf: str, steps: Sequence[Step]) -> str:
    """Follow a path from a place's hash to the root it leads to."""
    found = leaf
    for step in steps:
        found = digest(step.hash + found if step.side == "left" else found + step.hash)
    return found


def _above(row: Sequence[str]) -> list[str]:
    pairs = [digest(row[at] + row[at + 1]) for at in range(0, len(row) - 1, 2)]
    return pairs + list(row[len(row) - len(row) % 2 :])
