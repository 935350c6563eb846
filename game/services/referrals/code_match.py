"""The rule of `game.rules.codes` in SQL, so that what a list finds is what is credited."""

from __future__ import annotations


def canonical_sql(column: str) -> str:
    """The column as a code is stored.

    Under "C" only the letters of ASCII have capitals; a text with others among them may change in
    part, and is no code in either language.
    """
    return f'upper({column} COLLATE "C")'
