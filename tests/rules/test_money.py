"""Money is read exactly or refused with its field; rounding is half to even."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules.money import (
    ISO_EXPONENTS,
    LARGEST_MINOR,
    Nonsense,
    half_even,
    read_currency,
    read_money,
)
from tests.rules.making import money


@given(st.integers(-(10**20), 10**20), st.integers(1, 10**12))
def test_half_even_is_pythons_own_rounding_of_the_exact_fraction(num: int, den: int) -> None:
    assert half_even(num, den) == round(Fraction(num, den))


@pytest.mark.parametrize(
    ("num", "den", "rounded"), [(5, 10, 0), (15, 10, 2), (25, 10, 2), (26, 10, 3), (24, 10, 2)]
)
def test_halves_go_to_the_even_neighbour(num: int, den: int, rounded: int) -> None:
    assert half_even(num, den) == rounded


@pytest.mark.parametrize(
    ("value", "currency", "minor", "exponent"),
    [
        (money("46.56"), "usd", 4656, 2),
        (Decimal("46.56"), "usd", 4656, 2),
        (money("46.5"), "usd", 4650, 2),
        (20, "usd", 2000, 2),
        (money("5000", "jpy", 0), "jpy", 5000, 0),
        (money("5000.00", "jpy", 2), "jpy", 5000, 0),
        (Decimal("5000.0"), "jpy", 5000, 0),
        (money("10.000", "kwd", 3), "kwd", 10000, 3),
        (money("1.5", "usdt", 6), "usdt", 1_500_000, 6),
        (Decimal("1E+3"), "usd", 100_000, 2),
        (Decimal(0), "usd", 0, 2),
        (Decimal("-0.00"), "usd", 0, 2),
        (Decimal("0E-999999"), "usd", 0, 2),
        (money("10000000000.00"), "usd", LARGEST_MINOR, 2),
    ],
)
def test_amounts_become_whole_minor_units(
    value: Any, currency: str, minor: int, exponent: int
) -> None:
    assert read_money(value, currency, "data.total") == (minor, exponent, currency)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (money("-1.00"), "negative"),
        (Decimal("-0.01"), "negative"),
        (-1, "negative"),
        (money("46.565"), "more than 2 decimals"),
        (Decimal("46.56000000000000000000000000000000000001"), "more than 2 decimals"),
        (Decimal("1E-999999"), "more than 2 decimals"),
        (money("10000000000.01"), "too large"),
        (10**11, "too large"),
        (Decimal("1E+999999"), "too large"),
        (money("9" * 39), "too large"),
        (money("9" * 5000), "not an amount"),
        (money("1e2x"), "not an amount"),
        (money("NaN"), "not an amount"),
        (money("Infinity"), "not an amount"),
        (Decimal("NaN"), "not an amount"),
        (Decimal("sNaN"), "not an amount"),
        (money(""), "not an amount"),
        (money("."), "not an amount"),
        (money(" 5.00"), "not an amount"),
        (money("1_000.00"), "not an amount"),
        (money("٤٦.٥٦"), "not an amount"),
        (True, "not an amount"),
        (46.56, "not an amount"),
        (None, "not an amount"),
        ([], "not an amount"),
        (money("1", "nosuchcurrency"), "not a currency"),
        (money("1", "a b"), "not a currency"),
        (money("1", "_usd"), "not a currency"),
        (money("1", "us__d"), "not a currency"),
        (money("1", "usd_"), "not a currency"),
        ({"amount": "1", "currency": 7}, "not a currency"),
        ({"amount": "1", "currency": "xyz"}, "not known"),
        (money("1", "xyz", 9), "not between"),
        (money("1", "xyz", -1), "not between"),
        ({"amount": "1", "currency": "xyz", "decimals": True}, "not a whole number"),
        ({"amount": "1", "currency": "xyz", "decimals": "2"}, "not a whole number"),
    ],
)
def test_nonsense_amounts_are_refused_with_field_and_reason(value: Any, reason: str) -> None:
    with pytest.raises(Nonsense, match=reason) as refused:
        read_money(value, "usd", "data.total")

    assert refused.value.field == "data.total"


def test_a_bare_number_without_a_currency_is_refused() -> None:
    with pytest.raises(Nonsense, match="no currency"):
        read_money(Decimal(1), None, "data.total")


def test_the_first_body_decides_the_decimals_of_an_unlisted_currency() -> None:
    assert read_money(money("1.50", "pts", 2), None, "x") == (150, 2, "pts")
    assert read_money(money("1.50", "pts", 2), None, "x", {"pts": 4}) == (15000, 4, "pts")
    with pytest.raises(Nonsense, match="more than 1 decimals"):
        read_money(money("1.55", "pts", 2), None, "x", {"pts": 1})


@pytest.mark.parametrize("currency", ["eth", "btc", "usdt", "ape", "whop_usd", "xau"])
def test_currencies_of_whops_own_are_read(currency: str) -> None:
    assert read_money(money("1.5", currency, 6), None, "x") == (1_500_000, 6, currency)


def test_currencies_are_read_in_any_case() -> None:
    assert read_currency("WHOP_USD", "x") == "whop_usd"
    assert read_money(money("1.00", "USD"), None, "x") == (100, 2, "usd")


def test_the_table_of_currencies_has_each_kind() -> None:
    assert [ISO_EXPONENTS[code] for code in ("usd", "jpy", "kwd", "clf")] == [2, 0, 3, 4]
