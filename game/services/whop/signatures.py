"""Is this delivery really Whop's, and fresh? Standard Webhooks with Whop's own rule for the key.

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
    if not (headers.webhook_id and headers.timestamp and headers.signature):
        raise NotGenuine(
            "signature_missing", "webhook-id, webhook-timestamp and webhook-signature are needed."
        )
    if not _ID.fullmatch(headers.webhook_id):
        raise NotGenuine("webhook_id_invalid", "The webhook-id cannot be used.")
    sent_at = _sent_at(headers.timestamp, now)
    if not _is_signed(headers, body, secrets):
        raise NotGenuine(
            "signature_invalid", "No v1 signature matches a secret in WHOP_WEBHOOK_SECRETS."
        )
    return sent_at


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
    if len(entries) > MOST_SIGNATURES:
        return False
    content = f"{headers.webhook_id}.{headers.timestamp}.".encode() + body
    found = False
    for secret in secrets:
        expected = b"v1," + base64.b64encode(hmac.digest(secret.encode(), content, "sha256"))
        for entry in entries:
            found |= hmac.compare_digest(expected, entry.encode(errors="replace"))
    return found
