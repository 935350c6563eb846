"""A company's life for tests: its people signed in, and what Whop tells of its buyers settled."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cli.token import open_session
from game.services.boards.board import Board, current
from game.services.boards.freezing import freeze
from game.services.inbox import intake
from game.services.members.sessions import issue
from game.services.rulesets.charter import load_charter
from game.services.settlement.drain import drain
from models.session import WORKER, Row, transaction
from tests.rules.making import event, flat_payment, iso, membership_body, money, native_refund

API = "/api/v1"
_numbers = itertools.count(1)


@dataclass
class Person:
    """Somebody signed in to one company."""

    client: FlaskClient
    company_id: str
    user_id: str
    member_id: int
    token: str

    def get(self, path: str, **query: Any) -> TestResponse:
        return self._ask("GET", path, query_string=query)

    def post(self, path: str, body: Any = None) -> TestResponse:
        return self._ask("POST", path, json={} if body is None else body)

    def data(self, path: str, **query: Any) -> Any:
        """What a route answers, which must be a success."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.json
        assert answer.json is not None
        return answer.json["data"]

    def _ask(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.open(API + path, method=method, headers=headers, **options)


def sign_in(client: FlaskClient, company_id: str, user_id: str, role: str = "member") -> Person:
    """A person with a fresh session; company and member are made where they are new."""
    now = datetime.now(UTC)
    session = open_session(company_id, user_id, role, now)
    token = issue(session).token
    return Person(client, company_id, user_id, session.member_id, token)


def code_of(person: Person) -> str:
    """The person's referral code."""
    answer = person.post("/referrals/generate")
    assert answer.status_code == 200, answer.json
    assert answer.json is not None
    return str(answer.json["data"]["code"])


def tell(company_id: str, kind: str, data: dict[str, Any]) -> None:
    """One delivery of Whop's, taken in as if it had passed the door."""
    now = datetime.now(UTC)
    webhook_id = f"msg_{next(_numbers)}"
    body = event(kind, data, id=webhook_id, account_id=company_id, timestamp=iso(now))
    raw = json.dumps(body).encode()
    assert intake.accept(intake.read_delivery(webhook_id, raw, now, now)) == "accepted"


def pay(
    company_id: str,
    buyer: str,
    ref: str,
    total: str = "44.10",
    *,
    at: datetime | None = None,
    payment_id: str = "",
    currency: str = "usd",
    **more: Any,
) -> str:
    """A paid payment without tax; its id. Not settled yet."""
    data = payment_data(buyer, ref, total, at=at, payment_id=payment_id, currency=currency, **more)
    tell(company_id, "payment.succeeded", data)
    return str(data["id"])


def payment_data(
    buyer: str,
    ref: str,
    total: str = "44.10",
    *,
    at: datetime | None = None,
    payment_id: str = "",
    currency: str = "usd",
    **more: Any,
) -> dict[str, Any]:
    """What Whop says of a paid payment without tax."""
    paid_at = at or datetime.now(UTC) - timedelta(seconds=1)
    amount = money(total, currency)
    return flat_payment(
        id=payment_id or f"pay_{next(_numbers)}",
        created_at=iso(paid_at),
        updated_at=iso(paid_at),
        paid_at=iso(paid_at),
        currency=currency,
        total=amount,
        tax_amount=money("0.00", currency),
        usd_total=money(total),
        presentment_total=amount,
        refunded_amount=money("0.00", currency),
        membership_id=f"mem_{buyer}",
        metadata={"wl_ref": ref},
        user={"id": buyer, "username": buyer.removeprefix("user_"), "name": None},
        **more,
    )


def refund(company_id: str, payment_id: str, amount: str) -> None:
    """A succeeded refund in dollars. Not settled yet."""
    now = datetime.now(UTC)
    tell(
        company_id,
        "refund.created",
        native_refund(
            id=f"rf_{next(_numbers)}",
            payment_id=payment_id,
            amount=money(amount),
            original_amount=money(amount),
            created_at=iso(now),
            updated_at=iso(now),
        ),
    )


def start_trial(company_id: str, buyer: str, ref: str) -> None:
    """A membership in its trial. Not settled yet."""
    now = datetime.now(UTC)
    tell(
        company_id,
        "membership.activated",
        membership_body(
            id=f"mem_{buyer}",
            status="trialing",
            user_id=buyer,
            metadata={"wl_ref": ref},
            created_at=iso(now),
            updated_at=iso(now),
        ),
    )


def close_this_week(company_id: str) -> None:
    """Write the XP board of the week that runs down, as if it had closed."""
    now = datetime.now(UTC)
    with transaction(WORKER, company_id) as tx:
        charter = load_charter(tx, company_id)
        board = Board(company_id, "xp", current(charter, "weekly", now))
        assert freeze(tx, board, charter.rules.at(now), now) is not None


def settle() -> None:
    """Settle everything that waits."""
    while drain(datetime.now(UTC)).more:
        pass


def rows(sql: str, *params: Any) -> list[Row]:
    """What the database holds, of every company."""
    with transaction(WORKER) as tx:
        return tx.rows(sql, params)
