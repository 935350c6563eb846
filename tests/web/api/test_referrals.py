"""Referral links, whom they brought, and the counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient

from game.rules.codes import ALPHABET
from game.services.referrals.reads import read_referrals
from models.session import WORKER, transaction
from tests.support.company_life import (
    Person,
    code_of,
    pay,
    refund,
    rows,
    settle,
    sign_in,
    start_trial,
)
from tests.web.api.conftest import COMPANY


def test_a_code_has_eight_characters_nobody_mistakes(hero: Person) -> None:
    answer = hero.post("/referrals/generate")

    assert answer.json is not None
    link = answer.json["data"]
    assert len(link["code"]) == 8
    assert set(link["code"]) <= set(ALPHABET)
    assert not set("OI01") & set(ALPHABET)
    assert link["url"] == f"http://127.0.0.1:8000/r/{link['code']}"
    assert link["expires_at"] is None


def test_asking_again_gives_the_same_code_even_at_once(hero: Person) -> None:
    with ThreadPoolExecutor(8) as pool:
        codes = set(pool.map(lambda _: code_of(hero), range(8)))

    assert len(codes) == 1
    assert rows("SELECT count(*) FROM referral_code") == [(1,)]


def test_the_counts_carry_the_link_once_there_is_one(hero: Person) -> None:
    before = hero.data("/referrals/stats")["link"]

    code = code_of(hero)

    assert before is None
    assert hero.data("/referrals/stats")["link"]["code"] == code
    with transaction(WORKER) as tx:
        tx.run("UPDATE referral_code SET expires_at = %s", (datetime.now(UTC),))
    assert hero.data("/referrals/stats")["link"] is None


def test_an_expired_code_is_followed_by_a_fresh_one(hero: Person) -> None:
    old = code_of(hero)
    with transaction(WORKER) as tx:
        tx.run("UPDATE referral_code SET expires_at = %s", (datetime.now(UTC),))

    assert code_of(hero) != old


def test_generating_is_rate_limited_and_says_when_to_come_back(hero: Person) -> None:
    answers = [hero.post("/referrals/generate") for _ in range(61)]

    assert answers[59].status_code == 200
    assert answers[60].status_code == 429
    assert int(answers[60].headers["Retry-After"]) >= 1
    assert answers[60].json is not None
    assert answers[60].json["error"]["code"] == "rate_limited"


def test_referrals_tell_how_each_buyer_stands(hero: Person) -> None:
    code, now = code_of(hero), datetime.now(UTC)
    pay(COMPANY, "user_stays", code, at=now - timedelta(minutes=3))
    gone = pay(COMPANY, "user_gone", code, at=now - timedelta(minutes=2))
    pay(COMPANY, "user_free", code, "0.00", at=now - timedelta(minutes=1))
    start_trial(COMPANY, "user_tries", code.lower())
    settle()
    refund(COMPANY, gone, "44.10")
    settle()

    found = hero.data("/referrals")

    told = [(one["id"], one["buyer_username"], one["state"], one["source"]) for one in found]
    assert told == [
        ("user_tries", None, "pending", "membership"),
        ("user_free", "free", "pending", "code"),
        ("user_gone", "gone", "refunded", "code"),
        ("user_stays", "stays", "completed", "code"),
    ]
    assert [one["conversion_at"] is None for one in found] == [True, True, False, False]


def test_a_trial_that_pays_is_no_longer_pending(hero: Person) -> None:
    code = code_of(hero)
    start_trial(COMPANY, "user_tries", code)
    settle()
    assert hero.data("/referrals/stats")["pending"] == 1

    pay(COMPANY, "user_tries", code)
    settle()

    [referral] = hero.data("/referrals")
    assert referral["state"] == "completed"
    assert hero.data("/referrals/stats")["pending"] == 0


def test_a_trial_that_ended_without_a_payment_stays_pending(hero: Person) -> None:
    start_trial(COMPANY, "user_tries", code_of(hero))
    settle()
    with transaction(WORKER) as tx:
        tx.run("UPDATE membership SET status = 'expired'")

    [referral] = hero.data("/referrals")

    assert (referral["id"], referral["state"]) == ("user_tries", "pending")
    assert hero.data("/referrals/stats")["pending"] == 1


def test_a_buyer_who_only_renews_is_a_completed_referral_without_conversion(hero: Person) -> None:
    pay(COMPANY, "user_renews", code_of(hero), billing_reason="subscription_cycle")
    settle()

    [referral] = hero.data("/referrals")

    assert (referral["state"], referral["conversion_at"]) == ("completed", None)
    stats = hero.data("/referrals/stats")
    assert (stats["completed"], stats["conversions"], stats["pending"]) == (1, 0, 0)


def test_a_click_is_pending_until_it_is_used_or_its_days_are_over(hero: Person) -> None:
    now = datetime.now(UTC)
    for token, days in (("ck_fresh", 29), ("ck_stale", 31), ("ck_used", 31), ("ck_tried", 31)):
        click(hero, token, now - timedelta(days=days))
    pay(COMPANY, "user_used", "ck_used", at=now - timedelta(days=30, hours=12))
    start_trial(COMPANY, "user_tries", "ck_tried")
    settle()

    told = {one["id"]: (one["state"], one["source"]) for one in hero.data("/referrals")}

    assert told == {
        "ck_fresh": ("pending", "click"),
        "ck_stale": ("expired", "click"),
        "user_used": ("completed", "click"),
        "user_tries": ("pending", "membership"),
    }
    stats = hero.data("/referrals/stats")
    assert (stats["pending"], stats["expired"], stats["completed"]) == (2, 1, 1)


def test_a_click_is_good_for_as_long_as_the_companys_rules_say(hero: Person) -> None:
    now = datetime.now(UTC)
    click(hero, "ck_week", now - timedelta(days=8))
    with transaction(WORKER) as tx:
        tx.run(
            "INSERT INTO rule_set (company_id, version, valid_from, document, actor_user_id) "
            "VALUES (%s, 2, %s, %s, 'user_creator')",
            (COMPANY, now - timedelta(days=1), '{"attribution": {"window_days": 7}}'),
        )

        [view] = read_referrals(tx, COMPANY, hero.member_id, now, None, 20).items

    assert view.state == "expired"


def test_the_counts_agree_with_the_list(hero: Person) -> None:
    code = code_of(hero)
    payments = [pay(COMPANY, f"user_b{number}", code) for number in range(3)]
    pay(COMPANY, "user_free", code, "0.00")
    settle()
    refund(COMPANY, payments[0], "30.00")
    settle()

    stats = hero.data("/referrals/stats")

    kept = hero.data("/users/me/profile")["commission"][0]["earned_minor"]
    assert stats == {
        "link": {
            "code": code,
            "url": f"http://127.0.0.1:8000/r/{code}",
            "expires_at": None,
            "name": "",
            "campaign_id": None,
            "plan_id": "",
        },
        "clicks": 0,
        "pending": 1,
        "completed": 2,
        "reversed": 0,
        "refunded": 1,
        "expired": 0,
        "conversions": 3,
        "earned": [{"amount_minor": kept, "currency": "usd", "exponent": 2}],
    }


def test_nobody_sees_anothers_referrals(hero: Person, client: FlaskClient) -> None:
    pay(COMPANY, "user_buyer", code_of(hero))
    settle()
    friend = sign_in(client, COMPANY, "user_friend")

    assert friend.data("/referrals") == []
    assert friend.data("/referrals/stats")["conversions"] == 0


def test_a_trial_of_ones_own_is_no_referral(hero: Person) -> None:
    start_trial(COMPANY, hero.user_id, code_of(hero))
    settle()

    assert hero.data("/referrals") == []


def click(person: Person, token: str, at: datetime) -> None:
    """A click on the person's link at that moment, as the redirect would have noted it."""
    with transaction(WORKER) as tx:
        tx.run(
            "INSERT INTO click (company_id, token, code, member_id, visitor, at) "
            "VALUES (%s, %s, %s, %s, 'v', %s)",
            (COMPANY, token, code_of(person), person.member_id, at),
        )


def test_a_referral_says_what_it_earned_and_when_that_comes(hero: Person) -> None:
    code, now = code_of(hero), datetime.now(UTC)
    pay(COMPANY, "user_now", code, "44.10", at=now)
    pay(COMPANY, "user_then", code, "10.00", at=now - timedelta(days=31))
    settle()
    start_trial(COMPANY, "user_trial", code)
    settle()

    told = {one["id"]: one for one in hero.data("/referrals")}

    money = {"amount_minor": 441, "currency": "usd", "exponent": 2}
    assert told["user_now"]["commission"] == money
    assert told["user_now"]["due_at"][:10] == (now + timedelta(days=30)).date().isoformat()
    assert told["user_then"]["commission"]["amount_minor"] == 100
    assert told["user_trial"]["commission"] is told["user_trial"]["due_at"] is None
