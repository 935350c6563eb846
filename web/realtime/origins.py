"""Which pages may open a live connection: exact origins, or one free label in front."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

_ANY_LABEL = "*."


def is_allowed(origin: str, allowed: Iterable[str]) -> bool:
    """True where `origin` is one of `allowed`; `https://*.example.com` stands for any one label.

    The browser's `null` (sandboxed pages, files) is never allowed.
    """
    return any(_pattern(entry).fullmatch(origin.lower()) for entry in allowed)


@cache
def _pattern(entry: str) -> re.Pattern[str]:
    scheme, _, host = entry.lower().rstrip("/").partition("://")
    label = ""
    if host.startswith(_ANY_LABEL):
        label, host = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.", host.removeprefix(_ANY_LABEL)
    return re.compile(re.escape(f"{scheme}://") + label + re.escape(host))
