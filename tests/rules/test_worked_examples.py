"""The seventeen worked examples of the rule book, to the cent and the point."""

from __future__ import annotations

from datetime import timedelta

import pytest

from game.rules.facts import Change
from game.rules.multipliers import ability_bp, multiplied, multiplier_bp
from game.rules.rally import rally_flags
from game.rules.ruleset import default_rules
from tests.rules.making import (
    BUYER,
    DAY,
    PAID_AT,
    SECOND,
    case_of,
    dispute,
    payment,
    plain,
    plays,
    priced,
    refund,
)


def test_example_1_novice_earns_441_and_188() -> None:
    [effect] = priced(case_of([payment()]))

    assert (effect.base_minor, effect.commission_minor) == (4410, 441)
    assert (effect.points, effect.multiplier_bp, effect.xp_awarded) == (188, 10000, 188)
    assert effect.counts


def test_example_2_scout_earns_272_xp() -> None:
    [effect] = priced(case_of([payment()]), plays("scout"))

    assert (effect.commission_minor, effect.multiplier_bp, effect.xp_awarded) == (441, 14500, 272)


def test_example_3_sage_with_two_prestiges() -> None:
    [effect] = priced(case_of([plain(12000)]), plays("sage", prestige=2))

    assert effect.commission_minor == 1320
    assert (effect.points, effect.multiplier_bp, effect.xp_awarded) == (340, 17500, 595)


def test_example_4_champions_renewal() -> None:
    first = plain(1000, PAID_AT - 30 * DAY, payment_id="pay_0")
    renewal = plain(1005, billing_reason="subscription_cycle")

    _, effect = priced(case_of([first, renewal]), plays("champion"))

    assert effect.kind == "renewal"
    assert (effect.commission_minor, effect.xp_awarded) == (121, 20)


def test_example_5_a_quarter_dollar_counts_nowhere() -> None:
    [effect] = priced(case_of([plain(25)]))

    assert (effect.commission_minor, effect.xp_awarded) == (2, 100)
    assert not effect.counts
    assert not effect.counted


def test_example_6_two_refunds_leave_nothing() -> None:
    [after_one] = priced(case_of([payment()], refunds={"pay_1": [refund(2000)]}))
    both = [refund(2000), refund(2656, "rf_2")]
    [after_both] = priced(case_of([payment()], refunds={"pay_1": both}))

    assert (441 - after_one.kept_minor, 188 - after_one.xp_kept) == (189, 81)
    assert (after_one.kept_minor - after_both.kept_minor) == 252
    assert (after_one.xp_kept - after_both.xp_kept) == 107
    assert (after_both.kept_minor, after_both.xp_kept) == (0, 0)


def test_example_7_yen_without_decimals() -> None:
    yen = plain(5000, currency="jpy", exponent=0, usd_total_cents=3300)

    [effect] = priced(case_of([yen]))

    assert (effect.commission_minor, effect.currency, effect.usd_value_cents) == (500, "jpy", 330)
    assert effect.xp_awarded == 166


def test_example_8_a_full_discount_is_no_conversion() -> None:
    assert priced(case_of([plain(0)])) == []


def test_example_9_dinars_with_three_decimals() -> None:
    dinars = plain(10000, currency="kwd", exponent=3, usd_total_cents=3250)

    [effect] = priced(case_of([dinars]))

    assert (effect.commission_minor, effect.usd_value_cents, effect.xp_awarded) == (1000, 325, 164)


def test_example_10_euros_of_a_scout() -> None:
    euros = plain(4490, currency="eur", usd_total_cents=4873)

    [effect] = priced(case_of([euros]), plays("scout"))

    assert (effect.commission_minor, effect.usd_value_cents, effect.points) == (449, 487, 196)
    assert effect.xp_awarded == 284


def test_example_11_the_dollar_value_arrives_later() -> None:
    [before] = priced(case_of([plain(4490, currency="eur")]))
    [after] = priced(case_of([plain(4490, currency="eur", usd_total_cents=4873)]))

    assert (before.commission_minor, before.usd_value_cents, before.xp_awarded) == (449, 0, 100)
    assert (after.commission_minor, after.usd_value_cents, after.xp_awarded) == (449, 487, 196)


