"""What a creator decides about credit: promo ties, decisions by hand, appeals; all in the books."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from game.rules.refusals import Refusal
from game.services.crediting import appeals, deciding, journal, ties
from game.services.crediting.appeals import Verdict
from game.services.crediting.deciding import Wanted
from game.services.platform.audit import Hand
from models.session import WORKER, transaction
from tests.support.settling import COMPANY, differences
from tests.support.telling import (
    SECOND,
    as_owner,
    membership,
    notices,
    pay,
    payment_xp,
    purse,
    referrer,
    rows,
    settle,
)

pytestmark = pytest.mark.usefixtures("settings")
PAID = datetime(2026, 11, 2, 18, 4, 15, tzinfo=UTC)
DAY = timedelta(days=1)
CODE, OTHER = "ABCD2345", "WXYZ6789"
FIRST, SECOND_USER = "user_abcd2345", "user_wxyz6789"
CREATOR = Hand(COMPANY, "user_creator")
PROMO = "promo_1"


def credited() -> list[tuple[str, str]]:
    return rows("SELECT buyer_id, source FROM referral ORDER BY buyer_id")


@pytest.mark.parametrize(
    ("offset", "is_credited"),
    [(-SECOND, False), (timedelta(0), True), (SECOND, True)],
    ids=["before", "in its second", "after"],
)
def test_a_tie_holds_from_the_very_second_it_was_recorded(
    offset: timedelta,
    is_credited: bool,  # noqa: FBT001
) -> None:
    """Also for a payment of that second that was settled before the tie."""
    member = referrer(CODE, PAID)
    pay("pay_1", "user_b", PAID + offset, promo_code_id=PROMO)
    settle(PAID + 2 * SECOND)

    ties.tie(CREATOR, PROMO, "SUMMER", FIRST, PAID + timedelta(milliseconds=900))

    assert purse(member) == ((441, 0, 0) if is_credited else (0, 0, 0))
    assert credited() == ([("user_b", "promo")] if is_credited else [])
    assert differences(PAID + 2 * SECOND) == []


def test_a_tie_that_moves_on_credits_each_purchase_to_whose_it_was_then() -> None:
    first, second = referrer(CODE, PAID), referrer(OTHER, PAID)
    for day, user in ((0, FIRST), (2, SECOND_USER)):
        ties.tie(CREATOR, PROMO, "SUMMER", user, PAID + day * DAY)
    ties.untie(CREATOR, PROMO, PAID + 4 * DAY)
    for day in (5, 3, 1):  # they arrive the other way round
        pay(f"pay_{day}", f"user_b{day}", PAID + day * DAY, promo_code_id=PROMO,
            received=PAID + 6 * DAY)  # fmt: skip
        settle(PAID + 6 * DAY)

    assert (purse(first), purse(second)) == ((441, 0, 0), (441, 0, 0))
    assert credited() == [("user_b1", "promo"), ("user_b3", "promo")]
    assert differences(PAID + 6 * DAY) == []
    with transaction(WORKER, COMPANY) as tx:
        assert ties.read_ties(tx, COMPANY) == []


def test_ties_show_what_came_of_them_and_the_same_one_again_is_no_new_fact() -> None:
    referrer(CODE, PAID)
    for _ in range(2):
        made = ties.tie(CREATOR, PROMO, "SUMMER", FIRST, PAID)
    pay("pay_1", "user_b", PAID + SECOND, promo_code_id=PROMO)
    settle(PAID + DAY)

    with transaction(WORKER, COMPANY) as tx:
        [shown] = ties.read_ties(tx, COMPANY, FIRST)
    assert (made.payments, shown.payments, shown.referrals, shown.code) == (0, 1, 1, "SUMMER")
    assert rows("SELECT count(*) FROM company_fact") == [(1,)]
    assert rows("SELECT action FROM audit") == [("promo_code.tie",)]
    with pytest.raises(Refusal, match="no such member"):
        ties.tie(CREATOR, PROMO, "", "user_nobody", PAID)
    with pytest.raises(Refusal, match="tied to nobody"):
        ties.untie(CREATOR, "promo_2", PAID)


def test_a_decision_takes_everything_over_and_tells_both_even_after_the_hold() -> None:
    first, second = referrer(CODE, PAID), referrer(OTHER, PAID)
    pay("pay_1", "user_b", PAID, ref=CODE)
    pay("pay_2", "user_b", PAID + DAY, ref=CODE, billing_reason="subscription_cycle")
    settle(PAID + 2 * DAY)
    late = PAID + 90 * DAY

    made = deciding.credit(CREATOR, Wanted("user_b", SECOND_USER, "", "They asked."), late)

    assert (made.referrer_id, made.source, made.payment_id) == (SECOND_USER, "manual", "pay_1")
    assert (purse(first), payment_xp(first)) == ((0, 0, 0), 0)
    assert (purse(second), payment_xp(second)) == ((0, 0, 882), 188 + 54)
    assert notices(first).count("referral_reversed") == 2
    assert "referral_completed" in notices(second)
    assert differences(late) == []
    [(actor, subject, details)] = rows("SELECT actor, subject, details FROM audit")
    assert (actor, subject, details["before"]) == ("user_creator", "user_b", FIRST)


def test_a_decision_names_where_the_referral_starts_and_late_facts_respect_it() -> None:
    first, second = referrer(CODE, PAID), referrer(OTHER, PAID)
    pay("pay_1", "user_b", PAID, ref=CODE)
    pay("pay_2", "user_b", PAID + DAY)
    settle(PAID + 2 * DAY)

    deciding.credit(CREATOR, Wanted("user_b", SECOND_USER, "pay_2", "Theirs."), PAID + 2 * DAY)
    pay("pay_0", "user_b", PAID - DAY, ref=CODE)
    settle(PAID + 3 * DAY)

    assert (purse(first), purse(second)) == ((0, 0, 0), (441, 0, 0))
    assert rows("SELECT payment_id, conversion_payment_id FROM referral") == [("pay_2", "pay_2")]
    assert differences(PAID + 3 * DAY) == []


def test_nobody_is_an_answer_and_saying_it_again_changes_nothing() -> None:
    member = referrer(CODE, PAID)
    pay("pay_1", "user_b", PAID, ref=CODE)
    settle(PAID + SECOND)

    for day in (1, 2):
        made = deciding.credit(CREATOR, Wanted("user_b", "", "", "A friend."), PAID + day * DAY)

    assert made.referrer_id == ""
    assert (purse(member), payment_xp(member)) == ((0, 0, 0), 0)
    assert credited() == []
    assert differences(PAID + DAY) == []


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Wanted("user_b", "user_nobody", "", "x"), "not_found"),
        (Wanted("user_b", "user_b", "", "x"), "cannot_be_credited"),
        (Wanted("user_b", FIRST, "pay_9", "x"), "nothing_to_credit"),
        (Wanted("user_c", FIRST, "", "x"), "nothing_to_credit"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_and_leaves_nothing(
    wanted: Wanted, code: str
) -> None:
    referrer(CODE, PAID)
    referrer(OTHER, PAID, user="user_b")
    pay("pay_1", "user_b", PAID, ref=CODE)
    settle(PAID + SECOND)

    with pytest.raises(Refusal) as refused:
        deciding.credit(CREATOR, wanted, PAID + DAY)

    assert refused.value.code == code
    assert rows("SELECT count(*) FROM company_fact") == [(0,)]
    assert credited() == [("user_b", "code")]


def test_a_granted_appeal_credits_its_member_in_the_same_moment() -> None:
    first, second = referrer(CODE, PAID), referrer(OTHER, PAID)
    pay("pay_1", "user_b", PAID, ref=CODE)
    settle(PAID + SECOND)
    made = appeals.appeal(COMPANY, second, "b", "I brought them on Monday.", PAID + DAY)
    again = appeals.appeal(COMPANY, second, "b", "Please!", PAID + 2 * DAY)

    verdict = Verdict("granted", "You are right.")
    shown = appeals.review(CREATOR, made.id, "user_b", verdict, PAID + 3 * DAY)

    assert again == made
    assert (shown.state, shown.answer, shown.decided_at) == (
        "granted", "You are right.", PAID + 3 * DAY
    )  # fmt: skip
    assert (purse(first), purse(second)) == ((0, 0, 0), (441, 0, 0))
    assert notices(second)[-1] == "system_notification"
    assert differences(PAID + 3 * DAY) == []
    with pytest.raises(Refusal, match="decided"):
        appeals.review(CREATOR, made.id, "user_b", verdict, PAID + 4 * DAY)


def test_a_refused_appeal_moves_nothing_and_its_member_reads_why() -> None:
    first, second = referrer(CODE, PAID), referrer(OTHER, PAID)
    pay("pay_1", "user_b", PAID, ref=CODE)
    settle(PAID + SECOND)
    made = appeals.appeal(COMPANY, second, "user_b", "I brought them.", PAID + DAY)

    appeals.review(CREATOR, made.id, "user_b", Verdict("refused", "They did not."), PAID + 2 * DAY)

    assert (purse(first), purse(second)) == ((441, 0, 0), (0, 0, 0))
    told = rows("SELECT data ->> 'text' FROM notice WHERE type = 'system_notification'")
    assert told == [("They did not.",)]


@pytest.mark.parametrize(
    ("late", "state"),
    [(-SECOND, "open"), (timedelta(0), "lapsed"), (SECOND, "lapsed")],
    ids=["before", "at", "after"],
)
def test_an_appeal_lapses_when_its_days_are_over_once(late: timedelta, state: str) -> None:
    member = referrer(CODE, PAID)
    made = appeals.appeal(COMPANY, member, "user_b", "I brought them.", PAID)

    for _ in range(2):
        appeals.lapse_step({}, PAID, made.due_at + late)

    assert made.due_at == PAID + 30 * DAY
    assert rows("SELECT state FROM appeal") == [(state,)]
    assert notices(member).count("system_notification") == (state == "lapsed")


def test_a_member_has_ten_open_appeals_at_most() -> None:
    member = referrer(CODE, PAID)
    for number in range(10):
        appeals.appeal(COMPANY, member, f"user_{number}", "They are mine.", PAID)

    with pytest.raises(Refusal) as refused:
        appeals.appeal(COMPANY, member, "user_more", "They are mine.", PAID)

    assert refused.value.code == "too_many_appeals"


def test_the_journal_shows_touches_decisions_and_what_other_models_say() -> None:
    first, second = referrer(CODE, PAID), referrer(OTHER, PAID)
    with transaction(WORKER) as tx:
        for number, (member, day) in enumerate(((second, -8), (first, -1)), start=1):
            tx.run(
                "INSERT INTO click (company_id, token, code, member_id, visitor, at) "
                "VALUES (%s, %s, %s, %s, 'v1', %s)",
                (COMPANY, f"ck_{number}", OTHER if number == 1 else CODE, member, PAID + day * DAY),
            )
    pay("pay_1", "user_b", PAID, ref="ck_2", membership_id="mem_1")
    membership("mem_1", "user_b", PAID, ref=CODE)
    settle(PAID + DAY)
    deciding.credit(CREATOR, Wanted("user_b", SECOND_USER, "", "Said so."), PAID + 2 * DAY)

    with transaction(WORKER, COMPANY) as tx:
        found = journal.read_journal(tx, COMPANY, "b")

    assert (found.buyer_id, found.referrer.user_id, found.source) == (
        "user_b", SECOND_USER, "manual"
    )  # fmt: skip
    assert [(one.kind, one.word) for one in found.touches] == [
        ("click", "ck_1"), ("click", "ck_2"), ("code", CODE)
    ]  # fmt: skip
    assert [one.user_id for one in found.payments[0].claims] == [FIRST, FIRST]
    by_model = {one.model: [each.share_bp for each in one.shares] for one in found.models}
    assert by_model["first_click"] == [10_000]
    assert by_model["linear"] == [6_667, 3_333]
    assert sum(by_model["time_decay"]) == 10_000
    assert [one.reason for one in found.decisions] == ["Said so."]


def test_forged_ties_decisions_and_appeals_are_found() -> None:
    member = referrer(CODE, PAID)
    pay("pay_1", "user_b", PAID, promo_code_id=PROMO)
    settle(PAID + SECOND)
    made = appeals.appeal(COMPANY, member, "user_b", "I brought them.", PAID)
    as_owner(
        "INSERT INTO company_fact (company_id, kind, key, at, value, subject, details) VALUES "
        f"('{COMPANY}', 'promo_tie', 'x', '{PAID - DAY}', '{FIRST}', '{PROMO}', '{{}}'), "
        f"('{COMPANY}', 'promo_tie', 'y', '{PAID}', 'user_nobody', 'promo_2', '{{}}'), "
        f"('{COMPANY}', 'credit', 'z', '{PAID}', '', 'user_nobody', '{{\"payment_id\": \"p\"}}')"
    )
    as_owner(
        f"UPDATE appeal SET state = 'granted', decided_at = now(), buyer_id = 'user_b' "
        f"WHERE id = {made.id}"
    )

    found = "\n".join(differences(PAID + DAY))

    assert "referral of user_b" in found
    assert "promo_tie of promo_2" in found
    assert "credit of user_nobody" in found
    assert f"granted appeal of {made.id}" in found
