"""Whop's lists of what a company sold, page by page, and single payments.

Cursors are Whop's and opaque to us; a page that is asked for again begins at the same place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from game.services.whop import api
from game.services.whop.api import Json
from game.services.whop.tokens import WhopUnreachable

PATHS = {
    "payment": "/payments",
    "refund": "/refunds",
    "dispute": "/disputes",
    "membership": "/memberships",
}
A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Page:
    """Some objects of a list. `after` is the cursor behind them; empty = there are no more."""

    rows: list[Json]
    after: str


def page(part: str, company_id: str, created_after: datetime, after: str) -> Page:
    """One page of what was created after a moment, oldest first.

    Raises WhopRefused, and WhopUnreachable where there is no answer or none that is a page.
    """
    asked = {
        "account_id": company_id,
        "created_after": _text(created_after),
        "order": "created_at",
        "direction": "asc",
        "first": str(A_PAGE),
    }
    if after:
        asked["after"] = after
    if part == "payment":
        asked["status"] = "paid"
    found = api.exchange("GET", PATHS[part], params=asked)
    rows, info = found.get("data"), found.get("page_info")
    if not isinstance(rows, list) or not isinstance(info, dict):
        raise WhopUnreachable
    cursor = info.get("end_cursor") if info.get("has_next_page") is True else ""
    if not isinstance(cursor, str) or "\x00" in cursor or (cursor and cursor == after):
        raise WhopUnreachable  # would go round for ever
    return Page([row for row in rows if isinstance(row, dict)], cursor)


def payment(payment_id: str) -> Json:
    """One payment. Raises WhopRefused (404: Whop does not know it), WhopUnreachable."""
    found = api.exchange("GET", f"/payments/{payment_id}")
    if found.get("id") != payment_id:
        raise WhopUnreachable
    return found


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
