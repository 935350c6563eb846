"""The small readers that every Whop body shares: ids, names, moments, the link's reference.

Each takes the object, the key and the path for its message, and raises Nonsense. What is absent
or null is an empty string or None.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from game.rules.money import Nonsense

Json = Mapping[str, Any]

LONGEST = 200
"""No id, status or name of Whop is anywhere near this long; longer ones are refused or cut."""

FIRST_YEAR = 2015
"""Whop did not exist before."""
LAST_YEAR = 9998
"""Beyond it a time zone could carry a moment out of the calendar."""

REF_KEY = "wl_ref"
"""Under this key of a checkout's metadata our own reference travels."""


def clean(value: object, path: str) -> str:
    """Check a text that we use as a key: printable (so no NUL, no half characters), not empty."""
    if not isinstance(value, str):
        raise Nonsense("is not a text", path)
    if not value or len(value) > LONGEST:
        raise Nonsense("is empty or too long", path)
    if not value.isprintable():
        raise Nonsense("has characters that cannot be stored", path)
    return value


def text_of(data: Json, key: str, path: str) -> str:
    """Read a text that must be there."""
    value = data.get(key)
    if value is None:
        raise Nonsense("is missing", f"{path}.{key}")
    return clean(value, f"{path}.{key}")


def text_or_empty(data: Json, key: str, path: str) -> str:
    """Read a text that may be absent or null."""
    value = data.get(key)
    return "" if value is None or value == "" else clean(value, f"{path}.{key}")


def part_of(data: Json, key: str, path: str) -> Json | None:
    """Read an object that may be absent or null."""
    value = data.get(key)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Nonsense("is not an object", f"{path}.{key}")
    return value


def id_of(data: Json, flat: str, nested: str, path: str) -> str:
    """Read an id that stands flat (`membership_id`) or in an object (`membership.id`), or not."""
    value = data.get(flat)
    if value is not None:
        return clean(value, f"{path}.{flat}")
    part = part_of(data, nested, path)
    return "" if part is None else text_or_empty(part, "id", f"{path}.{nested}")


def name_of(user: Json, path: str) -> str:
    """Read what a person is called, cut to a sane length.

    A name is shown, never compared: half characters are replaced. NUL is refused, as no store
    takes it and no honest client sends it.
    """
    for key in ("username", "name"):
        value = user.get(key)
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            raise Nonsense("is not a text", f"{path}.{key}")
        if "\0" in value:
            raise Nonsense("has a NUL in it", f"{path}.{key}")
        if not value.isascii():
            value = value.encode("utf-8", "replace").decode("utf-8")
        return value[:LONGEST]
    return ""


def moment_or_none(data: Json, key: str, path: str, latest: datetime) -> datetime | None:
    """Read a moment in UTC: with a time zone, not before Whop, not after `latest`."""
    value = data.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Nonsense("is not a time", f"{path}.{key}")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise Nonsense("is not a time", f"{path}.{key}") from error
    if moment.tzinfo is None:
        raise Nonsense("has no time zone", f"{path}.{key}")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Nonsense("is an absurd time", f"{path}.{key}")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    if moment > latest:
        raise Nonsense("lies in the future", f"{path}.{key}")
    return moment


def moment_of(data: Json, key: str, path: str, latest: datetime) -> datetime:
    """Read a moment that must be there."""
    moment = moment_or_none(data, key, path, latest)
    if moment is None:
        raise Nonsense("is missing", f"{path}.{key}")
    return moment


def ref_of(data: Json, path: str) -> str:
    """Read our reference out of the metadata. What cannot be a code or a token is no reference.

    The metadata belongs to the merchant: an odd value there must not stop a payment. Only NUL is
    refused, because it could not be stored.
    """
    metadata = data.get("metadata")
    ref = metadata.get(REF_KEY) if isinstance(metadata, dict) else None
    if not isinstance(ref, str):
        return ""
    if "\0" in ref:
        raise Nonsense("has a NUL in it", f"{path}.metadata.{REF_KEY}")
    ref = ref.strip()
    return ref if len(ref) <= LONGEST and ref.isprintable() else ""
