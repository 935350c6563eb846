"""Referral codes: how what somebody typed is compared with what was given out.

Upper case of ASCII letters only. The full rules of Unicode would turn a dotless i or a long s into
letters of the alphabet, and one code into another; what has such a letter in it is no code.
"""

from __future__ import annotations

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Capitals and digits without O and I, 0 and 1, which people mistake for each other."""
CODE_CHARS = 8
_LETTERS = frozenset(ALPHABET)


def canonical(code: str) -> str:
    """The one spelling a code is stored, found and remembered by. Text that is no ASCII stays."""
    return code.upper() if code.isascii() else code


def is_code(text: str) -> bool:
    """True where a text, in its canonical spelling, could be a code of ours."""
    return len(text) == CODE_CHARS and _LETTERS.issuperset(text)
