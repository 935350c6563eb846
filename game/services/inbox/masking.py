"""A view of a raw delivery that is safe to print: no mail addresses, names or payment details."""

from __future__ import annotations

import json
import re
from typing import Any

LIMIT_CHARS = 20_000
HIDDEN = "•••"
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
MAIL = re.compile(r"[^\s\"'<>@]+@[^\s\"'<>@]+")


def safe_view(body: bytes) -> str:
    """The body with what concerns a person hidden; unreadable bytes as escapes, never raw.

    Ids, amounts, times and states stay: they are what one looks for in a dead letter.
    """
    try:
        parsed = json.loads(body, parse_float=str, parse_int=str, parse_constant=str)
        text = json.dumps(_masked(parsed), indent=2, ensure_ascii=True)
    except (ValueError, RecursionError):
        text = ascii(body[:LIMIT_CHARS].decode("utf-8", errors="backslashreplace"))[1:-1]
    return MAIL.sub(HIDDEN, text)[:LIMIT_CHARS]


def _masked(value: Any, field: str = "") -> Any:
    if isinstance(value, dict):
        return {str(name): _masked(inner, str(name).lower()) for name, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, field) for inner in value]
    return HIDDEN if _is_private(field) and value not in (None, "") else value


def _is_private(field: str) -> bool:
    return field in PRIVATE or any(part in field for part in PRIVATE_PARTS)
