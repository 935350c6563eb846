"""Transfers as Whop makes them: once a key, from a balance, told by webhooks when they are over.

`transferred` counts what was really paid, whatever was answered: a drill compares it with what the
product believes.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from random import SystemRandom

from flask import Blueprint, Flask, Response, current_app, request

from simulator.api import (
    MAX_KEY_BYTES,
    WhopError,
    api,
    check_granted,
    error_body,
    found,
    page,
    store,
    told,
)
from simulator.bodies import PIN
from simulator.catalogue import Ids
from simulator.fragments import Json, iso
from simulator.sender import Sender
from simulator.store import Answered, Store, Thing

KIND = "transfer"
FUNDS = 100_000_00
"""What a company has to pay from, in minor units of every currency."""
PLACES = {"jpy": 0, "krw": 0, "kwd": 3}
KEPT_BALANCES = "balance"

drills = Blueprint("transfer_drills", __name__, url_prefix="/_twin")


@api.get("/ledger_accounts/<account_id>")
def show_ledger(account_id: str) -> Json:
    """What a company can pay, by currency."""
    found(store().get("account", account_id))
    check_granted(account_id, "company:balance:read")
    book = {currency: funds(account_id, currency) for currency in ("usd", "eur", "jpy", "kwd")}
    return {
        "id": f"ldgr_{account_id}",
        "balances": [
            {
                "currency": currency,
                "balance": float(major(minor, currency)),
                "pending_balance": 0.0,
                "reserve_balance": 0.0,
            }
            for currency, minor in book.items()
        ],
    }


@api.post("/transfers")
def create() -> Response:
    """Pay somebody; the same key is answered by the same transfer and pays nothing again."""
    wanted = request.get_json(silent=True, cache=True) or {}
    header = request.headers.get("Idempotency-Key", "")
    if len(header.encode()) > MAX_KEY_BYTES:
        raise WhopError(HTTPStatus.BAD_REQUEST, "bad_request", "The idempotency key is too long.")
    asked = hashlib.sha256(request.get_data()).hexdigest()
    with lock():
        kept = store().kept_answer(header, time.time()) if header else None
        if kept is not None and kept.asked != asked:
            raise WhopError(
                HTTPStatus.BAD_REQUEST, "idempotency_error", "This key was used otherwise."
            )
        if kept is not None:
            response = told(kept.status, kept.body)
            response.headers["Idempotent-Replayed"] = "true"
            return response
        status, body = _made(wanted)
        if header:
            store().keep_answer(header, Answered(asked, status, body), time.time())
    return told(status, body)


@api.get("/transfers")
def list_transfers() -> Json:
    """A company's transfers, oldest first."""
    check_granted(request.args.get("origin_id", ""), "payout:transfer:read")
    return page(KIND, parent="destination_id", fields=("status",))


@api.get("/transfers/<transfer_id>")
def show_transfer(transfer_id: str) -> Json:
    """A transfer as it stands."""
    thing = found(store().get(KIND, transfer_id))
    check_granted(thing.account_id, "payout:transfer:read")
    return thing.flat


@drills.get("/transferred")
def transferred() -> Json:
    """What was really paid: user, currency, minor units, and in how many transfers."""
    return paid(store())


@drills.post("/transfers/<transfer_id>/<outcome>")
def end(transfer_id: str, outcome: str) -> Json:
    """Let a transfer that is under way succeed or fail now, and tell the app."""
    finish(current_app, transfer_id, outcome)
    return found(store().get(KIND, transfer_id)).flat


def paid(twin: Store) -> Json:
    """Sums of the transfers that went out."""
    sums: Counter[str] = Counter()
    times: Counter[str] = Counter()
    for thing in twin.page(KIND, first=100_000).rows:
        if thing.flat["status"] == "failed":
            continue
        place = f"{thing.parent_id} {thing.flat['metadata'].get('_currency')}"
        sums[place] += thing.flat["metadata"]["_minor"]
        times[place] += 1
    return {"minor": dict(sums), "transfers": dict(times)}


def funds(account_id: str, currency: str) -> int:
    """What is left of a company's balance, in minor units."""
    kept = store().get(KEPT_BALANCES, f"{account_id} {currency}")
    return FUNDS if kept is None else int(kept.flat["minor"])


def set_funds(twin: Store, account_id: str, currency: str, minor: int) -> None:
    """Give a company so much to pay from."""
    at = iso(datetime.now(UTC))
    body = {"minor": minor, "updated_at": at}
    name = f"{account_id} {currency}"
    twin.put([Thing(KEPT_BALANCES, name, account_id, at, body, body)])


def major(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-PLACES.get(currency, 2))


def lock() -> threading.Lock:
    found_lock: threading.Lock = current_app.extensions["transfer_lock"]
    return found_lock


def _made(wanted: Json) -> tuple[int, bytes]:
    try:
        made = _make(wanted)
    except WhopError as error:
        return int(error.status), json.dumps(error_body(error.kind, error.message)).encode()
    return int(HTTPStatus.OK), json.dumps(made).encode()


