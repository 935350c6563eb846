"""The one way JSON from outside is read: exact numbers, bounded depth, nothing but JSON.

Python's own reader takes NaN, makes floats of money, recurses as deep as it is told and accepts
numbers of any length; each of these has stopped a system at its door before.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

DEEPEST = 100
"""How many arrays and objects may lie within each other."""
LONGEST_NUMBER = 40
"""Digits of a number, written out: 1e400 counts 401."""

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_MANY_DIGITS = b"0" * (LONGEST_NUMBER + 1)
_BRACKET = re.compile(r"[\[\]{}]")


class NotJson(ValueError):
    """The bytes are not what this system calls JSON; the message says why."""


def loads(raw: bytes | str) -> Any:
    """Read one JSON value; fractions become Decimal. Raises NotJson.

    Of a key given twice the last value counts, as in every reader that Whop's own SDKs use.
    """
    raw = raw.encode(errors="replace") if isinstance(raw, str) else raw
    if _is_usual(raw):
        try:
            return _reader.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass  # the slow way knows the reason, or takes it: half a surrogate pair, say
    text = _decoded(raw)
    _check_depth(text)
    try:
        return json.loads(
            text, parse_int=_whole, parse_float=_fraction, parse_constant=_no_constant
        )
    except NotJson:
        raise
    except (ValueError, RecursionError) as error:
        raise NotJson("This is not JSON.") from error


def reread(raw: bytes) -> Any:
    """Read what `loads` has read before: what it refuses need not be looked for again."""
    try:
        return _reader.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return loads(raw)


def _is_usual(raw: bytes) -> bool:
    """Whether a body has too few brackets to be deep, and no whole number that is too long."""
    return raw.count(b"[") + raw.count(b"{") <= DEEPEST and _MANY_DIGITS not in raw.translate(
        _DIGITS_TO_ZERO
    )


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson("The text is not UTF-8.") from error


def _check_depth(text: str) -> None:
    """Count brackets outside strings before anything recurses into them."""
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > DEEPEST:
            raise NotJson(f"Nested more than {DEEPEST} deep.")


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER + digits.startswith("-"):
        raise NotJson(f"A number of more than {LONGEST_NUMBER} digits.")
    return int(digits)


def _fraction(literal: str) -> Decimal:
    if len(literal) < LONGEST_NUMBER and "e" not in literal and "E" not in literal:
        return Decimal(literal)
    try:
        number = Decimal(literal)
    except InvalidOperation as error:
        raise NotJson(f"A number of more than {LONGEST_NUMBER} digits.") from error
    digits = len(number.as_tuple().digits)
    if max(digits, abs(number.adjusted()) + 1) > LONGEST_NUMBER:
        raise NotJson(f"A number of more than {LONGEST_NUMBER} digits.")
    return number


def _no_constant(name: str) -> Any:
    raise NotJson(f"{name} is not a number in JSON.")


_reader = msgspec.json.Decoder(float_hook=_fraction)
