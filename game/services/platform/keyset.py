"""Keyset pagination: read one row more than asked for, and remember the last key shown.

Unlike an offset, a key stays right while rows are added in front of it, and costs the same on
the thousandth page as on the first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Key = tuple[str | int, ...]
"""Values of the columns a list is ordered by; moments as ISO 8601."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items, and the key to go on after; None = these were the last."""

    items: list[Item]
    next_key: Key | None = None


def cut(found: Sequence[Item], limit: int, key_of: Callable[[Item], Key]) -> Page[Item]:
    """A page of at most `limit` out of up to `limit + 1` rows found."""
    items = list(found[:limit])
    return Page(items, key_of(items[-1]) if len(found) > limit else None)
