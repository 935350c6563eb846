"""Receipts, commissions and balances say what the books hold, page by page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.session import WORKER, transaction
from tests.support.company_life import Person, code_of, pay, refund, settle
from tests.web.api.conftest import COMPANY


def test_each_change_of_the_books_has_a_receipt_newest_first(hero: Person) -> None:
    payment = pay(COMPANY, "user_buyer", code_of(hero), "44.10")
    settle()
    refund(COMPANY, payment, "22.05")
    settle()

    receipts = hero.data("/users/me/receipts")

    told = [(one["kind"], one["reason"], one["title"], one["xp"]) for one in receipts]
    assert told == [
        ("payment", "refund", "Refunded payment", -94),
        ("achievement", "achievement:conversions_1", "Achievement: First Sale", 50),
        ("payment", "conversion", "New referral", 188),
    ]
    amounts = [one["commission"] and one["commission"]["amount_minor"] for one in receipts]
    assert amounts == [-220, None, 441]
    assert sum(one["xp"] for one in receipts) == hero.data("/users/me/profile")["lifetime_xp"]
    booked = [one["posted_at"] for one in receipts]
    assert booked == sorted(booked, reverse=True)


def test_a_receipt_names_the_payment_and_what_it_was_computed_from(hero: Person) -> None:
    hero.post("/users/me/class", {"class": "scout"})
    later = datetime.now(UTC) + timedelta(seconds=2)
    payment = pay(COMPANY, "user_buyer", code_of(hero), "44.10", at=later)
    settle()

    [receipt] = [one for one in hero.data("/users/me/receipts") if one["kind"] == "payment"]

    assert receipt["payment_id"] == payment
    assert receipt["class"] == "scout"
    assert receipt["multiplier_bp"] == 14500
    assert receipt["commission"] == {"amount_minor": 441, "currency": "usd", "exponent": 2}
    assert receipt["inputs"]["points"] == 188
    assert receipt["inputs"]["base_minor"] == 4410
    assert receipt["rule_version"] == 1
    assert receipt["xp"] == 272


def test_a_payments_receipt_carries_the_rates_of_its_own_rule_version(hero: Person) -> None:
    hero.post("/users/me/class", {"class": "champion"})
    later = datetime.now(UTC) + timedelta(seconds=2)
    payment = pay(COMPANY, "user_buyer", code_of(hero), "44.10", at=later)
    settle()
    refund(COMPANY, payment, "22.05")
    settle()

    receipts = hero.data("/users/me/receipts")

    [taken, _, given] = [one["inputs"] for one in receipts if one["kind"] != "lesson"][:3]
    assert given["rate_bp"] == 1000
    assert given["class_commission_bp"] == 12000
    assert given["class_title"] == "Champion"
    assert given["commission_minor"] == round(given["base_minor"] * 1000 * 12000 / 10**8)
    assert (given["flat_points"], given["dollar_points"]) == (100, 88)
    assert (given["class_xp_bp"], given["prestige_bp"]) == (10000, 0)
    assert "ability_bp" not in given
    assert taken["rate_bp"] == 1000
    assert taken["taken"] == [1, 2]


def test_pages_of_receipts_hold_each_one_once(hero: Person) -> None:
    code = code_of(hero)
    for number in range(5):
        pay(COMPANY, f"user_buyer{number}", code)
    settle()
    everything = [one["id"] for one in hero.data("/users/me/receipts", limit=100)]

    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        answer = hero.get("/users/me/receipts", limit=2, **after)
        assert answer.json is not None
        seen += [one["id"] for one in answer.json["data"]]
        page = answer.json["page"]
        assert page["limit"] == 2
        if not page["has_next"]:
            assert page["next"] is None
            break
        after = {"after": page["next"]}

    assert len(everything) >= 6
    assert seen == everything


def test_a_new_receipt_does_not_shift_the_pages_behind_it(hero: Person) -> None:
    code = code_of(hero)
    pay(COMPANY, "user_one", code)
    settle()
    first = hero.get("/users/me/receipts", limit=1).json
    assert first is not None

    pay(COMPANY, "user_two", code)
    settle()
    second = hero.data("/users/me/receipts", limit=1, after=first["page"]["next"])

    assert int(second[0]["id"]) < int(first["data"][0]["id"])


def test_commissions_show_what_was_computed_and_what_is_left(hero: Person) -> None:
    code = code_of(hero)
    kept = pay(COMPANY, "user_one", code, "44.10")
    halved = pay(COMPANY, "user_two", code, "44.10")
    gone = pay(COMPANY, "user_three", code, "44.10")
    settle()
    refund(COMPANY, halved, "22.05")
    refund(COMPANY, gone, "44.10")
    settle()

    found = {one["payment_id"]: one for one in hero.data("/commissions")}

    shown = {
        payment: (one["commission"]["amount_minor"], one["kept"]["amount_minor"], one["state"])
        for payment, one in found.items()
    }
    assert shown == {
        kept: (441, 441, "pending"),
        halved: (441, 221, "pending"),
        gone: (441, 0, "cancelled"),
    }
    assert found[kept]["base"] == {"amount_minor": 4410, "currency": "usd", "exponent": 2}
    assert found[kept]["kind"] == "conversion"


def test_each_currency_has_its_own_balance(hero: Person) -> None:
    code = code_of(hero)
    pay(COMPANY, "user_one", code, "44.10")
    pay(COMPANY, "user_two", code, "30.00", currency="eur")
    settle()

    balances = hero.data("/commissions/balance")

    assert [(one["currency"], one["earned_minor"]) for one in balances] == [
        ("eur", 300),
        ("usd", 441),
    ]
    profile = hero.data("/users/me/profile")["commission"]
    alike = [{name: one[name] for name in profile[0]} for one in reversed(balances)]
    assert alike == profile
    assert [one["currency"] for one in hero.data("/commissions/balance", limit=1)] == ["eur"]


def test_a_member_sees_first_what_they_earn_in_most_often(hero: Person) -> None:
    code = code_of(hero)
    for buyer, currency in (("one", "eur"), ("two", "jpy"), ("three", "jpy"), ("four", "kwd")):
        pay(COMPANY, f"user_{buyer}", code, "3000", currency=currency)
    settle()

    shown = [one["currency"] for one in hero.data("/users/me/profile")["commission"]]

    assert shown == ["jpy", "eur", "kwd"]


def test_commissions_of_one_moment_are_split_between_pages_cleanly(hero: Person) -> None:
    code, at = code_of(hero), datetime.now(UTC)
    payments = {pay(COMPANY, f"user_b{number}", code, at=at) for number in range(4)}
    settle()

    first = hero.get("/commissions", limit=3).json
    assert first is not None
    rest = hero.data("/commissions", limit=3, after=first["page"]["next"])

    seen = [one["payment_id"] for one in first["data"] + rest]
    assert len(seen) == 4
    assert set(seen) == payments


def test_a_balance_says_how_much_comes_on_which_day(hero: Person) -> None:
    code, now = code_of(hero), datetime.now(UTC)
    pay(COMPANY, "user_one", code, "44.10", at=now)
    pay(COMPANY, "user_two", code, "10.00", at=now)
    refunded = pay(COMPANY, "user_three", code, "20.00", at=now)
    settle()
    refund(COMPANY, refunded, "20.00")
    settle()

    [balance] = hero.data("/commissions/balance")

    day = (now + timedelta(days=30)).date().isoformat()
    assert balance["coming"] == [{"due_on": day, "amount_minor": 541}]
    assert balance["pending_minor"] == 541


def test_money_that_has_come_is_coming_no_more(hero: Person) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=31)
    pay(COMPANY, "user_one", code_of(hero), "44.10", at=long_ago)
    settle()

    [balance] = hero.data("/commissions/balance")

    assert balance["coming"] == []
    assert balance["earned_minor"] == 441


def test_days_of_coming_money_are_those_of_the_company(hero: Person) -> None:
    with transaction(WORKER) as tx:
        tx.run(
            "INSERT INTO company_fact (company_id, kind, key, at, value) "
            "VALUES (%s, 'time_zone', 'far', %s, 'Pacific/Kiritimati')",
            (COMPANY, datetime.now(UTC) - timedelta(days=90)),
        )
    at = datetime.now(UTC).replace(hour=11, minute=0) - timedelta(days=1)
    pay(COMPANY, "user_one", code_of(hero), "44.10", at=at)
    settle()

    [balance] = hero.data("/commissions/balance")

    day = (at + timedelta(days=31)).date().isoformat()
    assert [one["due_on"] for one in balance["coming"]] == [day]
