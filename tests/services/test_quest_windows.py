"""Quests begin with the local day and close 72 h after their window, for everybody at once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from game.rules.ruleset import default_document
from game.services.members.joining import ensure_company, ensure_members
from game.services.quests import windows as quest_windows
from game.services.scheduled import quest_closing
from models.base import Json
from models.session import WORKER, transaction
from settings import Settings

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # a Sunday
MIDNIGHT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def join(company_id: str, count: int, zone: str = "UTC") -> list[int]:
    """Make members of a company that lives in this time zone; their numbers."""
    with transaction(WORKER) as tx:
        ensure_company(tx, company_id, NOON)
        tx.run(
            "INSERT INTO company_fact (company_id, kind, key, at, value)"
            " VALUES (%s, 'time_zone', '1', '2020-01-01', %s)",
            (company_id, zone),
        )
        names = {f"user_{number}": "" for number in range(count)}
        return sorted(ensure_members(tx, company_id, names, NOON).values())


def assign(now: datetime) -> int:
    """Run the whole job as of `now`; in how many steps."""
    steps, progress = 0, dict[str, object]()
    while (following := quest_windows.assign_step(progress, now, now)) is not None:
        progress, steps = following, steps + 1
    return steps


def close(now: datetime) -> None:
    progress: Json | None = {}
    while progress is not None:
        progress = quest_closing.close_step(progress, now, now)


def quests(only: str = "true") -> list[tuple[object, ...]]:
    """The quests for which a condition of the test holds."""
    columns = "SELECT company_id, member_id, time_window, slot, state FROM quest WHERE "
    with transaction(WORKER) as tx:
        return tx.rows(columns + only + " ORDER BY company_id, member_id, id")


def figures(member: int) -> tuple[object, ...]:
    with transaction(WORKER) as tx:
        rows = tx.rows("SELECT lifetime_xp, quests_claimed FROM member WHERE id = %s", (member,))
        return rows[0]


def finish(member: int, *, reward_xp: int) -> int:
    """Make one of the member's daily quests of the 22nd a finished one; its number."""
    with transaction(WORKER) as tx:
        return int(
            tx.rows(
                "UPDATE quest SET state = 'completed', progress = target, completed_at = %s,"
                " reward_xp = %s WHERE id = (SELECT min(id) FROM quest WHERE member_id = %s"
                " AND time_window = 'daily' AND first_day = '2026-11-22') RETURNING id",
                (NOON, reward_xp, member),
            )[0][0]
        )


def test_all_members_of_all_companies_get_the_quests_of_their_windows(settings: Settings) -> None:
    join("biz_a", 3)
    join("biz_b", 2)

    assign(NOON)

    windows = [row[2] for row in quests("member_id = (SELECT min(id) FROM member)")]
    assert windows == ["daily"] * 3 + ["weekly"] * 2 + ["monthly"]
    assert len(quests()) == 5 * 6


def test_second_run_assigns_nothing_twice(settings: Settings) -> None:
    join("biz_a", 3)
    assign(NOON)

    assign(NOON + timedelta(hours=1))

    assert len(quests()) == 18
    with transaction(WORKER) as tx:
        assert tx.rows("SELECT count(*) FROM notice WHERE type = 'quest_available'") == [(9,)]


@pytest.mark.parametrize(("seconds", "dailies"), [(-1, 3), (0, 6)])
def test_new_day_begins_with_its_first_second(
    settings: Settings, seconds: int, dailies: int
) -> None:
    join("biz_a", 1)
    assign(NOON)

    assign(MIDNIGHT + timedelta(seconds=seconds))

    assert len(quests("time_window = 'daily'")) == dailies


def test_each_company_begins_its_own_day(settings: Settings) -> None:
    join("biz_a", 1, "Pacific/Auckland")
    join("biz_b", 1, "America/Los_Angeles")
    assign(NOON)

    assign(NOON + timedelta(hours=1))
    at_seven_utc = len(quests("company_id = 'biz_b' AND time_window = 'daily'"))
    assign(datetime(2026, 11, 23, 8, 0, tzinfo=UTC))

    assert at_seven_utc == 3
    assert len(quests("company_id = 'biz_b' AND time_window = 'daily'")) == 6


