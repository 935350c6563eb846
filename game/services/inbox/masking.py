"""Redaction: a view of a raw delivery that is safe to print, without names, mail or cards.

What is long is cut where it stands, so that one huge text does not push the rest out of sight;
each cut says how much was left out. Work and view are bounded, whatever the body holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

LIMIT_CHARS = 20_000
"""About as long as a view gets; marks of cuts and indents come on top."""
LONGEST_MAIL = 320
LONGEST_NUMBER = 40
"""Digits to which a number with an exponent is written out; the door takes no longer ones."""
LONGEST_TEXT = 1_000
"""Characters shown of one text."""
HIDDEN = "•••"
CUT = "…"
PRIVATE = frozenset(
    {
        "address", "bio", "card_brand", "city", "first_name", "ip", "last4", "last_name", "line1",
        "line2", "name", "payment_method_id", "postal_code", "profile_picture", "social",
        "username", "zip",
    }
)  # fmt: skip
"""Fields of Whop's bodies that hold something about a person, in lower case."""
PRIVATE_PARTS = ("email", "phone", "ip_address", "last4", "full_name", "customer_name")
"""The same as parts of a name: `customer_email`, `card_last4`."""
MAIL = re.compile(r"(?<![^\s\"'<>@])[^\s\"'<>@]++@[^\s\"'<>@]+")
"""Looks at each word once: it begins only where a word does, and never goes back inside one."""


def safe_view(body: bytes) -> str:
    """The body with what concerns a person hidden; unreadable bytes as escapes, never raw.

    Ids, amounts, times and states stay: they are what one looks for in a dead letter. A number
    stands as it was written, but without an exponent.
    """
    try:
        parsed = json.loads(body, parse_float=_Number, parse_int=_Number, parse_constant=_Number)
        return "".join(_written(_View().of(parsed)))
    except (ValueError, RecursionError):
        seen = body[: LIMIT_CHARS + LONGEST_MAIL].decode("utf-8", errors="backslashreplace")
        shown = MAIL.sub(HIDDEN, ascii(seen)[1:-1])[:LIMIT_CHARS]
        return shown + _left_out(len(body) - LIMIT_CHARS, "bytes")


class _Number(str):
    """A number's digits, as the body has them."""

    __slots__ = ()


class _View:
    """One walk through a body. When LIMIT_CHARS are used up it only counts what it leaves out."""

    def __init__(self) -> None:
        self._left = LIMIT_CHARS

    def of(self, value: Any, field: str = "") -> Any:
        """What is shown of a value that stands in the field of this name."""
        if isinstance(value, dict):
            return dict(self._fields(value))
        if isinstance(value, list):
            return list(self._items(value, field))
        self._left -= 1
        if value in (None, ""):
            return value
        if _is_private(field):
            return HIDDEN
        if isinstance(value, _Number) and len(value) <= LONGEST_TEXT:
            return value
        return self._text(value) if isinstance(value, str) else value

    def _fields(self, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        for done, (name, inner) in enumerate(value.items()):
            if self._left <= 0:
                yield CUT, _left_out(len(value) - done, "fields")
                return
            yield self._text(name), self.of(inner, name[:LONGEST_TEXT].lower())

    def _items(self, value: list[Any], field: str) -> Iterator[Any]:
        for done, inner in enumerate(value):
            if self._left <= 0:
                yield _left_out(len(value) - done, "items")
                return
            yield self.of(inner, field)

    def _text(self, text: str) -> str:
        shown = min(len(text), LONGEST_TEXT)
        self._left -= shown
        # A little more is masked than is shown: a mail address may be cut in two.
        safe = MAIL.sub(HIDDEN, text[: shown + LONGEST_MAIL])[:shown]
        return safe + _left_out(len(text) - shown, "characters")


def _written(value: Any, indent: str = "\n") -> Iterator[str]:
    """Write a value as JSON, in ASCII but for our own marks; `indent` begins its lines."""
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        for number, (name, inner) in enumerate(value.items()):
            yield f"{',' if number else '{'}{deeper}{_word(name)}: "
            yield from _written(inner, deeper)
        yield indent + "}"
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield f"{',' if number else '['}{deeper}"
            yield from _written(inner, deeper)
        yield indent + "]"
    else:
        yield _plain(value) if isinstance(value, _Number) else _word(value)


def _plain(digits: str) -> str:
    """A number without an exponent, exactly: 1E+2 is 100. One that would be endless stays."""
    if "e" not in digits.lower():
        return digits
    try:
        number = Decimal(digits)
    except InvalidOperation:
        return digits
    return format(number, "f") if abs(number.adjusted()) <= LONGEST_NUMBER else digits


def _word(value: Any) -> str:
    return json.dumps(value).replace("\\u2022", "•").replace("\\u2026", "…")


def _left_out(number: int, what: str) -> str:
    """The mark of a cut; nothing where nothing was cut."""
    if number <= 0:
        return ""
    return f"{CUT} {number:,} {what if number > 1 else what.removesuffix('s')} left out"


def _is_private(field: str) -> bool:
    return field in PRIVATE or any(part in field for part in PRIVATE_PARTS)
