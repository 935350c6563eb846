"""Cursors of lists: `?limit=`, and `?after=`, an opaque word that holds the last key shown."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from flask import g
from marshmallow import Schema, ValidationError, fields, validate

from game.services.platform.keyset import Key, Page
from web.api.parsing import is_storable
from web.api.shapes import in_utc

Item = TypeVar("Item")
MOST = 100
USUAL = 20
LONGEST_WORD = 200
LONGEST_CURSOR = 4_000
LARGEST_NUMBER = 2**63 - 1


def page_query(*kinds: str, **more: fields.Field[Any]) -> type[Schema]:
    """The query of a list whose key has parts of these kinds (number, moment, word).

    `more` are its filters.
    """
    limit = fields.Integer(
        load_default=USUAL,
        validate=validate.Range(1, MOST),
        metadata={"description": f"How many at most, up to {MOST}."},
    )
    after = After(kinds, load_default=None, metadata={"description": "`page.next` of before."})
    return Schema.from_dict({"limit": limit, "after": after, **more}, name="PageQuerySchema")


def show(page: Page[Item], limit: int) -> list[Item]:
    """The items of a page; where it goes on is noted for the envelope."""
    cursor = None if page.next_key is None else encode(page.next_key)
    g.page = {"next": cursor, "has_next": cursor is not None, "limit": limit}
    return page.items


def encode(key: Key) -> str:
    """A key as one word for a URL."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


class After(fields.String):
    """A cursor, checked part by part: people edit URLs."""

    def __init__(self, kinds: tuple[str, ...], **options: Any) -> None:
        super().__init__(**options)
        self.kinds = kinds

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **options: Any,
    ) -> Any:
        word = super()._deserialize(value, attr, data, **options)
        if len(word) > LONGEST_CURSOR:
            raise ValidationError("Not a cursor of this list.")
        try:
            parts = json.loads(
                base64.b64decode(word + "=" * (-len(word) % 4), b"-_", validate=True)
            )
            return tuple(READERS[kind](part) for kind, part in zip(self.kinds, parts, strict=True))
        except (ValueError, TypeError, RecursionError, binascii.Error) as error:
            raise ValidationError("Not a cursor of this list.") from error


def _number(part: Any) -> int:
    if not isinstance(part, int) or isinstance(part, bool) or abs(part) > LARGEST_NUMBER:
        raise ValueError(part)
    return part


def _moment(part: Any) -> str:
    # Written anew: Python reads spellings and zones of ISO 8601 that Postgres does not.
    return in_utc(datetime.fromisoformat(part)).isoformat()


def _word(part: Any) -> str:
    if not isinstance(part, str) or len(part) > LONGEST_WORD or not is_storable(part):
        raise ValueError(part)
    return part


READERS: dict[str, Callable[[Any], str | int]] = {
    "number": _number,
    "moment": _moment,
    "word": _word,
}
