"""Lists as Postgres arrays, each written as one text that its place or a cast gives a type.

The driver's own way is the expression `ARRAY['…', '…']`, which Postgres parses element by
element; for the thousands of keys of a batch that took longer than looking them up. The price is
that an array in a place without a type needs a cast.
"""

from __future__ import annotations

from typing import Any

from psycopg2.extensions import QuotedString, register_adapter


class ArrayText:
    """One list of texts, whole numbers, moments or days, none of them nested; None is NULL."""

    def __init__(self, values: list[Any]) -> None:
        self._values = values
        self._connection: Any = None

    def prepare(self, connection: Any) -> None:
        """Take the connection whose encoding holds; called by the driver."""
        self._connection = connection

    def getquoted(self) -> bytes:
        """The whole array as one quoted text."""
        quoted = QuotedString(array_text(self._values))
        quoted.prepare(self._connection)
        return bytes(quoted.getquoted())


def array_text(values: list[Any]) -> str:
    """The text form of an array, every element in quotes."""
    if None in values:
        return (
            "{" + ",".join("NULL" if v is None else f'"{_escaped(str(v))}"' for v in values) + "}"
        )
    words = [value if isinstance(value, str) else str(value) for value in values]
    if not words:
        return "{}"
    joined = '","'.join(words)
    if "\\" in joined or joined.count('"') > 2 * (len(words) - 1):
        joined = '","'.join(map(_escaped, words))
    return f'{{"{joined}"}}'


def use_array_texts() -> None:
    """From now on the driver writes lists this way, on every connection of the process."""
    register_adapter(list, ArrayText)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"')