def test_example_12_a_cent_of_tax_in_euros() -> None:
    euros = payment(total_minor=10001, tax_minor=1, currency="eur", usd_total_cents=10101)

    [effect] = priced(case_of([euros]))

    assert (effect.commission_minor, effect.xp_awarded) == (1000, 302)


def test_example_13_the_first_paid_cycle_after_a_trial_converts() -> None:
    bought = {"membership_id": "mem_1"}
    cycle = bought | {"billing_reason": "subscription_cycle"}
    trial = plain(0, PAID_AT, billing_reason="subscription_create", payment_id="pay_0", **bought)
    first = payment("pay_1", PAID_AT + 7 * DAY, **cycle)
    second = payment("pay_2", PAID_AT + 37 * DAY, **cycle)

    effects = priced(case_of([trial, first, second]))

    assert [(e.payment_id, e.kind, e.commission_minor, e.xp_awarded) for e in effects] == [
        ("pay_1", "conversion", 441, 188),
        ("pay_2", "renewal", 441, 54),
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_example_14_only_the_payment_with_the_link_earns(turned: bool) -> None:  # noqa: FBT001
    without = plain(10000, payment_id="pay_0", ref="")
    late = {"received_at": PAID_AT + 40 * DAY} if turned else {}
    linked = plain(10000, PAID_AT + 30 * DAY, **late)
    order = [linked, without] if turned else [without, linked]

    effects = priced(case_of(order))

    assert [(e.payment_id, e.commission_minor, e.xp_awarded) for e in effects] == [
        ("pay_1", 1000, 300)
    ]


def test_example_15_a_lost_dispute_that_is_won_after_all() -> None:
    refunds = {"pay_1": [refund(2000)]}
    lost = case_of([payment()], refunds=refunds, disputes={"pay_1": [dispute("lost")]})
    won = case_of([payment()], refunds=refunds, disputes={"pay_1": [dispute("won")]})

    assert [(e.kept_minor, e.xp_kept) for e in priced(lost)] == [(0, 0)]
    assert [(e.kept_minor, e.xp_kept) for e in priced(won)] == [(252, 107)]


def test_example_16_the_third_conversion_of_a_champion_rallies() -> None:
    days = [0, 3, 6]
    flags = rally_flags([(f"pay_{day}", PAID_AT + day * DAY) for day in days])

    effects = []
    for day in days:
        sale = payment(f"pay_{day}", PAID_AT + day * DAY, buyer_id=f"{BUYER}_{day}")
        case = case_of([sale], buyer_id=sale.buyer_id)
        effects += priced(case, plays("champion"), rally=flags)

    assert [e.commission_minor for e in effects] == [529, 529, 529]
    assert [e.xp_awarded for e in effects] == [188, 188, 216]


def test_example_17_a_class_chosen_a_second_later_changes_nothing() -> None:
    history = plays(classes=[Change(PAID_AT + SECOND, "scout")])
    late = payment(received_at=PAID_AT + timedelta(hours=3))

    [effect] = priced(case_of([late]), history)

    assert (effect.commission_minor, effect.xp_awarded) == (441, 188)


@pytest.mark.parametrize(
    ("name", "xp_bp", "commission_bp", "bonus"),
    [
        ("novice", 10000, 10000, 0),
        ("scout", 12500, 10000, 2000),
        ("sage", 11500, 11000, 5000),
        ("champion", 10000, 12000, 1500),
    ],
)
def test_each_class_has_the_multipliers_of_its_row(
    name: str, xp_bp: int, commission_bp: int, bonus: int
) -> None:
    played = default_rules().classes[name]

    assert (played.xp_bp, played.commission_bp) == (xp_bp, commission_bp)
    assert ability_bp(played, "conversion", 10000, in_rally=True) == bonus
    assert ability_bp(played, "renewal", 10000, in_rally=True) == 0
    assert multiplier_bp(played, 3, default_rules()) == xp_bp + 1500


def test_insight_begins_at_a_hundred_dollars() -> None:
    sage = default_rules().classes["sage"]

    assert ability_bp(sage, "conversion", 9999, in_rally=False) == 0
    assert ability_bp(sage, "conversion", 10000, in_rally=False) == 5000


def test_awarded_xp_is_rounded_down() -> None:
    assert multiplied(188, 14500) == 272
    assert multiplied(0, 14500) == 0
