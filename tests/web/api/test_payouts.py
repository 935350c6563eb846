"""Payouts over the API: who may ask, who decides, and what each of them sees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.company_life import Person, code_of, pay, rows, settle, sign_in
from tests.web.api.conftest import COMPANY, OTHER_COMPANY

LONG_AGO = timedelta(days=40)


@pytest.fixture
def creator(client: FlaskClient) -> Person:
    return sign_in(client, COMPANY, "user_creator", "creator")


def earn(person: Person, total: str = "100.00", buyer: str = "user_buyer") -> None:
    """A payable tenth of a payment."""
    pay(person.company_id, buyer, code_of(person), total, at=datetime.now(UTC) - LONG_AGO)
    settle()


def made(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.json
    return list(answer.json["data"]["payouts"])


def code(answer: Any) -> str:
    return str(answer.json["error"]["code"])


def test_a_member_asks_and_sees_how_it_goes_on(hero: Person, creator: Person) -> None:
    earn(hero)
    [balance] = hero.data("/commissions/balance")
    assert (balance["payable_usd_cents"], balance["smallest_payout_usd_cents"]) == (1000, 1000)

    [payout] = made(hero.post("/payouts"))
    assert payout["amount"] == {"amount_minor": 1000, "currency": "usd", "exponent": 2}
    assert (payout["state"], payout["requested_by_member"]) == ("requested", True)
    [balance] = hero.data("/commissions/balance")
    assert (balance["payable_minor"], balance["on_its_way_minor"]) == (0, 1000)
    for act, state in (("approve", "approved"), ("mark-paid", "paid")):
        answer = creator.post(f"/payouts/{payout['id']}/{act}")
        assert answer.json is not None
        assert answer.json["data"]["state"] == state

    [seen] = hero.data("/payouts")
    assert [step["state"] for step in seen["steps"]] == ["requested", "approved", "paid"]
    assert [step["actor"] for step in seen["steps"]] == [None, None, None]
    assert seen["agreed"] == []
    assert code(hero.post("/payouts")) == "nothing_payable"
    assert hero.data("/users/me/receipts")[0]["kind"] == "payout"


def test_a_member_decides_nothing_and_pays_nobody_else(hero: Person, client: FlaskClient) -> None:
    earn(hero)
    [payout] = made(hero.post("/payouts"))
    moderator = sign_in(client, COMPANY, "user_moderator", "moderator")

    for person in (hero, moderator):
        for act in ("approve", "reject", "mark-paid"):
            assert code(person.post(f"/payouts/{payout['id']}/{act}")) == "forbidden"
        for body in ({"everybody": True}, {"members": [1]}, {"method": "manual"}):
            assert code(person.post("/payouts", body)) == "forbidden"
        assert code(person.get("/payouts", format="csv")) == "forbidden"
        assert code(person.get("/payouts/overview")) == "forbidden"
    assert moderator.data("/payouts") == []


def test_a_creator_pays_everybody_by_hand_from_a_table(
    hero: Person, creator: Person, client: FlaskClient
) -> None:
    other = sign_in(client, COMPANY, "user_other")
    rows("UPDATE member SET username = '=HYPERLINK(1)' WHERE id = %s RETURNING 1", other.member_id)
    earn(hero)
    earn(other, "55.00", "user_second")
    earn(other, "77.00", "user_third")
    before = creator.data("/payouts/overview")
    assert before["ready"] == [
        {
            "amount": {"amount_minor": 2320, "currency": "usd", "exponent": 2},
            "payouts": 2,
            "too_small": 0,
        }
    ]

    payouts = made(creator.post("/payouts", {"method": "manual"}))

    assert [one["state"] for one in payouts] == ["approved", "approved"]
    table = creator.get("/payouts", format="csv", state="approved")
    assert table.mimetype == "text/csv"
    lines = table.text.splitlines()
    assert len(lines) == 3
    assert "'=HYPERLINK(1)" in lines[1]
    assert ",13.20,usd," in lines[1]
    after = creator.data("/payouts/overview")
    assert (after["to_pay_by_hand"], after["ready"]) == (2, [])
    [owed] = after["owed"]
    assert owed["on_its_way"]["amount_minor"] == 2320
    assert code(creator.post("/payouts")) == "nothing_payable"


def test_another_companys_payouts_are_neither_seen_nor_decided(
    hero: Person, creator: Person, client: FlaskClient
) -> None:
    earn(hero)
    [payout] = made(hero.post("/payouts"))
    foreign = sign_in(client, OTHER_COMPANY, "user_boss", "creator")

    assert foreign.data("/payouts") == []
    for act in ("approve", "reject", "mark-paid"):
        assert code(foreign.post(f"/payouts/{payout['id']}/{act}")) == "not_found"
    assert code(foreign.post("/payouts", {"members": [hero.member_id]})) == "nothing_payable"
    assert creator.data("/payouts")[0]["state"] == "requested"


def test_a_lone_creator_confirms_a_large_payout_in_a_new_session(
    hero: Person, creator: Person, client: FlaskClient
) -> None:
    answer = creator.post("/payouts/settings", {"second_above_usd_cents": 500})
    assert answer.status_code == 200
    earn(hero)
    [payout] = made(hero.post("/payouts"))
    path = f"/payouts/{payout['id']}/approve"

    first = creator.post(path)
    assert first.json is not None
    assert (first.json["data"]["state"], first.json["data"]["agreed"]) == (
        "requested",
        ["user_creator"],
    )
    assert code(creator.post(path)) == "fresh_sign_in_needed"
    anew = sign_in(client, COMPANY, "user_creator", "creator")
    second = anew.post(path)

    assert second.json is not None
    assert second.json["data"]["state"] == "approved"
    assert second.json["data"]["agreed"] == ["user_creator", "user_creator"]
