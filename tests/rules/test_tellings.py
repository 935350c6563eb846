"""One payment told in several currencies: amounts of one body belong together."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from itertools import permutations
from typing import Any

import pytest

from game.rules.commissions import in_usd_cents
from game.rules.facts import Payment, newest_name
from game.rules.merging import merge_payment
from game.rules.takeback import share_refunded
from tests.rules import making
from tests.rules.making import DAY, PAID_AT, case_of, priced, refund

IN_WON: dict[str, Any] = {"currency": "krw", "exponent": 0, "total_minor": 55_000, "shape": 1}


def told(**more: Any) -> Payment:
    """One body that is silent on everything but its total, unless told otherwise."""
    told = ("refunded_minor", 0, 0) if "refunded_minor" not in more else None
    silent = [mark for mark in (told, None if "tax_minor" in more else ("tax_minor", 0, 0)) if mark]
    amounts = {"total_minor": 4000, "tax_minor": 0, "refunded_minor": 0} | more
    return making.payment(**amounts, told=tuple(silent))


def together(*tellings: Payment) -> Payment:
    """Merge them; every order must come to the same."""
    merged = reduce(merge_payment, tellings)
    for order in permutations(tellings):
        assert reduce(merge_payment, [*order, *order]) == merged
    return merged


def test_what_the_deciding_body_is_silent_on_is_a_share_of_the_other_total() -> None:
    payment = together(
        told(usd_total_cents=4000),
        told(**IN_WON, tax_minor=5_000, usd_total_cents=4000, refunded_minor=0),
    )

    assert (payment.currency, payment.total_minor, payment.tax_minor) == ("usd", 4000, 364)
    assert payment.base_minor == 3636
    [effect] = priced(case_of([payment]))
    assert (effect.commission_minor, effect.kind, effect.currency) == (364, "conversion", "usd")


def test_a_zero_is_no_gap() -> None:
    payment = together(told(tax_minor=0), told(**IN_WON, tax_minor=5_000))

    assert (payment.tax_minor, payment.base_minor) == (0, 4000)


def test_a_gap_is_filled_from_the_newest_other_body_that_has_the_value() -> None:
    payment = together(
        told(updated_at=PAID_AT + 3 * DAY),
        told(**IN_WON | {"shape": 2}, tax_minor=5_500, updated_at=PAID_AT + 2 * DAY),
        told(total_minor=3000, tax_minor=1500, updated_at=PAID_AT),
        told(total_minor=9000, updated_at=PAID_AT + DAY),
    )

    assert (payment.total_minor, payment.tax_minor) == (4000, 400)


def test_a_third_body_still_finds_the_share_and_not_the_number_made_of_it() -> None:
    won = told(**IN_WON, tax_minor=5_000)
    dollars = told(updated_at=PAID_AT + DAY)
    yen = told(currency="jpy", exponent=0, total_minor=6_000, updated_at=PAID_AT + 2 * DAY)

    payment = together(won, dollars, yen)

    assert (payment.currency, payment.tax_minor) == ("jpy", 545)  # 6000 / 11, not 364 / 4000


def test_dollars_of_another_body_in_the_same_currency_go_along_with_the_total() -> None:
    euros: dict[str, Any] = {"currency": "eur", "exponent": 2}
    payment = together(
        told(**euros, total_minor=9_000, updated_at=PAID_AT + DAY),
        told(**euros, total_minor=3_001, usd_total_cents=3_333),
    )

    assert payment.usd_total_cents == 9_996
    assert in_usd_cents(9_000, payment) == 9_996
    assert in_usd_cents(4_500, payment) == 4_998  # of 9995.67: rounded once


def test_the_refunded_part_of_another_body_is_taken_unrounded() -> None:
    payment = together(told(total_minor=100), told(**IN_WON | {"total_minor": 3}, refunded_minor=1))
    foreign = refund(5, currency="gbp")

    assert payment.refunded_minor == 33
    assert share_refunded(payment, [foreign]) == (1, 3)


@pytest.mark.parametrize(
    ("amount", "currency", "exponent", "share"),
    [
        (1000, "usd", 2, (1, 4)),
        (11_000, "krw", 0, (1, 5)),
        (700, "gbp", 2, (1, 2)),
        (700, "chf", 2, (0, 1)),
    ],
)
def test_a_refund_may_be_in_the_currency_of_any_body(
    amount: int, currency: str, exponent: int, share: tuple[int, int]
) -> None:
    payment = together(
        told(),
        told(
            **IN_WON,
            presentment_minor=1400,
            presentment_currency="gbp",
            presentment_exponent=2,
        ),
    )

    taken = share_refunded(payment, [refund(amount, currency=currency, exponent=exponent)])

    assert taken == share


def test_a_fill_from_before_bodies_were_kept_stays_what_it_was() -> None:
    old = replace(told(tax_minor=246), told=(("tax_minor", 1, 5),))

    payment = together(old, told(**IN_WON, tax_minor=5_000))

    assert payment.tax_minor == 246


def test_a_buyer_is_called_what_the_newest_telling_says() -> None:
    renamed = making.payment("pay_2", PAID_AT - 10 * DAY, buyer_name="newname")
    payments = [
        making.payment("pay_1", PAID_AT - 40 * DAY, buyer_name="oldname"),
        together(renamed, replace(renamed, buyer_name="", updated_at=PAID_AT)),
        making.payment("pay_3", PAID_AT - 60 * DAY, buyer_name="zacient"),
        making.payment("pay_4", PAID_AT, buyer_name=""),
    ]

    for order in permutations(payments):
        assert newest_name(order) == "newname"
    assert newest_name([]) == ""
