"""Small words that several commands print."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """`1 letter`, `2 letters`; `many` where the plural is not just an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"
