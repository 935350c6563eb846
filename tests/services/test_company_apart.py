"""Jobs that cross companies: a member somebody holds is left for later, the others are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from game.services.quests import windows
from game.services.scheduled import holds, quest_closing
from tests.support.holding import member_held
from tests.support.settling import differences
from tests.support.telling import as_owner, pay, purse, referrer, rows, settle

pytestmark = pytest.mark.usefixtures("settings")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CODE = "ABCD2345"
COMPANIES = ("biz_a", "biz_b", "biz_c")


def run_job(step: object, at: datetime) -> None:
    """Work on one tick of a job to its end."""
    progress = step({}, at, at)  # type: ignore[operator]
    while progress is not None:
        progress = step(progress, at, at)  # type: ignore[operator]


def test_hold_of_a_company_that_is_held_up_ends_later_and_no_others() -> None:
    paid = NOW - timedelta(days=31)
    members = [referrer(CODE, paid, company=company) for company in COMPANIES]
    for company in COMPANIES:
        pay("pay_1", "user_b", paid, ref=CODE, company=company)
    settle(paid + timedelta(hours=1))

    with member_held(members[0]):
        run_job(holds.release_step, NOW)
        held = [purse(member) for member in members]
    run_job(holds.release_step, NOW)

    assert held == [(441, 0, 0), (0, 0, 441), (0, 0, 441)]
    assert [purse(member) for member in members] == [(0, 0, 441)] * 3
    assert [found for company in COMPANIES for found in differences(NOW, company)] == []


def test_hold_of_a_broken_company_does_not_keep_the_others_from_their_money() -> None:
    paid = NOW - timedelta(days=31)
    members = [referrer(CODE, paid, company=company) for company in COMPANIES]
    for company in COMPANIES:
        pay("pay_1", "user_b", paid, ref=CODE, company=company)
    settle(paid + timedelta(hours=1))
    as_owner(
        """
        CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.company_id = 'biz_a' THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER broken BEFORE INSERT ON receipt FOR EACH ROW EXECUTE FUNCTION broken()
        """
    )

    run_job(holds.release_step, NOW)

    assert [purse(member) for member in members] == [(441, 0, 0), (0, 0, 441), (0, 0, 441)]


def test_member_who_is_held_gets_todays_quests_later_and_all_others_now() -> None:
    members = [referrer(CODE, NOW, company=company) for company in COMPANIES]
    waiting = "SELECT id FROM member WHERE quests_through IS NULL ORDER BY id"

    with member_held(members[1]):
        run_job(windows.assign_step, NOW)
        left = rows(waiting)
    run_job(windows.assign_step, NOW)

    assert left == [(members[1],)]
    assert rows(waiting) == []


def test_reward_of_a_member_who_is_held_is_granted_later_and_all_others_now() -> None:
    members = [referrer(CODE, NOW, company=company) for company in COMPANIES]
    run_job(windows.assign_step, NOW)
    as_owner("UPDATE quest SET state = 'completed', progress = target "
             "WHERE id IN (SELECT min(id) FROM quest GROUP BY company_id)")  # fmt: skip
    later = NOW + timedelta(days=40)
    open_rewards = "SELECT DISTINCT member_id FROM quest WHERE state = 'completed'"

    with member_held(members[2]):
        run_job(quest_closing.close_step, later)
        left = rows(open_rewards)
    run_job(quest_closing.close_step, later)

    assert left == [(members[2],)]
    assert rows(open_rewards) == []
