"""Taking a delivery in: read the envelope, store it durably once, tell the workers.

Only id, type, company and version are looked at here. What the body says is read when it is
settled, so nonsense inside never stops a delivery at the door.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from game.rules.bodies import is_known
from game.rules.bodies.fields import LONGEST
from game.services.sealing import seal
from game.services.strict_json import NotJson, loads
from models.one_shot import one_shot
from models.outgoing import Wake
from models.session import hand_over

Outcome = Literal["accepted", "duplicate"]

LONGEST_WORD = 128
"""Characters kept of a type or version; Whop's have a tenth of it."""
_UNSTORABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")

# One statement, so both rows or none. `known` sees the table as it was before; a copy that is
# being stored at this very moment shows up as neither.
_STORE = """
WITH kept AS (
    INSERT INTO inbox (webhook_id, company_id, type, api_version_date, sent_at, received_at,
                       body_sha256, state)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (webhook_id) DO NOTHING
    RETURNING seq, received_at
), body AS (
    INSERT INTO inbox_body (seq, received_at, sealed) SELECT seq, received_at, %s FROM kept
)
SELECT seq FROM kept
"""
_ALERT = """
INSERT INTO inbox_alert (webhook_id, company_id, kept_sha256, seen_sha256, at)
SELECT webhook_id, company_id, body_sha256, %s, %s FROM inbox
WHERE webhook_id = %s AND body_sha256 <> %s
RETURNING id
"""


class NotAnEvent(Exception):
    """The body is no envelope of ours; the message names what is missing."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One genuine delivery, ready to be stored. `company_id` None = the envelope names none."""

    webhook_id: str
    type: str
    company_id: str | None
    api_version_date: str
    sent_at: datetime
    received_at: datetime
    body: bytes


def read_delivery(
    webhook_id: str, body: bytes, sent_at: datetime, received_at: datetime
) -> Delivery:
    """Read the envelope of a genuine body. Raises NotAnEvent for what can never be one."""
    try:
        envelope = loads(body)
    except NotJson as error:
        raise NotAnEvent(str(error)) from error
    if not isinstance(envelope, dict):
        raise NotAnEvent("The body is not a JSON object.")
    kind = envelope.get("type")
    if not isinstance(kind, str) or not kind:
        raise NotAnEvent("The body has no string `type`.")
    if not isinstance(envelope.get("id"), str):
        raise NotAnEvent("The body has no string `id`.")
    if envelope["id"] != webhook_id:
        raise NotAnEvent("The body's `id` is not the webhook-id.")
    return Delivery(
        webhook_id=webhook_id,
        type=_word(kind),
        company_id=_company(envelope),
        api_version_date=_word(envelope.get("api_version_date")),
        sent_at=sent_at,
        received_at=received_at,
        body=body,
    )


def accept(delivery: Delivery, *, timeout_ms: int = 2000) -> Outcome:
    """Store the delivery, committed before this returns; twice is harmless.

    The first body under an id stays for ever; another one leaves an alert row. Raises
    models.one_shot.Unavailable where Postgres does not answer.
    """
    digest = hashlib.sha256(delivery.body).digest()
    state = "waiting" if is_known(delivery.type) else "ignored"
    row = (
        delivery.webhook_id,
        delivery.company_id,
        delivery.type,
        delivery.api_version_date,
        delivery.sent_at,
        delivery.received_at,
        digest,
        state,
        seal(delivery.webhook_id, delivery.body),
    )
    if not one_shot(_STORE, row, timeout_ms=timeout_ms):
        one_shot(
            _ALERT,
            (digest, delivery.received_at, delivery.webhook_id, digest),
            timeout_ms=timeout_ms,
        )
        return "duplicate"
    if state == "waiting":
        hand_over([Wake()])
    return "accepted"


def _company(envelope: dict[str, Any]) -> str | None:
    """The company as the newer or the older envelope names it; unusable is like none.

    Whatever settling would take for a company is one here too, or its facts would be settled
    without its turn.
    """
    named = envelope.get("account_id") or envelope.get("company_id")
    if not isinstance(named, str) or len(named) > LONGEST or _UNSTORABLE.search(named):
        return None
    return named or None


def _word(found: object) -> str:
    """A short text that any column can hold; what it loses is still in the sealed body."""
    if not isinstance(found, str):
        return ""
    return _UNSTORABLE.sub("\ufffd", found[:LONGEST_WORD])
