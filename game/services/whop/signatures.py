"""HMAC verification by Standard Webhooks with Whop's rule for the key: genuine and fresh.

The key of the HMAC is the whole secret as text, `ws_` included; nothing is decoded. Several
secrets may be valid at once, so that one can be replaced while deliveries go on.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

TOLERANCE_SECONDS = 300
"""Whop's own: a delivery older, or further ahead, than this may be somebody's recording."""
MOST_SIGNATURES = 36
"""Entries one header may hold; each costs a comparison before anybody is known."""

# Printable ASCII without the dot (it parts the signed text) and the comma (with which web servers
# join a header that came twice).
_ID = re.compile(r"[!-+\-/-~]{1,128}")
_SECONDS = re.compile(r"[0-9]{1,12}")
_V1 = re.compile(r"(?:^| )v1,[A-Za-z0-9+/]{43}=(?: |$)")
"""An entry that can be a signature of ours: version 1, and the 32 bytes of an HMAC in base64."""
LONGEST_SIGNATURE = 4096
"""Characters of the whole list; Whop's, with one secret, has 47."""


class NotGenuine(Exception):
    """The delivery is not proven to be Whop's. `code` is stable, the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Signed:
    """The three headers of a delivery, as they came; empty where there was none."""

    webhook_id: str
    timestamp: str
    signature: str


def verify(headers: Signed, body: bytes, secrets: Sequence[str], now: datetime) -> datetime:
    """Prove a delivery genuine and fresh; the moment it was sent. Raises NotGenuine."""
    sent_at = look(headers, now)
    prove(headers, body, secrets)
    return sent_at


def look(headers: Signed, now: datetime) -> datetime:
    """Refuse what no body could make genuine; the moment of sending. Raises NotGenuine.

    Proves nothing: whoever can write three headers passes. But it needs no body, so nobody has
    to wait for that of a stranger who cannot.
    """
    if not (headers.webhook_id and headers.timestamp and headers.signature):
        raise NotGenuine(
            "signature_missing", "webhook-id, webhook-timestamp and webhook-signature are needed."
        )
    if not _ID.fullmatch(headers.webhook_id):
        raise NotGenuine("webhook_id_invalid", "The webhook-id cannot be used.")
    sent_at = _sent_at(headers.timestamp, now)
    signature = headers.signature
    if (
        len(signature) > LONGEST_SIGNATURE
        or signature.count(" ") >= MOST_SIGNATURES
        or not _V1.search(signature)
    ):
        raise _unsigned()
    return sent_at


def prove(headers: Signed, body: bytes, secrets: Sequence[str]) -> None:
    """Raise NotGenuine unless one of the secrets signed this id, moment and body.

    Expects headers that `look` has let pass.
    """
    if not _is_signed(headers, body, secrets):
        raise _unsigned()


def _unsigned() -> NotGenuine:
    return NotGenuine(
        "signature_invalid", "No v1 signature matches a secret in WHOP_WEBHOOK_SECRETS."
    )


def _sent_at(timestamp: str, now: datetime) -> datetime:
    if not _SECONDS.fullmatch(timestamp):
        raise NotGenuine("timestamp_invalid", "The webhook-timestamp is not Unix seconds.")
    seconds = int(timestamp)
    if abs(now.timestamp() - seconds) > TOLERANCE_SECONDS:
        raise NotGenuine(
            "timestamp_stale", f"Sent more than {TOLERANCE_SECONDS} seconds from our clock."
        )
    return datetime.fromtimestamp(seconds, UTC)


def _is_signed(headers: Signed, body: bytes, secrets: Sequence[str]) -> bool:
    """Compare every entry with every secret, whether or not one has matched: constant time."""
    entries = headers.signature.split(" ")
    content = f"{headers.webhook_id}.{headers.timestamp}.".encode() + body
    found = False
    for secret in secrets:
        expected = b"v1," + base64.b64encode(hmac.digest(secret.encode(), content, "sha256"))
        for entry in entries:
            found |= hmac.compare_digest(expected, entry.encode(errors="replace"))
    return found