def _make(wanted: Json) -> Json:
    origin = found(store().get("account", str(wanted.get("origin_id", ""))))
    check_granted(origin.id, "payout:transfer_funds")
    destination = str(wanted.get("destination_id", ""))
    key = str(wanted.get("idempotence_key", ""))
    if key and (known := _by_key(origin.id, key)) is not None:
        return known
    currency, minor = _amount(wanted)
    if not destination.startswith("user_"):
        raise _unprocessable("destination_id is not a user.")
    left = funds(origin.id, currency) - minor
    if left < 0:
        raise _unprocessable("The origin balance is too low.")
    set_funds(store(), origin.id, currency, left)
    made = _body(wanted, origin.id, currency, minor)
    put(store(), made)
    tell(current_app, "transfer.created", made)
    seconds = float(current_app.config.get("TRANSFER_SECONDS", 1.0))
    if seconds >= 0:
        # A real object: the proxy knows its application only within this request.
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
        timer = threading.Timer(seconds, finish, (app, made["id"], "succeeded"))
        timer.daemon = True
        timer.start()
    return made


def _amount(wanted: Json) -> tuple[str, int]:
    currency = str(wanted.get("currency", "")).lower()
    try:
        exact = Decimal(str(wanted.get("amount"))).scaleb(PLACES.get(currency, 2))
    except InvalidOperation:
        raise _unprocessable("amount is not valid.") from None
    if not currency or exact <= 0 or exact != exact.to_integral_value():
        raise _unprocessable("amount or currency is not valid.")
    return currency, int(exact)


def _unprocessable(message: str) -> WhopError:
    return WhopError(HTTPStatus.UNPROCESSABLE_ENTITY, "unprocessable_entity", message)


def _by_key(account_id: str, key: str) -> Json | None:
    rows = store().page(KIND, account_id=account_id, first=100_000).rows
    return next((row.flat for row in rows if row.flat["metadata"].get("_key") == key), None)


def _body(wanted: Json, account_id: str, currency: str, minor: int) -> Json:
    at = iso(datetime.now(UTC))
    metadata = dict(wanted.get("metadata") or {})
    key = str(wanted.get("idempotence_key", ""))
    metadata |= {"_key": key, "_minor": minor, "_currency": currency}
    destination = str(wanted["destination_id"])
    transfer_id = Ids(SystemRandom()).new("ctt")
    return {
        "object": "transfer",
        "id": transfer_id,
        "status": "processing",
        "amount": None,
        "fee": None,
        "origin": {"object": "account", "id": account_id, "name": None, "logo_url": None},
        "destination": {"object": "user", "id": destination, "name": None, "logo_url": None},
        "failure_code": None,
        "failure_reason": None,
        "metadata": metadata,
        "notes": wanted.get("notes"),
        "created_at": at,
        "status_changed_at": None,
        "succeeded_at": None,
        "failed_at": None,
        "tracking_url": f"https://whop.com/transfers/{transfer_id}",
    }


def put(twin: Store, body: Json) -> None:
    at = body["status_changed_at"] or body["created_at"]
    account, user = body["origin"]["id"], body["destination"]["id"]
    shown = {**body, "updated_at": at}
    twin.put([Thing(KIND, body["id"], account, body["created_at"], shown, shown, user)])


def finish(app: Flask, transfer_id: str, outcome: str) -> None:
    """End a transfer that is under way; what fails goes back to the balance."""
    with app.app_context():
        thing = store().get(KIND, transfer_id)
        if thing is None or thing.flat["status"] != "processing":
            return
        at = iso(datetime.now(UTC))
        metadata = thing.flat["metadata"]
        currency, minor = str(metadata["_currency"]), int(metadata["_minor"])
        is_paid = outcome == "succeeded"
        amount = {
            "amount": str(major(minor, currency)),
            "currency": currency,
            "decimals": PLACES.get(currency, 2),
            "display_decimals": PLACES.get(currency, 2),
        }
        body = {
            **thing.flat,
            "status": outcome,
            "amount": amount if is_paid else None,
            "status_changed_at": at,
            "succeeded_at": at if is_paid else None,
            "failed_at": None if is_paid else at,
            "failure_code": None if is_paid else "destination_not_verified",
            "failure_reason": None if is_paid else "The recipient cannot be paid.",
        }
        put(store(), body)
        if not is_paid:
            left = funds(thing.account_id, currency) + minor
            set_funds(store(), thing.account_id, currency, left)
        tell(app, "transfer.completed" if is_paid else "transfer.failed", body)


def tell(app: Flask, kind: str, body: Json) -> None:
    """Post the webhook that Whop would send, from a thread of its own: nobody waits for it."""
    message = Ids(SystemRandom()).message()
    envelope = {
        "id": message,
        "type": kind,
        "api_version": "v1",
        "api_version_date": PIN,
        "timestamp": iso(datetime.now(UTC)),
        "account_id": body["origin"]["id"],
        "data": body,
    }
    sender: Sender = app.extensions["sender"]
    raw = json.dumps(envelope).encode()
    threading.Thread(target=sender.post, args=(message, raw), daemon=True).start()
