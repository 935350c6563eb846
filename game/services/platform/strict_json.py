"""The one way JSON from outside is read: exact numbers, bounded depth, nothing but JSON.

Python's own reader takes NaN, makes floats of money, recurses as deep as it is told and accepts
numbers of any length; each of these has stopped a system at its door before.
"""

from __future__ import annotations

import decimal
import gc
import json
from itertools import accumulate
from typing import Any

import msgspec

DEEPEST = 100
"""How many arrays and objects may lie within each other."""
LONGEST_NUMBER = 40
"""Digits of a number, written out: 1e400 counts 401, 1e-400 too."""

PAIRS_TAKEN = 2
LARGE = 64 * 1024
"""Bytes from which a body may hold more objects than the garbage collector takes at a time."""

_STEPS = bytes.maketrans(b"[]", b"\x01\xff")
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_TOO_DEEP_AT_ONCE = b"[" * (DEEPEST + 1)
_NO_BRACKET = bytes(set(range(256)) - set(b"[{]}"))
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_DIGITS_AND_POINT_TO_ZERO = bytes.maketrans(b"123456789.", b"0000000000")
_MANY_DIGITS = b"0" * (LONGEST_NUMBER + 1)
_EXACTLY = decimal.Context(
    prec=LONGEST_NUMBER,
    Emax=LONGEST_NUMBER - 1,
    Emin=0,
    traps=[decimal.InvalidOperation, decimal.Overflow, decimal.Rounded, decimal.Clamped],
)
"""Reads a fraction of at most LONGEST_NUMBER digits as it stands and refuses every other: all in C,
because a body may hold a quarter of a million of them."""


class NotJson(ValueError):
    """The bytes are not what this system calls JSON; the message says why."""


def loads(raw: bytes | str) -> Any:
    """Read one JSON value; fractions become Decimal. Raises NotJson. Linear in the size of `raw`.

    Of a key given twice the last value counts, as in every reader that Whop's own SDKs use.
    """
    raw = raw.encode(errors="replace") if isinstance(raw, str) else raw
    if not _is_usual(raw):
        _refuse_depth_and_length(_outside_strings(raw))
    return reread(raw)


def reread(raw: bytes) -> Any:
    """Read what `loads` has read before: what it refuses need not be looked for again."""
    if len(raw) < LARGE or not gc.isenabled():
        return _decoded(raw)
    gc.disable()  # it would go through all that is being made, again and again: half of the time
    try:
        return _decoded(raw)
    finally:
        gc.enable()


def _decoded(raw: bytes) -> Any:
    try:
        return _reader.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, ArithmeticError):
        return _slowly(raw)  # it knows the reason, or takes it: half a surrogate pair, say


def _slowly(raw: bytes) -> Any:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson("The text is not UTF-8.") from error
    try:
        return json.loads(text, parse_float=_EXACTLY.create_decimal, parse_constant=_no_constant)
    except NotJson:
        raise
    except ArithmeticError as error:
        raise _too_long() from error
    except (ValueError, RecursionError) as error:
        raise NotJson("This is not JSON.") from error


def _is_usual(raw: bytes) -> bool:
    """Whether a body has too few brackets to be deep, and no row of digits that is too long."""
    return raw.count(b"[") + raw.count(b"{") <= DEEPEST and _MANY_DIGITS not in raw.translate(
        _DIGITS_AND_POINT_TO_ZERO
    )


def _outside_strings(raw: bytes) -> bytes:
    bare = raw.replace(b"\\\\", b"").replace(b'\\"', b"")  # now every quote begins or ends a string
    return b" ".join(bare.split(b'"')[::2])


def _refuse_depth_and_length(outside: bytes) -> None:
    brackets = outside.translate(_ONE_KIND, _NO_BRACKET)
    if _TOO_DEEP_AT_ONCE in brackets or _depth(brackets) > DEEPEST:
        raise NotJson(f"Nested more than {DEEPEST} deep.")
    is_long = _MANY_DIGITS in outside.translate(_DIGITS_TO_ZERO)
    # A point may stand among as many digits as are allowed.
    if is_long or _MANY_DIGITS + b"0" in outside.translate(_DIGITS_AND_POINT_TO_ZERO):
        raise _too_long()


def _depth(brackets: bytes) -> int:
    """How many of these are open at most. Pairs, the bulk of any body, go away before counting."""
    taken = 0
    while taken < PAIRS_TAKEN and b"[]" in brackets:
        brackets = brackets.replace(b"[]", b"")
        taken += 1
    for run, step in ((8, b"\x08\xf8"), (2, b"\x02\xfe")):  # a row of equal ones is one step
        brackets = brackets.replace(b"[" * run, step[:1]).replace(b"]" * run, step[1:])
    steps = memoryview(brackets.translate(_STEPS)).cast("b")
    return max(accumulate(steps), default=0) + taken


def _too_long() -> NotJson:
    return NotJson(f"A number of more than {LONGEST_NUMBER} digits.")


def _no_constant(name: str) -> Any:
    raise NotJson(f"{name} is not a number in JSON.")


_reader = msgspec.json.Decoder(float_hook=_EXACTLY.create_decimal)
