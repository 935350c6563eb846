"""The inbox, idempotent: read the envelope, store the delivery durably once, tell the workers.

Only id, type, company and version are looked at here. What the body says is read when it is
settled, so nonsense inside never stops a delivery at the door.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from game.rules.bodies.fields import LONGEST
from game.rules.fact_kinds import is_known
from game.services.platform.sealing import seal
from game.services.platform.strict_json import NotJson, loads
from models.one_shot import one_shot
from models.outgoing import Wake
from models.session import Transaction, hand_over

Acceptance = Literal["accepted", "duplicate"]

LONGEST_WORD = 128
"""Characters kept of a type or version; Whop's have a tenth of it."""
_UNSTORABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")

# One statement for all, so that they are committed together; sorted, so that two processes which
# are told the same deliveries wait for each other in one order. What it finds stored already it
# leaves out of its answer, also where that happens at this very moment.
_STORE = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],
                         %s::timestamptz[], %s::text[], %s::text[], %s::text[])
    AS g (webhook_id, company_id, type, api_version_date, sent_at, received_at, sha256, state,
          sealed)
), kept AS (
    INSERT INTO inbox (webhook_id, company_id, type, api_version_date, sent_at, received_at,
                       body_sha256, state)
    SELECT webhook_id, company_id, type, api_version_date, sent_at,
           coalesce(received_at, clock_timestamp()), decode(sha256, 'hex'), state
    FROM given ORDER BY webhook_id
    ON CONFLICT (webhook_id) DO NOTHING
    RETURNING seq, received_at, webhook_id
), body AS (
    INSERT INTO inbox_body (seq, received_at, sealed)
    SELECT kept.seq, kept.received_at, decode(given.sealed, 'hex')
    FROM kept JOIN given USING (webhook_id)
)
SELECT webhook_id FROM kept
"""
_ALERT = """
INSERT INTO inbox_alert (webhook_id, company_id, kept_sha256, seen_sha256, at)
SELECT i.webhook_id, i.company_id, i.body_sha256, decode(g.sha256, 'hex'),
       coalesce(g.at, clock_timestamp())
FROM unnest(%s::text[], %s::text[], %s::timestamptz[]) AS g (webhook_id, sha256, at)
JOIN inbox i USING (webhook_id) WHERE i.body_sha256 <> decode(g.sha256, 'hex')
RETURNING id
"""


class NotAnEvent(Exception):
    """The body is no envelope of ours; the message names what is missing."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One genuine delivery, ready to be stored.

    `company_id` None = the envelope names none. `received_at` None = now, by Postgres's clock.
    """

    webhook_id: str
    type: str
    company_id: str | None
    api_version_date: str
    sent_at: datetime
    received_at: datetime | None
    body: bytes


def read_delivery(
    webhook_id: str, body: bytes, sent_at: datetime, received_at: datetime | None = None
) -> Delivery:
    """Read the envelope of a genuine body. Raises NotAnEvent for what can never be one.

    `received_at` is for what came before it could be stored; left out, it is when it is stored.
    """
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


def accept(delivery: Delivery, *, timeout_ms: int = 2000) -> Acceptance:
    """Store one delivery; see `accept_all`."""
    return accept_all([delivery], timeout_ms=timeout_ms)[0]


def accept_all(deliveries: Sequence[Delivery], *, timeout_ms: int = 2000) -> list[Acceptance]:
    """Store the deliveries, committed before this returns; twice is harmless.

    The first body under an id stays for ever; another one leaves an alert row. Raises
    models.one_shot.Unavailable where Postgres does not answer, and NotStorable where it refuses
    the values of one of them; then none is stored.
    """
    firsts: dict[str, Delivery] = {}
    for delivery in deliveries:
        firsts.setdefault(delivery.webhook_id, delivery)
    rows = [_row(delivery) for delivery in firsts.values()]
    columns = [list(column) for column in zip(*rows, strict=True)]
    kept = {row[0] for row in one_shot(_STORE, columns, timeout_ms=timeout_ms, kept=True)}
    accepted = {id(firsts[webhook_id]) for webhook_id in kept}
    again = [delivery for delivery in deliveries if id(delivery) not in accepted]
    if again:
        _compare(again, timeout_ms)
    if any(is_known(firsts[webhook_id].type) for webhook_id in kept):
        hand_over([Wake()])
    return ["accepted" if id(delivery) in accepted else "duplicate" for delivery in deliveries]


def keep(tx: Transaction, deliveries: Sequence[Delivery]) -> None:
    """Store what we asked Whop for, in the caller's transaction; what is known already stays."""
    if not deliveries:
        return
    firsts = {delivery.webhook_id: delivery for delivery in deliveries}
    rows = [_row(delivery) for delivery in firsts.values()]
    tx.rows(_STORE, [list(column) for column in zip(*rows, strict=True)])
    tx.send(Wake())


def _row(delivery: Delivery) -> tuple[Any, ...]:
    """What is stored of a delivery, bytes in hexadecimal digits."""
    return (
        delivery.webhook_id,
        delivery.company_id,
        delivery.type,
        delivery.api_version_date,
        delivery.sent_at,
        delivery.received_at,
        _digest(delivery),
        "waiting" if is_known(delivery.type) else "ignored",
        seal(delivery.webhook_id, delivery.body).hex(),
    )


def _compare(again: Sequence[Delivery], timeout_ms: int) -> None:
    """Leave an alert for each known id that came with another body than the one that is kept."""
    one_shot(
        _ALERT,
        (
            [delivery.webhook_id for delivery in again],
            [_digest(delivery) for delivery in again],
            [delivery.received_at for delivery in again],
        ),
        timeout_ms=timeout_ms,
    )


def _digest(delivery: Delivery) -> str:
    return hashlib.sha256(delivery.body).hexdigest()


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
