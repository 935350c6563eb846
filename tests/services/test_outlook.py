"""Looking ahead changes nothing, and a real sale of that moment then brings exactly that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from game.rules.levels import level_now
from game.rules.refusals import Refusal
from game.rules.ruleset import default_rules
from game.services.progress.acts import choose_class, record_visit
from game.services.progress.class_worths import read_comparison
from game.services.progress.outlook import Outlook, read_outlook
from game.services.progress.since_visit import read_since_visit
from models.session import MEMBER, transaction
from tests.support.settling import COMPANY, differences
from tests.support.telling import SECOND, as_owner, lesson, pay, purse, referrer, rows, settle

pytestmark = pytest.mark.usefixtures("settings")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday
DAY = timedelta(days=1)
CODE, RIVAL = "ABCD2345", "WXYZ6789"


def ahead(member: int, amount: int, currency: str = "usd", now: datetime = NOW) -> Outlook:
    with transaction(MEMBER, COMPANY) as tx:
        return read_outlook(tx, COMPANY, member, (amount, currency), now)


def standing(member: int) -> dict[str, Any]:
    """What the books hold of the member, in the words of an outlook."""
    [(xp, prestige)] = rows("SELECT lifetime_xp, prestige_level FROM member WHERE id = %s", member)
    badges = {
        key for (key,) in rows("SELECT key FROM achievement_unlock WHERE member_id = %s", member)
    }
    done = {
        q
        for (q,) in rows(
            "SELECT id FROM quest WHERE member_id = %s AND state = 'completed'", member
        )
    }
    [(rank,)] = rows("SELECT 1 + count(*) FROM member WHERE lifetime_xp > %s", xp)
    return {
        "xp": xp,
        "level": level_now(xp, prestige, default_rules()),
        "badges": badges,
        "quests": done,
        "rank": rank,
        "money": sum(purse(member)),
    }


def played(role: str, sales: list[tuple[int, int]], rival_sales: int = 1) -> int:
    """A member of this class with sales (cents, hours before now) and a rival."""
    member = referrer(CODE, NOW, role=role)
    referrer(RIVAL, NOW)
    record_visit(COMPANY, member, NOW - 2 * DAY)
    for number, (cents, hours) in enumerate(sales):
        total = f"{cents // 100}.{cents % 100:02}"
        at = NOW - timedelta(hours=hours)
        pay(f"pay_{number}", f"user_{number}", at, ref=CODE, total=total, tax="0.00", received=at)
    for number in range(rival_sales):
        pay(f"pay_rival_{number}", f"user_r{number}", NOW - DAY, ref=RIVAL, received=NOW - DAY)
    settle(NOW - SECOND)
    record_visit(COMPANY, member, NOW - SECOND)
    return member


@pytest.mark.parametrize(
    ("role", "sales", "cents"),
    [
        ("", [], 4410),
        ("", [], 99),  # counts nowhere, and still earns
        ("scout", [(4900, 30)] * 4, 4900),
        ("sage", [(9900, 5)] * 9, 10_000),
        ("sage", [], 9_999),
        ("champion", [(4900, 1), (4900, 167)], 4900),  # the third of a rally
        ("champion", [(4900, 1), (4900, 168)], 4900),  # just too late for one
        ("scout", [(100_000, 60), (100_000, 40), (100_000, 20)], 250_000),
    ],
)
def test_a_real_sale_brings_what_the_outlook_said(
    role: str, sales: list[tuple[int, int]], cents: int
) -> None:
    member = played(role, sales)
    before = standing(member)
    told = ahead(member, cents)
    assert standing(member) == before
    assert told == ahead(member, cents)

    total = f"{cents // 100}.{cents % 100:02}"
    pay("pay_new", "user_new", NOW, ref=CODE, total=total, tax="0.00", received=NOW)
    settle(NOW)

    after, game = standing(member), told.game
    assert game is not None
    assert after["money"] == before["money"] + told.commission.amount_minor
    assert after["xp"] == before["xp"] + game.xp
    assert (before["level"], after["level"]) == (game.level.now, game.level.then)
    assert (before["rank"], after["rank"]) == (game.rank.now, game.rank.then)
    assert after["badges"] - before["badges"] == {badge.key for badge in game.achievements}
    assert after["quests"] - before["quests"] == {quest.id for quest in game.quests}
    [(worth, bp)] = rows(
        "SELECT xp_awarded, multiplier_bp FROM payment_effect WHERE payment_id = 'pay_new'"
    )
    assert worth == game.sale_xp
    assert rows("SELECT due_at FROM payment_effect WHERE payment_id = 'pay_new'") == [
        (told.payable_at,)
    ]
    assert game.xp == game.sale_xp + sum(badge.xp for badge in game.achievements)
    assert (game.ability_xp > 0) == (bp > {"scout": 12500, "sage": 11500}.get(role, 10000))


def test_of_another_currency_only_the_commission_is_known() -> None:
    member = played("champion", [])

    told = ahead(member, 5000, "jpy")

    assert (told.commission.amount_minor, told.commission.exponent, told.game) == (600, 0, None)
    assert ahead(member, 4410, "eur").commission.amount_minor == 529


def test_a_currency_nobody_paid_in_and_the_owner_are_refused() -> None:
    member = played("", [])
    with pytest.raises(Refusal) as unknown:
        ahead(member, 100, "xyz_abc")
    as_owner(f"UPDATE company SET owner_user_id = 'user_{CODE.lower()}'")

    with pytest.raises(Refusal) as owner:
        ahead(member, 100)

    assert (unknown.value.code, owner.value.code) == ("unknown_currency", "creator_earns_nothing")


def test_classes_are_compared_over_exactly_thirty_days() -> None:
    member = referrer(CODE, NOW, role="scout")
    for number, at in enumerate((NOW - 30 * DAY, NOW - 30 * DAY + SECOND, NOW - DAY)):
        pay(f"pay_{number}", f"user_{number}", at, ref=CODE, received=at)
        settle(at + SECOND)
    lesson(f"user_{CODE.lower()}", "lesn_1", NOW - DAY)
    settle(NOW)

    with transaction(MEMBER, COMPANY) as tx:
        found = read_comparison(tx, COMPANY, member, NOW)

    assert found.conversions == 2
    [(recorded,)] = rows("SELECT sum(xp)::bigint FROM receipt WHERE at > %s", NOW - 30 * DAY)
    worths = {one.key: one for one in found.classes}
    assert worths["scout"].xp == recorded
    assert [m.amount_minor for m in worths["champion"].commission] == [2 * 529]
    assert worths["scout"].ability_xp == 2 * 37


def test_since_the_last_visit_counts_what_came_after_it() -> None:
    member = played("", [])
    first = NOW - 2 * DAY
    pay("pay_before", "user_before", first - SECOND, ref=CODE, received=first - SECOND)
    settle(first - SECOND)
    pay("pay_after", "user_after", first + SECOND, ref=CODE, received=first + SECOND)
    settle(first + 2 * SECOND)
    for number, at in enumerate((first - SECOND, first + SECOND)):
        as_owner(
            "INSERT INTO member_fact (company_id, member_id, kind, key, at, value, settled) VALUES "
            f"('{COMPANY}', {member}, 'click', '{at.date()}:v{number}', '{at}', '', true)"
        )

    with transaction(MEMBER, COMPANY) as tx:
        told = read_since_visit(tx, COMPANY, member, NOW)
        next_day = read_since_visit(tx, COMPANY, member, NOW + DAY)

    assert (told.since, told.clicks, told.sales) == (first, 1, 1)
    assert [money.amount_minor for money in told.commission] == [441]
    assert told.usual_sale is not None
    assert told.usual_sale.amount_minor == 4410
    assert (next_day.since, next_day.sales) == (NOW - SECOND, 0)


def test_choosing_a_class_changes_the_outlook_from_that_second_on() -> None:
    member = played("", [])
    plain = ahead(member, 4410)

    choose_class(COMPANY, member, "scout", NOW)

    game = ahead(member, 4410).game
    assert plain.game is not None
    assert game is not None
    assert (plain.game.sale_xp, game.sale_xp, game.ability_xp) == (188, 272, 37)
    assert differences(NOW) == []
