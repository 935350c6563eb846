"""Whop's webhook signature: Standard Webhooks with Whop's own rule for the key.

The key of the HMAC is the whole secret as text, prefix included; nothing is decoded.
"""

from __future__ import annotations

import base64
import hashlib
import hmac


def sign(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """Return one `v1,<base64>` entry over id, Unix seconds and the raw body."""
    message = f"{webhook_id}.{timestamp}.".encode() + body
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def headers(secret: str, webhook_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The four headers Whop sends with every delivery."""
    return {
        "content-type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, webhook_id, timestamp, body),
    }
