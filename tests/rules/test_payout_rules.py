"""What a payout takes, who has to agree, and where money lies before and after."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules.bodies.envelope import Arrival
from game.rules.bodies.transfers import read_transfer
from game.rules.facts import Transfer
from game.rules.merging import merge_transfer
from game.rules.money import in_major
from game.rules.movements import Leg, legs, shifted
from game.rules.payouts import Agreement, Left, agree, draft, needs_second
from game.rules.refusals import Refusal

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
accounts = st.sampled_from(["pending", "held", "payable"])
amounts = st.integers(-1000, 1000)


def lying(account: str, amount: int) -> Counter[str]:
    """Where an amount lies: a debt in payable, whatever the account is."""
    return Counter({"payable" if amount < 0 else account: amount})


def after(found: Counter[str], moves: list[Leg]) -> dict[str, int]:
    for leg in moves:
        assert leg.amount_minor > 0
        assert leg.debit != leg.credit
        found[leg.debit] -= leg.amount_minor
        found[leg.credit] += leg.amount_minor
    return {name: amount for name, amount in found.items() if amount and name != "expense"}


@given(accounts, amounts, accounts, amounts)
def test_legs_lead_from_any_amount_to_any_other_and_only_debts_are_below_zero(
    account: str, posted: int, new_account: str, wanted: int
) -> None:
    moves = legs(account, posted, new_account, wanted)

    expected = {n: a for n, a in lying(new_account, wanted).items() if a}
    assert after(lying(account, posted), moves) == expected


@given(accounts, st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_a_shift_puts_what_is_left_where_it_belongs(
    account: str, kept: int, was_paid: int, is_paid: int
) -> None:
    before = lying(account, kept - was_paid)
    before["payable"] += was_paid - is_paid  # what the payout itself moves back, or takes

    moves = shifted(account, kept - was_paid, kept - is_paid)

    expected = {n: a for n, a in lying(account, kept - is_paid).items() if a}
    assert after(before, moves) == expected


def left(payment: str, kept: int, paid: int = 0, usd: int | None = None) -> Left:
    value = kept if usd is None else usd
    return Left(payment, kept, paid, max(kept, paid), value, max(value, paid))


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=8), amounts)
def test_the_parts_of_a_payout_add_up_to_the_balance(
    amounts_of: list[tuple[int, int]], earlier: int
) -> None:
    lefts = [left(f"pay_{n}", kept, paid) for n, (kept, paid) in enumerate(amounts_of)]
    payable = sum(one.minor for one in lefts) + earlier

    found = draft(payable, lefts)

    if payable <= 0:
        assert found is None
        return
    assert found is not None
    assert sum(amount for _, amount in found.parts) == found.amount_minor == payable
    assert all(amount for _, amount in found.parts)


def test_the_worth_of_a_payout_is_that_of_its_kept_commissions() -> None:
    jpy = Left("pay_1", 500, 0, 500, 330, 330)
    unknown = Left("pay_2", 449, 0, 449, 0, 0)
    halved = Left("pay_3", 441, 189, 441, 441, 441)

    assert jpy.usd_cents == 330
    assert unknown.usd_cents == 0
    assert halved.usd_cents == 252


@pytest.mark.parametrize(
    ("cents", "own", "wanted"),
    [(49_999, False, False), (50_000, False, False), (50_001, False, True),
     (1_000, True, True), (0, False, True)],
)  # fmt: skip
def test_large_unknown_and_own_payouts_need_two(cents: int, own: bool, wanted: bool) -> None:  # noqa: FBT001
    assert needs_second(cents, 50_000, pays_requester=own) is wanted


def test_agreement_takes_one_two_or_one_who_signs_in_again() -> None:
    first = Agreement("user_a", AT)

    assert agree(None, "user_a", AT, two=False, is_alone=True) == "last"
    assert agree(None, "user_a", AT, two=True, is_alone=True) == "first"
    assert agree(first, "user_b", AT - SECOND, two=True, is_alone=False) == "last"
    for signed_in_at, is_alone, code in (
        (AT + SECOND, False, "second_person_needed"),
        (AT - SECOND, True, "fresh_sign_in_needed"),
        (AT, True, "fresh_sign_in_needed"),
    ):
        with pytest.raises(Refusal) as refused:
            agree(first, "user_a", signed_in_at, two=True, is_alone=is_alone)
        assert refused.value.code == code
    assert agree(first, "user_a", AT + SECOND, two=True, is_alone=True) == "last"


TOLD = Transfer("ctt_1", "key", "processing", 0, "", 0, "user_a", "", AT)


def test_tellings_of_a_transfer_end_alike_in_any_order() -> None:
    paid = replace(
        TOLD, status="succeeded", amount_minor=931, currency="usd", exponent=2,
        updated_at=AT + SECOND,
    )  # fmt: skip
    late = replace(TOLD, status="failed", problem="x", updated_at=AT + 2 * SECOND)
    tellings = [TOLD, paid, replace(TOLD, updated_at=AT + 9 * SECOND), late]

    ends = set()
    for order in itertools.permutations(tellings):
        found = order[0]
        for one in order[1:]:
            found = merge_transfer(found, one)
        ends.add(found)

    assert ends == {replace(late, amount_minor=931, currency="usd", exponent=2)}


def test_a_transfer_that_is_not_ours_is_no_fact() -> None:
    arrival = Arrival(AT, AT)
    body: dict[str, object] = {"id": "ctt_1", "status": "succeeded", "amount": None, "metadata": {}}

    assert read_transfer(body, arrival) is None
    assert read_transfer({**body, "metadata": None}, arrival) is None
    ours = read_transfer({**body, "metadata": {"wl_payout": "key"}}, arrival)
    assert ours is not None
    assert (ours.payout_key, ours.updated_at) == ("key", AT)


@pytest.mark.parametrize(
    ("minor", "exponent", "text"),
    [(2751, 2, "27.51"), (5, 2, "0.05"), (-5, 2, "-0.05"), (5000, 0, "5000"), (10000, 3, "10.000")],
)
def test_amounts_are_written_with_their_currencys_decimals(
    minor: int, exponent: int, text: str
) -> None:
    assert in_major(minor, exponent) == text
