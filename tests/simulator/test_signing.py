"""The signature must be the one every Standard Webhooks library computes."""

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from simulator.signing import headers, sign

SECRET = "ws_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
BODY = '{"id":"msg_1","type":"payment.succeeded","name":"Zoë"}'.encode()


def library(secret: str = SECRET) -> Webhook:
    """The public library takes base64 of its key; Whop's key is the whole secret as text."""
    return Webhook(base64.b64encode(secret.encode()).decode())


def test_signature_equals_the_standard_webhooks_library() -> None:
    at = datetime(2026, 11, 2, 18, 4, 16, tzinfo=UTC)

    assert sign(SECRET, "msg_1", int(at.timestamp()), BODY) == library().sign(
        "msg_1", at, BODY.decode()
    )


def test_a_verifier_accepts_our_headers_and_the_exact_bytes_only() -> None:
    now = int(datetime.now(UTC).timestamp())
    sent = headers(SECRET, "msg_1", now, BODY)

    assert library().verify(BODY, sent) == {
        "id": "msg_1",
        "type": "payment.succeeded",
        "name": "Zoë",
    }
    with pytest.raises(WebhookVerificationError):
        library().verify(BODY + b" ", sent)
    with pytest.raises(WebhookVerificationError):
        library(SECRET[3:]).verify(BODY, sent)
