"""Referral codes are written in capitals and read in any case."""

from __future__ import annotations


def canonical(typed: str) -> str:
    """Write a code the way it is stored: in capitals. What is not ASCII names no code and stays.

    Letters outside ASCII are left alone because their capitals may be ASCII ones, or several.
    """
    return typed.upper() if typed.isascii() else typed
