"""A company's creator earns nothing by their own link, whenever it becomes known who that is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from game.services.members.sign_in import Entrant, enter
from game.services.whop.api import Account, Level, WhopUser
from models.session import MEMBER, transaction
from tests.support.settling import COMPANY, differences
from tests.support.telling import SECOND, membership, pay, purse, referrer, settle

pytestmark = pytest.mark.usefixtures("settings")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PAID = NOW - timedelta(hours=3)
CODE, OTHER = "ABCD2345", "WXYZ6789"
USER, OTHER_USER = "user_abcd2345", "user_wxyz6789"


def come_in(user: str, level: Level, owner: str, now: datetime = NOW) -> str:
    """Sign a user in while Whop names `owner` (empty = does not say); their role."""
    account = Account(COMPANY, title="", route="", owner_id=owner)
    with transaction(MEMBER, COMPANY) as tx:
        return enter(tx, account, Entrant(user, WhopUser("", ""), level), now).role


def sell() -> tuple[int, int]:
    """Two members with a sale each, one through the payment, one through its membership."""
    members = referrer(CODE, PAID), referrer(OTHER, PAID)
    pay("pay_1", "user_1", PAID, ref=CODE.lower())
    membership("mem_2", "user_2", PAID, ref=OTHER)
    pay("pay_2", "user_2", PAID, membership_id="mem_2")
    settle(NOW)
    return members


def test_an_owner_known_late_gives_back_what_their_own_link_earned() -> None:
    first, second = sell()
    before = purse(first), purse(second)

    come_in("user_customer", "customer", USER)
    settle(NOW + SECOND)

    assert before == ((441, 0, 0), (441, 0, 0))
    assert (purse(first), purse(second)) == ((0, 0, 0), (441, 0, 0))
    assert differences(NOW + SECOND) == []


def test_an_owner_who_hands_over_is_credited_and_the_new_one_is_not() -> None:
    first, second = sell()
    come_in(USER, "admin", USER)
    settle(NOW + SECOND)

    come_in(USER, "admin", OTHER_USER, NOW + SECOND)
    settle(NOW + 2 * SECOND)

    assert (purse(first), purse(second)) == ((441, 0, 0), (0, 0, 0))
    assert differences(NOW + 2 * SECOND) == []


def test_a_creator_whom_whop_does_not_name_is_not_credited_either() -> None:
    first, second = sell()

    roles = come_in(USER, "admin", ""), come_in(OTHER_USER, "admin", "")
    settle(NOW + SECOND)

    assert roles == ("creator", "moderator")
    assert (purse(first), purse(second)) == ((0, 0, 0), (441, 0, 0))
    assert differences(NOW + SECOND) == []


def test_a_creator_who_left_the_team_makes_room_for_the_next_and_earns_again() -> None:
    first, second = sell()
    come_in(USER, "admin", "")
    settle(NOW + SECOND)

    roles = come_in(USER, "customer", "", NOW + SECOND), come_in(OTHER_USER, "admin", "")
    settle(NOW + 2 * SECOND)

    assert roles == ("member", "creator")
    assert (purse(first), purse(second)) == ((441, 0, 0), (0, 0, 0))
    assert differences(NOW + 2 * SECOND) == []
