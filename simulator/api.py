"""The calls of Whop's REST API that the product makes, with Whop's errors, limits and pages."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, current_app, jsonify, request

from simulator import checkouts
from simulator.bodies import PIN
from simulator.fragments import Json
from simulator.pictures import PICTURES
from simulator.store import Answered, Store, Thing, cursor_of

api = Blueprint("whop_api", __name__, url_prefix="/api/v1")

LIMIT_PER_MINUTE = 600
MAX_PAGE = 100
MAX_KEY_BYTES = 255
FIRST_VERSION = "2025-01-01"
NATIVE_SINCE = {
    "payment": "2026-09-02-1",
    "refund": "2026-09-02-1",
    "dispute": "2026-07-25",
    "membership": "2026-07-23",
    "plan": FIRST_VERSION,
    "transfer": FIRST_VERSION,
}
VERSION = re.compile(r"^20\d\d-\d\d-\d\d(-\d+)?$")
RESOURCE_KINDS = {"biz_": "account", "exp_": "experience", "prod_": "product"}


class WhopError(Exception):
    """An answer in Whop's error shape."""

    def __init__(self, status: HTTPStatus, kind: str, message: str) -> None:
        self.status, self.kind, self.message = status, kind, message
        super().__init__(message)


class RateLimit:
    """600 requests a minute for each operation and credential, counted by the clock's minute."""

    def __init__(self, limit: int = LIMIT_PER_MINUTE) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        self._minute = 0
        self._counts: Counter[tuple[str, str]] = Counter()

    def wait_seconds(self, operation: str, credential: str, now: float) -> int:
        """Count one request; 0 = allowed, else how long until the next minute."""
        with self._lock:
            if int(now // 60) != self._minute:
                self._minute = int(now // 60)
                self._counts.clear()
            self._counts[operation, credential] += 1
            allowed = self._counts[operation, credential] <= self.limit
        return 0 if allowed else 60 - int(now % 60)


def store() -> Store:
    found: Store = current_app.extensions["store"]
    return found


@api.errorhandler(WhopError)
def show_error(error: WhopError) -> tuple[Response, int]:
    return jsonify(error_body(error.kind, error.message)), int(error.status)


def error_body(kind: str, message: str) -> Json:
    return {"error": {"type": kind, "message": message}}


@api.before_request
def check_caller() -> Response | None:
    """The bearer, the version header and the rate limit, in that order."""
    expected = str(current_app.config["WHOP_API_KEY"])
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    is_known = credential == expected if expected else bool(credential)
    if scheme != "Bearer" or not is_known:
        raise WhopError(
            HTTPStatus.UNAUTHORIZED, "unauthorized", "The API key is missing or not valid."
        )
    if not VERSION.match(_version()):
        raise WhopError(
            HTTPStatus.BAD_REQUEST,
            "invalid_api_version",
            f"Unknown Api-Version-Date. Known versions: {FIRST_VERSION}, {PIN}.",
        )
    limit: RateLimit = current_app.extensions["rate_limit"]
    wait = limit.wait_seconds(request.endpoint or "", credential, time.time())
    return too_many(wait) if wait else None


def no_such_call() -> Response:
    """A path the API does not have."""
    response = jsonify(error_body("not_found", "This route does not exist."))
    response.status_code = HTTPStatus.NOT_FOUND
    return response


def too_many(wait: int) -> Response:
    response = jsonify(error_body("rate_limit_exceeded", f"Try again in {wait} seconds."))
    response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    response.headers["Retry-After"] = str(wait)
    return response


@api.get("/users/<user_id>")
def show_user(user_id: str) -> Json:
    """The person, with a picture that this machine has."""
    person = found(store().user(user_id))
    picture = f"{request.host_url}{PICTURES}/{person.id}.svg"
    return {**person.flat, "profile_picture": {"url": picture}}


@api.get("/users/<user_id>/access/<resource_id>")
def check_access(user_id: str, resource_id: str) -> Json:
    """Whether somebody may enter; a team member is `admin`, whatever their role is called."""
    kind = next((k for p, k in RESOURCE_KINDS.items() if resource_id.startswith(p)), "")
    person, resource = found(store().user(user_id)), found(store().get(kind, resource_id))
    level = store().access(person.id, resource.account_id)
    return {"has_access": level != "no_access", "access_level": level}


@api.get("/accounts/<account_id>")
def show_account(account_id: str) -> Json:
    return found(store().get("account", account_id)).flat


@api.get("/experiences/<experience_id>")
def show_experience(experience_id: str) -> Json:
    return found(store().get("experience", experience_id)).flat


@api.get("/memberships/<membership_id>")
def show_membership(membership_id: str) -> Json:
    """Unlike a webhook, a read says who the affiliate is, if the company lets us see it."""
    membership = found(store().get("membership", membership_id))
    body = shaped(membership)
    user_id = store().affiliate(membership_id)
    if user_id is None or not store().is_granted(membership.account_id, "affiliate:basic:read"):
        return body
    affiliate = {
        "id": "aff_" + membership_id.removeprefix("mem_"),
        "user_id": user_id,
        "commission_type": "percentage",
        "commission_percentage": 30,
        "commission_amount": None,
        "applies_to_payments": "all_payments",
        "enabled": True,
    }
    return {**body, "affiliate": affiliate}


@api.get("/payments")
def list_payments() -> Json:
    return page("payment", parent="membership_id", fields=("status", "billing_reason"))


@api.get("/payments/<payment_id>")
def show_payment(payment_id: str) -> Json:
    return shaped(found(store().get("payment", payment_id)))


@api.get("/refunds")
def list_refunds() -> Json:
    return page("refund", parent="payment_id", fields=("status",))


@api.get("/refunds/<refund_id>")
def show_refund(refund_id: str) -> Json:
    return shaped(found(store().get("refund", refund_id)))


@api.get("/disputes")
def list_disputes() -> Json:
    return page("dispute", parent="payment_id", fields=("status",))


@api.get("/disputes/<dispute_id>")
def show_dispute(dispute_id: str) -> Json:
    return shaped(found(store().get("dispute", dispute_id)))


@api.get("/memberships")
def list_memberships() -> Json:
    return page("membership", parent="", fields=("status",))


@api.get("/permissions")
def list_permissions() -> Json:
    """Which rights the company approved; a company nobody knows approved nothing."""
    account_id = request.args.get("resource_id", "")
    is_known = store().get("account", account_id) is not None
    actions = [word for word in request.args.get("actions", "").split(",") if word]
    return {
        "data": [
            {"action": action, "granted": is_known and store().is_granted(account_id, action)}
            for action in actions
        ]
    }


@api.get("/plans")
def list_plans() -> Json:
    """A company's price list, oldest first."""
    account = found(store().get("account", request.args.get("account_id", "")))
    check_granted(account.id, "plan:basic:read")
    return page("plan", parent="", fields=())


@api.get("/plans/<plan_id>")
def show_plan(plan_id: str) -> Json:
    plan = found(store().get("plan", plan_id))
    check_granted(plan.account_id, "plan:basic:read")
    return shaped(plan)


@api.post("/checkout_configurations")
def create_checkout() -> Response:
    """Make a checkout; the same key and request are answered by the same bytes for a day."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return told(*_made_checkout())
    if len(key.encode()) > MAX_KEY_BYTES:
        raise WhopError(HTTPStatus.BAD_REQUEST, "bad_request", "The idempotency key is too long.")
    asked = hashlib.sha256(request.get_data() + _version().encode()).hexdigest()
    kept = store().kept_answer(key, time.time())
    if kept is None:
        status, body = _made_checkout()
        store().keep_answer(key, Answered(asked, status, body), time.time())
        return told(status, body)
    if kept.asked != asked:
        raise WhopError(
            HTTPStatus.BAD_REQUEST, "idempotency_error", "This key was used for another request."
        )
    response = told(kept.status, kept.body)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _made_checkout() -> tuple[int, bytes]:
    """Status and bytes of the answer; a refusal is an answer too, and repeated like one."""
    try:
        made = _make_checkout(request.get_json(silent=True) or {})
    except WhopError as error:
        return int(error.status), json.dumps(error_body(error.kind, error.message)).encode()
    return int(HTTPStatus.OK), json.dumps(made).encode()


def _make_checkout(wanted: Json) -> Json:
    plan = found(store().get("plan", str(wanted.get("plan_id", ""))))
    if wanted.get("account_id", plan.account_id) != plan.account_id:
        raise WhopError(HTTPStatus.NOT_FOUND, "not_found", "This resource could not be found.")
    check_granted(plan.account_id, "checkout_configuration:create")
    if wanted.get("mode", "payment") != "payment" or not isinstance(
        wanted.get("metadata", {}), dict
    ):
        raise WhopError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "unprocessable_entity",
            "mode or metadata is not valid.",
        )
    base = request.host_url.rstrip("/")
    return checkouts.make(store(), plan, wanted, base, datetime.now(UTC))


def told(status: int, body: bytes) -> Response:
    return Response(body, status, mimetype="application/json")


def check_granted(account_id: str, action: str) -> None:
    """Refuse what the company has not approved."""
    if not store().is_granted(account_id, action):
        raise WhopError(HTTPStatus.FORBIDDEN, "forbidden", f"The permission {action} is missing.")


def found(thing: Thing | None) -> Thing:
    if thing is None:
        raise WhopError(HTTPStatus.NOT_FOUND, "not_found", "This resource could not be found.")
    return thing


def _version() -> str:
    return request.headers.get("Api-Version-Date", FIRST_VERSION)


def shaped(thing: Thing) -> Json:
    """The object as the caller's version shows it; without a header that is the oldest one."""
    is_native = _version() >= NATIVE_SINCE[thing.kind]
    return thing.flat if is_native else thing.nested


def page(kind: str, *, parent: str, fields: tuple[str, ...]) -> Json:
    """One Relay page of a kind, narrowed by the query's filters."""
    args = request.args
    rows = store().page(
        kind,
        account_id=args.get("account_id") or args.get("company_id", ""),
        parent_id=args.get(parent, "") if parent else "",
        user_id=args.get("user_id", ""),
        created_after=args.get("created_after", ""),
        fields={name: args[name] for name in fields if name in args},
        after=args.get("after", ""),
        first=min(args.get("first", 20, type=int), MAX_PAGE),
    )
    return {
        "data": [shaped(row) for row in rows.rows],
        "page_info": {
            "start_cursor": cursor_of(rows.rows[0]) if rows.rows else None,
            "end_cursor": cursor_of(rows.rows[-1]) if rows.rows else None,
            "has_next_page": rows.has_next,
            "has_previous_page": rows.has_previous,
        },
    }
