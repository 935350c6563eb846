"""Commission and XP at their boundaries, and what taking back leaves: never more, never less."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.rules.calendar_windows import Zones
from game.rules.facts import Change
from game.rules.money import half_even
from game.rules.rally import rally_flags, rally_window
from game.rules.ruleset import Rules
from tests.rules.making import (
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
    rules_with,
)

CYCLE = "subscription_cycle"
HOLD = timedelta(days=30)


@given(
    st.integers(1, 10**9),
    st.integers(0, 10**8),
    st.lists(st.integers(1, 10**9), max_size=6),
    st.sampled_from(["novice", "scout", "sage", "champion"]),
)
@settings(max_examples=200, deadline=None)
def test_any_refunds_in_any_order_keep_within_the_award(
    total: int, tax: int, amounts: list[int], played: str
) -> None:
    sale = payment(total_minor=total + tax, tax_minor=tax)
    refunds = [refund(amount, f"rf_{n}") for n, amount in enumerate(amounts)]

    outcomes = {
        (effect.kept_minor, effect.xp_kept, effect.taken_num, effect.taken_den)
        for order in list(permutations(refunds))[:24]
        for effect in priced(case_of([sale], refunds={"pay_1": order}), plays(played))
    }
    [effect] = priced(case_of([sale], refunds={"pay_1": refunds}), plays(played))

    assert len(outcomes) == 1
    assert 0 <= effect.kept_minor <= effect.commission_minor
    assert 0 <= effect.xp_kept <= effect.xp_awarded
    if sum(amounts) >= total + tax:
        assert (effect.kept_minor, effect.xp_kept) == (0, 0)


@given(st.integers(2, 10**6), st.data())
@settings(max_examples=200, deadline=None)
def test_a_refund_in_any_split_ends_at_the_same_cent(total: int, data: st.DataObject) -> None:
    back = data.draw(st.integers(1, total))
    cuts = sorted(data.draw(st.lists(st.integers(0, back), max_size=4)))
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, back], strict=True) if b > a]
    split = [refund(part, f"rf_{n}") for n, part in enumerate(parts)]

    [whole] = priced(case_of([plain(total)], refunds={"pay_1": [refund(back)]}))
    [pieces] = priced(case_of([plain(total)], refunds={"pay_1": split}))

    assert (whole.kept_minor, whole.xp_kept) == (pieces.kept_minor, pieces.xp_kept)
    taken = half_even(whole.commission_minor * back, total)
    assert whole.kept_minor == whole.commission_minor - taken


@pytest.mark.parametrize("status", ["pending", "failed", "canceled", "requires_action"])
def test_only_succeeded_refunds_move_anything(status: str) -> None:
    waiting = refund(2000, status=status, succeeded=False)

    [effect] = priced(case_of([payment()], refunds={"pay_1": [waiting]}))

    assert (effect.kept_minor, effect.reason) == (441, "conversion")


def test_a_refund_counts_in_its_own_currency() -> None:
    euros = plain(
        10000,
        currency="eur",
        usd_total_cents=11000,
        presentment_minor=1_500_000,
        presentment_currency="jpy",
    )
    for amount, currency, exponent in [
        (5000, "eur", 2),
        (5500, "usd", 2),
        (750_000, "jpy", 0),
        (50000, "eur", 3),
    ]:
        back = refund(amount, currency=currency, exponent=exponent)
        [effect] = priced(case_of([euros], refunds={"pay_1": [back]}))
        assert (effect.kept_minor, effect.taken_num, effect.taken_den) == (500, 1, 2)


def test_a_refund_in_a_strange_currency_waits_for_whops_own_sum() -> None:
    back = refund(99, currency="chf")
    asked = plain(10000, refunded_minor=2500)

    [before] = priced(case_of([plain(10000)], refunds={"pay_1": [back]}))
    [after] = priced(case_of([asked], refunds={"pay_1": [back]}))

    assert (before.kept_minor, after.kept_minor) == (1000, 750)


def test_a_share_too_fine_to_store_is_shortened_but_computed_exactly() -> None:
    sale = plain(
        999_999_999_989,
        currency="eur",
        usd_total_cents=999_999_999_961,
        presentment_minor=999_999_999_937,
        presentment_currency="gbp",
    )
    refunds = [refund(1, f"rf_{c}", currency=c) for c in ("eur", "usd", "gbp")]

    [effect] = priced(case_of([sale], refunds={"pay_1": refunds}))

    assert effect.taken_den < 2**63
    assert effect.kept_minor == effect.commission_minor


@pytest.mark.parametrize(
    ("amount", "is_counted"), [(4999, True), (5000, False), (5001, False), (10000, False)]
)
def test_half_taken_back_is_not_counted_any_more(
    amount: int,
    is_counted: bool,  # noqa: FBT001
) -> None:
    [effect] = priced(case_of([plain(10000)], refunds={"pay_1": [refund(amount)]}))

    assert effect.counts
    assert effect.counted is is_counted


@pytest.mark.parametrize(("cents", "counts"), [(99, False), (100, True), (101, True)])
def test_a_conversion_counts_from_a_dollar_on(cents: int, counts: bool) -> None:  # noqa: FBT001
    [effect] = priced(case_of([plain(cents)]))

    assert (effect.counts, effect.counted) == (counts, counts)


@pytest.mark.parametrize(
    ("status", "kept", "account", "reason"),
    [
        ("needs_response", 441, "held", "dispute"),
        ("under_review", 441, "held", "dispute"),
        ("other", 441, "held", "dispute"),
        ("never_heard_of", 441, "held", "dispute"),
        ("lost", 0, "pending", "dispute"),
        ("prevented", 0, "pending", "dispute"),
        ("won", 441, "pending", "conversion"),
        ("closed", 441, "pending", "conversion"),
    ],
)
def test_each_dispute_status_does_its_part(
    status: str, kept: int, account: str, reason: str
) -> None:
    [effect] = priced(case_of([payment()], disputes={"pay_1": [dispute(status)]}))

    assert (effect.kept_minor, effect.account, effect.reason) == (kept, account, reason)
    assert effect.xp_kept == (0 if kept == 0 else 188)


@pytest.mark.parametrize("status", ["lost", "needs_response", "warning_under_review"])
def test_an_inquiry_moves_nothing(status: str) -> None:
    asked = dispute(status, inquiry=True)

    [effect] = priced(case_of([payment()], disputes={"pay_1": [asked]}))

    assert (effect.kept_minor, effect.account) == (441, "pending")


def test_one_lost_dispute_outweighs_an_open_one() -> None:
    disputes = {"pay_1": [dispute("needs_response"), dispute("lost"), dispute("won")]}

    [effect] = priced(case_of([payment()], disputes=disputes))

    assert (effect.kept_minor, effect.account) == (0, "pending")


def test_what_is_refunded_altogether_is_not_held() -> None:
    case = case_of(
        [payment()], refunds={"pay_1": [refund(4656)]}, disputes={"pay_1": [dispute("other")]}
    )

    [effect] = priced(case)

    assert (effect.kept_minor, effect.account, effect.reason) == (0, "pending", "refund")


@pytest.mark.parametrize(
    ("late", "account"), [(-SECOND, "pending"), (0 * SECOND, "payable"), (SECOND, "payable")]
)
def test_the_hold_ends_thirty_days_after_the_payment(late: timedelta, account: str) -> None:
    [effect] = priced(case_of([payment()]), now=PAID_AT + HOLD + late)

    assert (effect.due_at, effect.account) == (PAID_AT + HOLD, account)


@pytest.mark.parametrize(
    ("later", "name"), [(-SECOND, "scout"), (0 * SECOND, "scout"), (SECOND, "novice")]
)
def test_a_class_holds_from_its_moment_on(later: timedelta, name: str) -> None:
    history = plays(classes=[Change(PAID_AT + later, "scout")])

    [effect] = priced(case_of([payment()]), history)

    assert effect.character_class == name


@pytest.mark.parametrize(("later", "xp"), [(-SECOND, 197), (0 * SECOND, 197), (SECOND, 188)])
def test_a_prestige_multiplies_from_its_moment_on(later: timedelta, xp: int) -> None:
    [effect] = priced(case_of([payment()]), plays(prestiges=[Change(PAID_AT + later, "1")]))

    assert effect.xp_awarded == xp


@pytest.mark.parametrize(
    ("changes", "is_banned"),
    [
        ([(-SECOND, "banned")], True),
        ([(0 * SECOND, "banned")], True),
        ([(SECOND, "banned")], False),
        ([(-DAY, "banned"), (0 * SECOND, "lifted")], False),
        ([(-DAY, "banned"), (SECOND, "lifted")], True),
    ],
)
def test_a_banned_referrer_earns_nothing_and_a_lift_gives_nothing_back(
    changes: list[tuple[timedelta, str]],
    is_banned: bool,  # noqa: FBT001
) -> None:
    bans = [Change(PAID_AT + late, value) for late, value in changes]

    [effect] = priced(case_of([payment()]), plays(bans=bans))

    earned = (effect.commission_minor, effect.xp_awarded, effect.counts)
    assert earned == ((0, 0, False) if is_banned else (441, 188, True))
    assert effect.reason == ("banned" if is_banned else "conversion")


def test_a_rule_version_holds_from_its_moment_on() -> None:
    rules = Rules([(PAID_AT, rules_with("commission", rate_bp=2000, hold_days=10))])
    before = payment("pay_1", PAID_AT - SECOND)
    after = payment("pay_2", PAID_AT)

    effects = priced(case_of([before, after]), rules=rules)

    figures = [(e.rule_version, e.commission_minor, e.due_at - e.at) for e in effects]
    assert figures == [(1, 441, 30 * DAY), (2, 882, 10 * DAY)]


def test_the_cap_bounds_a_generous_rate() -> None:
    rules = Rules([(None, rules_with("commission", rate_bp=10000))])

    [effect] = priced(case_of([plain(101)]), rules=rules)

    assert effect.commission_minor == 50


def test_first_payment_limits_money_not_xp() -> None:
    rules = Rules([(None, rules_with("commission", applies_to="first_payment"))])
    renewal = payment("pay_2", PAID_AT + DAY, billing_reason=CYCLE)

    first, second = priced(case_of([payment(), renewal]), rules=rules)

    assert (first.commission_minor, first.xp_awarded) == (441, 188)
    assert (second.commission_minor, second.xp_awarded) == (0, 54)


@pytest.mark.parametrize(("late", "commission"), [(-SECOND, 441), (0 * SECOND, 0)])
def test_max_months_are_calendar_months_from_the_start(late: timedelta, commission: int) -> None:
    rules = Rules([(None, rules_with("commission", max_months=1))])
    start = PAID_AT.replace(month=1, day=31)
    end = PAID_AT.replace(month=2, day=28) + late
    renewal = payment("pay_2", end, billing_reason=CYCLE)

    _, effect = priced(case_of([payment("pay_1", start), renewal]), rules=rules)

    assert (effect.commission_minor, effect.xp_awarded) == (commission, 54)


def test_only_the_first_renewal_of_a_local_day_has_ten_points() -> None:
    sale = payment("pay_0", PAID_AT - 9 * DAY)
    # 23:30 and 00:30 in Berlin are one day in UTC, two on the spot.
    evening = PAID_AT.replace(hour=22, minute=30)
    renewals = [
        payment(f"pay_{n}", evening + timedelta(minutes=minutes), billing_reason=CYCLE)
        for n, minutes in enumerate([0, 10, 60, 70], start=1)
    ]

    berlin = priced(case_of([sale, *renewals]), zone=Zones([(None, "Europe/Berlin")]))
    utc = priced(case_of([sale, *renewals]))

    assert [effect.points for effect in berlin[1:]] == [54, 44, 54, 44]
    assert [effect.points for effect in utc[1:]] == [54, 44, 44, 44]


@pytest.mark.parametrize(
    ("cents", "conversion", "renewal"),
    [
        (99_999, 2098, 1009),
        (100_000, 2100, 1010),
        (100_100, 2100, 1010),
        (10**9, 2100, 1010),
    ],
)
def test_points_from_dollars_are_capped(cents: int, conversion: int, renewal: int) -> None:
    again = plain(cents, PAID_AT + DAY, payment_id="pay_2", billing_reason=CYCLE)

    effects = priced(case_of([plain(cents), again]))

    assert [effect.points for effect in effects] == [conversion, renewal]


def test_a_base_of_nothing_has_no_effect() -> None:
    assert priced(case_of([payment(total_minor=246)])) == []


def test_a_rally_looks_back_168_hours_and_not_a_second_more() -> None:
    hours = timedelta(hours=168)
    inside = [("a", PAID_AT - hours + SECOND), ("b", PAID_AT - DAY), ("c", PAID_AT)]
    outside = [("a", PAID_AT - hours), ("b", PAID_AT - DAY), ("c", PAID_AT)]
    same = [("a", PAID_AT), ("b", PAID_AT), ("c", PAID_AT)]

    assert rally_flags(inside) == {"a": False, "b": False, "c": True}
    assert rally_flags(outside) == {"a": False, "b": False, "c": False}
    assert rally_flags(same) == {"a": True, "b": True, "c": True}
    assert rally_window(Rules()) == hours
