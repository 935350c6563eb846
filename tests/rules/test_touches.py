"""All that pointed a buyer to somebody, and what other models would give; visits without names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules.facts import Affiliate, Change, Click
from game.rules.touches import HALF_LIFE, MODELS, Share, Touch, shares, touches_of
from game.rules.visits import country_of, device_of, utm_of
from tests.rules.making import BUYER, CODE, DAY, OTHER, PAID_AT, REFERRER, case_of, payment

ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140 Mobile Safari/537"


def touch(days_before: float, referrer: str) -> Touch:
    at = PAID_AT - timedelta(days=days_before)
    return Touch(at, "click", f"ck_{days_before}_{referrer}", referrer)


def test_every_touch_stands_once_in_order_of_time() -> None:
    clicks = {"ck_1": Click("ck_1", OTHER, PAID_AT - 3 * DAY)}
    bought = [
        payment(ref="ck_1", membership_id="mem_1", promo_code_id="promo_1"),
        payment(payment_id="pay_2", ref=CODE, at=PAID_AT + DAY, membership_id="mem_1"),
        payment(payment_id="pay_3", ref="ck_1", at=PAID_AT + 2 * DAY),
    ]
    case = case_of(
        bought,
        clicks=clicks,
        ties={"promo_1": [Change(PAID_AT - DAY, "user_promo")]},
        affiliates={"mem_1": Affiliate("user_affiliate", PAID_AT)},
    )

    found = touches_of(case, [Click("ck_0", BUYER, PAID_AT - 5 * DAY), clicks["ck_1"]])

    assert [(one.kind, one.word, one.referrer_id, one.is_own) for one in found] == [
        ("click", "ck_0", BUYER, True),
        ("click", "ck_1", OTHER, False),
        ("affiliate", "mem_1", "user_affiliate", False),
        ("promo", "promo_1", "user_promo", False),
        ("code", CODE, REFERRER, False),
    ]


def test_models_share_the_credit_as_their_names_say() -> None:
    week = HALF_LIFE / DAY
    touches = [touch(week, "user_a"), touch(0, "user_b"), touch(-1, "user_late")]

    assert shares(touches, PAID_AT, "first_click") == [Share("user_a", 10_000)]
    assert shares(touches, PAID_AT, "linear") == [Share("user_a", 5_000), Share("user_b", 5_000)]
    assert shares(touches, PAID_AT, "time_decay") == [
        Share("user_b", 6_667),
        Share("user_a", 3_333),
    ]


def test_touches_of_the_buyers_own_share_nothing() -> None:
    own = Touch(PAID_AT - DAY, "code", CODE, BUYER, is_own=True)

    assert shares([own], PAID_AT, "linear") == []
    assert shares([own, touch(0.5, "user_a")], PAID_AT, "first_click") == [Share("user_a", 10_000)]


@given(st.lists(st.tuples(st.integers(0, 5_000), st.sampled_from("abcde")), min_size=1))
def test_the_shares_of_every_model_add_up(drawn: list[tuple[int, str]]) -> None:
    touches = sorted((touch(hours / 24, who) for hours, who in drawn), key=lambda one: one.at)

    for model in MODELS:
        given_ = shares(touches, PAID_AT, model)
        assert sum(one.share_bp for one in given_) == 10_000
        assert all(one.share_bp > 0 for one in given_)


@pytest.mark.parametrize(
    ("browser", "device"),
    [
        (ANDROID, "phone"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148", "phone"),
        ("Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X) Mobile/15E148", "tablet"),
        (ANDROID.replace("Mobile ", ""), "tablet"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "desktop"),
        ("something else", ""),
        ("", ""),
    ],
)
def test_a_browser_tells_the_class_of_its_device(browser: str, device: str) -> None:
    assert device_of(browser) == device


@pytest.mark.parametrize(
    ("told", "country"),
    [("de", "DE"), (" US ", "US"), ("XX", ""), ("T1", ""), ("DEU", ""), ("", ""), ("D1", "")],
)
def test_a_country_is_two_letters_or_nothing(told: str, country: str) -> None:
    assert country_of(told) == country


def test_words_of_a_link_are_cut_and_empty_ones_left_out() -> None:
    query = {"utm_source": "tik\x00tok", "utm_medium": "", "utm_term": "x" * 300, "other": "1"}

    assert utm_of(query) == {"source": "tiktok", "term": "x" * 100}