def test_more_members_than_a_step_holds_are_all_served(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quest_windows, "MEMBERS_A_STEP", 4)
    monkeypatch.setattr(quest_windows, "COMPANIES_A_STEP", 2)
    for company in ("biz_a", "biz_b", "biz_c"):
        join(company, 5)

    assign(NOON)

    assert len(quests()) == 15 * 6


@pytest.mark.parametrize(("hours", "closed"), [(71.99, 0), (72, 3)])
def test_window_closes_72_hours_after_its_end(
    settings: Settings, hours: float, closed: int
) -> None:
    join("biz_a", 1)
    assign(NOON)

    close(MIDNIGHT + timedelta(hours=hours))

    assert len(quests("closed_at IS NOT NULL")) == (closed and 5)  # Sunday ends the week, too


@pytest.mark.parametrize(("hours", "closed"), [(4.99, 0), (5, 5)])
def test_the_rules_of_a_windows_start_say_when_it_closes(
    settings: Settings, hours: float, closed: int
) -> None:
    rules = default_document()
    rules["version"] = 2
    rules["quests"]["close_hours"] = 5
    join("biz_a", 1)
    with transaction(WORKER) as tx:
        tx.run(
            "INSERT INTO rule_set (company_id, version, valid_from, document, actor_user_id)"
            " VALUES ('biz_a', 2, '2026-01-01', %s, 'user_owner')",
            (json.dumps(rules),),
        )
    assign(NOON)

    close(MIDNIGHT + timedelta(hours=hours))

    assert len(quests("closed_at IS NOT NULL")) == closed


def test_quests_without_a_closing_moment_get_it_from_the_rules(settings: Settings) -> None:
    join("biz_a", 1)
    assign(NOON)
    with transaction(WORKER) as tx:
        tx.run("UPDATE quest SET closes_at = NULL")

    close(MIDNIGHT + timedelta(hours=72))

    assert len(quests("closed_at IS NOT NULL")) == 5
    assert quests("closes_at IS DISTINCT FROM ends_at + interval '72 hours'") == []


def test_unclaimed_reward_is_granted_once_as_of_the_last_second(settings: Settings) -> None:
    [member] = join("biz_a", 1)
    assign(NOON)
    quest = finish(member, reward_xp=100)

    close(MIDNIGHT + timedelta(hours=72))
    once = figures(member)
    close(MIDNIGHT + timedelta(hours=73))

    assert once == figures(member)
    with transaction(WORKER) as tx:
        [(state, claimed_at)] = tx.rows(
            "SELECT state, claimed_at FROM quest WHERE id = %s", (quest,)
        )
        [(xp, at)] = tx.rows("SELECT xp, at FROM receipt WHERE key = %s", (f"quest:{quest}",))
    assert (state, claimed_at) == ("claimed", MIDNIGHT - timedelta(seconds=1))
    assert (xp, at) == (100, MIDNIGHT - timedelta(seconds=1))
    assert once[1] == 1


def test_reward_counts_with_the_class_of_the_last_second(settings: Settings) -> None:
    [member] = join("biz_a", 1)
    assign(NOON)
    quest = finish(member, reward_xp=100)
    with transaction(WORKER) as tx:
        for key, value, at in (
            ("1", "scout", MIDNIGHT - timedelta(seconds=1)),
            ("2", "sage", MIDNIGHT),
        ):
            tx.run(
                "INSERT INTO member_fact (company_id, member_id, kind, key, at, value, settled)"
                " VALUES ('biz_a', %s, 'class', %s, %s, %s, true)",
                (member, key, at, value),
            )

    close(MIDNIGHT + timedelta(hours=72))

    with transaction(WORKER) as tx:
        assert tx.rows("SELECT xp FROM receipt WHERE key = %s", (f"quest:{quest}",)) == [(125,)]
