"""Statements tie out to the ledger: of a member, of a month, of the company."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from game.rules.refusals import Refusal
from game.services.commissions.statements import month_of
from tests.support.company_life import Person, code_of, pay, refund, rows, settle, sign_in
from tests.web.api.conftest import COMPANY

NOV = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("name", "now", "wanted"),
    [
        ("", NOV - SECOND, "2026-10"),
        ("", NOV, "2026-11"),
        ("2026-11", NOV, "2026-11"),
        ("2025-12", NOV, "2025-12"),
        ("2026-11", NOV - SECOND, ""),
        ("2026-13", NOV, ""),
        ("2026-1", NOV, ""),
        ("now", NOV, ""),
    ],
)
def test_a_month_has_begun_or_is_none(name: str, now: datetime, wanted: str) -> None:
    if not wanted:
        with pytest.raises(Refusal) as refused:
            month_of(name, now)
        assert refused.value.code == "no_such_month"
        return
    month = month_of(name, now)
    assert month.name == wanted
    assert month.end == (month.start + timedelta(days=32)).replace(day=1)


def test_a_statement_says_what_came_and_went_and_ends_at_the_balance(
    hero: Person, client: FlaskClient
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=40)
    code = code_of(hero)
    pay(COMPANY, "user_one", code, "200.00", at=long_ago)
    taken = pay(COMPANY, "user_two", code, "100.00")
    pay(COMPANY, "user_three", code, "30.00", currency="eur")
    settle()
    refund(COMPANY, taken, "100.00")
    settle()
    assert hero.post("/payouts", {"currency": "usd"}).status_code == 200

    statement = hero.data("/commissions/statement")

    [eur, usd] = statement["parts"]
    assert (usd["earned_minor"], usd["taken_back_minor"], usd["paid_out_minor"]) == (
        3000,
        1000,
        2000,
    )
    assert (eur["earned_minor"], eur["closing"]["pending"]) == (300, 300)
    for part, balance in zip(statement["parts"], hero.data("/commissions/balance"), strict=True):
        for account, amount in part["closing"].items():
            assert amount == balance[f"{account}_minor"]
        moved = part["earned_minor"] - part["taken_back_minor"] + part["prizes_minor"]
        assert sum(part["opening"].values()) + moved == sum(part["closing"].values())
    table = hero.get("/commissions/statement", format="csv")
    assert table.mimetype == "text/csv"
    [(movements,)] = rows("SELECT count(*) FROM movement WHERE member_id = %s", hero.member_id)
    assert len(table.text.splitlines()) == 1 + movements
    assert ",payable,paid,20.00,usd," in table.text


def test_what_was_booked_before_a_month_opens_it_and_what_comes_after_is_not_in_it(
    hero: Person,
) -> None:
    pay(COMPANY, "user_one", code_of(hero), "100.00")
    settle()
    this = month_of("", datetime.now(UTC))
    last = f"{this.start - SECOND:%Y-%m}"

    assert hero.data("/commissions/statement", month=last)["parts"] == []
    assert hero.data("/commissions/statement", month=this.name)["parts"][0]["opening"] == {
        "pending": 0, "held": 0, "payable": 0, "paid": 0,
    }  # fmt: skip


def test_the_companys_statement_is_the_sum_of_its_members(
    hero: Person, client: FlaskClient
) -> None:
    other = sign_in(client, COMPANY, "user_other")
    creator = sign_in(client, COMPANY, "user_creator", "creator")
    long_ago = datetime.now(UTC) - timedelta(days=70)
    pay(COMPANY, "user_one", code_of(hero), "100.00")
    pay(COMPANY, "user_two", code_of(other), "55.00", at=long_ago)
    settle()

    whole = creator.data("/commissions/statement", whose="company")

    [part] = whole["parts"]
    each = [one.data("/commissions/statement")["parts"][0] for one in (hero, other)]
    for name in ("earned_minor", "paid_out_minor"):
        assert part[name] == sum(one[name] for one in each)
    assert part["closing"]["payable"] == 550
    assert [(age["name"], age["amount"]["amount_minor"]) for age in whole["owed_by_age"]] == [
        ("to 30 days", 1000),
        ("61 to 90 days", 550),
    ]
    assert hero.get("/commissions/statement", whose="company").status_code == 403
