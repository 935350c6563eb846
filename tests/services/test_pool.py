"""The reward pool: what is promised is there, and nothing of it is promised twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from game.rules.refusals import Refusal
from game.services.ledger import pool
from game.services.ledger.pool import Prize
from game.services.members.joining import ensure_company
from models.session import WORKER, transaction
from settings import Settings
from tests.support.company_life import sign_in
from tests.support.settling import COMPANY, differences
from tests.support.telling import as_owner, rows
from web.app import create_app

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _company(settings: Settings) -> None:
    with transaction(WORKER) as tx:
        ensure_company(tx, COMPANY, NOW)


def prize(amount: int, purpose: str = "quest:1", currency: str = "usd") -> Prize:
    return Prize(COMPANY, purpose, currency, amount, "user_boss", NOW)


def fund(amount: int, currency: str = "usd") -> None:
    pool.fund(COMPANY, currency, amount, "", "user_boss", NOW)


def reserve(amount: int, purpose: str = "quest:1") -> str:
    try:
        with transaction(WORKER, COMPANY) as tx:
            pool.reserve(tx, prize(amount, purpose))
    except Refusal as refusal:
        return refusal.code
    return "reserved"


def held(currency: str = "usd") -> tuple[int, int, int]:
    """(free, reserved, prizes)."""
    found = rows(
        "SELECT free_minor, reserved_minor, prizes_minor FROM pool_balance WHERE currency = %s",
        currency,
    )
    return found[0] if found else (0, 0, 0)


@pytest.mark.parametrize(("amount", "wanted"), [(999, "reserved"), (1000, "reserved"), (1001, "")])
def test_as_much_is_reserved_as_is_free_and_not_a_cent_more(amount: int, wanted: str) -> None:
    fund(1000)

    assert reserve(amount) == (wanted or "pool_too_small")

    assert held() == ((1000 - amount, amount, 0) if wanted else (1000, 0, 0))
    assert differences(NOW) == []


def test_fifty_quests_published_at_once_reserve_what_there_is() -> None:
    fund(1000)

    with ThreadPoolExecutor(10) as threads:
        told = list(threads.map(lambda n: reserve(100, f"quest:{n}"), range(50)))

    assert told.count("reserved") == 10
    assert held() == (0, 1000, 0)
    assert differences(NOW) == []


def test_what_is_not_won_goes_back_once() -> None:
    fund(1000)
    reserve(600)

    for _ in range(2):
        with transaction(WORKER, COMPANY) as tx:
            pool.give_back(tx, prize(600))

    assert held() == (1000, 0, 0)
    assert differences(NOW) == []


def test_a_prize_leaves_its_own_reserve_only() -> None:
    fund(1000)
    reserve(300, "quest:1")
    reserve(700, "season:1")

    with pytest.raises(Refusal) as refused, transaction(WORKER, COMPANY) as tx:
        pool.pay(tx, prize(301, "quest:1"), 1)

    assert refused.value.code == "pool_too_small"
    assert held() == (0, 1000, 0)
    with transaction(WORKER, COMPANY) as tx:
        pool.pay(tx, prize(300, "quest:1"), 1)
    assert held() == (0, 700, 300)
    # Nobody has posted the member's side: that is what `verify` says.
    assert [found.split(" is ")[0] for found in differences(NOW)] == [
        f"{COMPANY}: pool prizes against members of 1 usd"
    ]


def test_funds_are_taken_back_as_far_as_they_are_free() -> None:
    fund(1000)
    reserve(600)

    with pytest.raises(Refusal) as refused:
        fund(-401)
    fund(-400)

    assert refused.value.details == {"free_minor": 400, "wanted_minor": 401}
    assert held() == (0, 600, 0)
    assert differences(NOW) == []


def test_currencies_are_pools_of_their_own_and_unknown_ones_none() -> None:
    fund(1000)
    fund(5, "jpy")

    with pytest.raises(Refusal) as refused:
        fund(1, "doge")

    assert refused.value.code == "unknown_currency"
    assert (held("usd"), held("jpy")) == ((1000, 0, 0), (5, 0, 0))
    assert rows("SELECT currency, exponent FROM pool_balance ORDER BY 1") == [
        ("jpy", 0),
        ("usd", 2),
    ]


def test_forged_rows_of_the_pool_are_named() -> None:
    fund(1000)
    reserve(600)
    for sql, place in (
        ("UPDATE pool_balance SET free_minor = free_minor + 1", "pool_balance"),
        ("UPDATE pool_movement SET amount_minor = amount_minor + 1 WHERE id = 1", "pool_balance"),
        ("UPDATE pool_reserve SET left_minor = 0", "pool_reserve"),
        ("UPDATE pool_movement SET purpose = '' WHERE credit = 'reserved'", "pool_movement"),
        ("DELETE FROM pool_movement WHERE credit = 'reserved'", "pool_reserve"),
    ):
        for table in ("pool_balance", "pool_movement", "pool_reserve"):
            as_owner(f"CREATE TABLE kept_{table} AS TABLE {table}")
        as_owner(sql)
        assert any(f": {place} of" in line for line in differences(NOW)), sql
        for table in ("pool_balance", "pool_movement", "pool_reserve"):
            as_owner(
                f"DELETE FROM {table}; INSERT INTO {table} OVERRIDING SYSTEM VALUE "
                f"TABLE kept_{table}; DROP TABLE kept_{table}"
            )
    assert differences(NOW) == []


def test_a_creator_books_funds_and_sees_them_a_member_does_not() -> None:
    client: FlaskClient = create_app().test_client()
    boss = sign_in(client, COMPANY, "user_boss", "creator")
    member = sign_in(client, COMPANY, "user_member")

    answer = boss.post("/company/pool", {"amount_minor": 5000, "currency": "usd", "note": "May"})
    assert answer.json is not None
    assert answer.json["data"]["balances"] == [
        {
            name: {"amount_minor": amount, "currency": "usd", "exponent": 2}
            for name, amount in (("free", 5000), ("reserved", 0), ("prizes", 0))
        }
    ]
    assert boss.data("/company/pool")["movements"][0]["note"] == "May"
    assert member.get("/company/pool").status_code == 403
    assert boss.post("/company/pool", {"amount_minor": 0, "currency": "usd"}).status_code == 422
