"""What creators publish reaches every member it is meant for, once, and counts like the rest."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from game.rules.refusals import Refusal
from game.services.creations.acts import Author, change, make
from game.services.members.joining import ensure_company, ensure_members
from game.services.progress.acts import claim_quest, record_visit
from game.services.progress.rerolling import reroll
from game.services.quests.reads import QuestView, read_quest, read_quests
from game.services.scheduled import creation_runs, quest_closing
from models.base import Json
from models.session import MEMBER, WORKER, transaction
from settings import Settings
from tests.support.settling import COMPANY, differences, drain_all, found_company
from tests.support.telling import as_owner, lesson, pay

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
AUTHOR = Author(COMPANY, "user_boss")
EVERYBODY = {"classes": [], "level_from": 1, "level_to": None}


def reach(metric: str, value: int) -> dict[str, object]:
    return {"metric": metric, "comparison": "at_least", "value": value}


def quest(requirement: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "title": "Launch Week",
        "description": "Help us launch.",
        "requirement": requirement or reach("referrals", 1),
        "reward_xp": 200,
        "schedule": {"every": "once", "first_day": "2026-11-23", "last_day": "2026-11-25"},
        "audience": EVERYBODY,
        **more,
    }


def badge(requirement: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "title": "Regular",
        "description": "Come by and bring somebody.",
        "requirement": requirement or reach("conversions", 1),
        "reward_xp": 300,
        "hidden": False,
        **more,
    }


def join(count: int, company: str = COMPANY) -> list[int]:
    with transaction(WORKER) as tx:
        ensure_company(tx, company, NOON)
        names = {f"user_{number:05}": "" for number in range(count)}
        return sorted(ensure_members(tx, company, names, NOON).values())


def give(now: datetime) -> int:
    """Run the job as of `now`; in how many steps."""
    steps, progress = 0, dict[str, object]()
    while (following := creation_runs.step(progress, now, now)) is not None:
        progress, steps = following, steps + 1
    return steps


def close(now: datetime) -> None:
    progress: Json | None = {}
    while progress is not None:
        progress = quest_closing.close_step(progress, now, now)


def rows(sql: str, *values: object) -> list[tuple[Any, ...]]:
    with transaction(WORKER) as tx:
        return tx.rows(sql, values)


def given() -> list[tuple[Any, ...]]:
    return rows(
        "SELECT member_id, slot, state, progress, target FROM quest "
        "WHERE time_window = 'special' ORDER BY member_id, id"
    )


def shown(member: int, now: datetime) -> list[QuestView]:
    with transaction(MEMBER, COMPANY) as tx:
        page = read_quests(tx, COMPANY, member, now, after=None, limit=50)
    return [view for view in page.items if view.window == "special"]


def test_a_published_quest_reaches_every_member_once(settings: Settings) -> None:
    members = join(3)
    number = make(AUTHOR, "quest", quest(), "published", NOON)

    give(NOON + HOUR)
    give(NOON + HOUR + timedelta(minutes=1))

    assert [(row[0], row[1]) for row in given()] == [
        (member, f"special:{number}") for member in members
    ]
    told = rows("SELECT count(*) FROM notice WHERE data ->> 'window' = 'special'")
    assert told == [(3,)]
    [run] = rows("SELECT members, looked_at, given, finished_at FROM creation_run")
    assert run[:3] == (3, 3, 3)
    assert run[3] is not None
    assert differences(NOON + HOUR) == []


def test_a_draft_reaches_nobody_until_it_is_published(settings: Settings) -> None:
    join(1)
    number = make(AUTHOR, "quest", quest(), "draft", NOON)
    give(NOON)
    before = given()

    change(AUTHOR, "quest", number, {}, "published", NOON + HOUR)
    give(NOON + HOUR)

    assert before == []
    assert len(given()) == 1


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        (datetime(2026, 11, 24, 0, 0, tzinfo=UTC) - timedelta(microseconds=1), 0),
        (datetime(2026, 11, 24, 0, 0, tzinfo=UTC), 1),
        (datetime(2026, 11, 26, 0, 0, tzinfo=UTC) - timedelta(microseconds=1), 1),
        (datetime(2026, 11, 26, 0, 0, tzinfo=UTC), 0),
    ],
)
def test_a_quest_is_given_from_its_first_day_to_its_last(
    settings: Settings, moment: datetime, there: int
) -> None:
    join(1)
    days = {"every": "once", "first_day": "2026-11-24", "last_day": "2026-11-25"}
    make(AUTHOR, "quest", quest(schedule=days), "published", NOON)

    give(moment)

    assert len(given()) == there


def test_a_quest_that_comes_again_is_given_in_each_of_its_windows(settings: Settings) -> None:
    join(1)
    days = {"every": "week", "first_day": "2026-11-25", "last_day": "2026-12-08"}
    make(AUTHOR, "quest", quest(schedule=days), "published", NOON)

    for day in range(21):
        give(NOON + day * DAY)

    windows = rows(
        "SELECT first_day::text, last_day::text FROM quest WHERE time_window = 'special' "
        "ORDER BY starts_at"
    )
    # Cut where the schedule begins and ends.
    assert windows == [
        ("2026-11-25", "2026-11-29"),
        ("2026-11-30", "2026-12-06"),
        ("2026-12-07", "2026-12-08"),
    ]


def test_a_late_member_is_given_it_at_once_and_keeps_what_counted_already(
    settings: Settings,
) -> None:
    [(_, code)] = found_company(NOON - DAY, 1)
    pay("pay_1", "user_buyer", NOON - HOUR, ref=code)
    drain_all(NOON)
    make(AUTHOR, "quest", quest(reach("referrals", 2)), "published", NOON)
    [late] = join(1)

    record_visit(COMPANY, late, NOON + HOUR)
    give(NOON + HOUR)

    [early] = [row for row in given() if row[0] != late]
    assert early[2:] == ("assigned", 1, 2)
    assert [row[2:] for row in given() if row[0] == late] == [("assigned", 0, 2)]
    assert differences(NOON + HOUR) == []


@pytest.mark.parametrize(
    ("audience", "there"),
    [
        ({"classes": [], "level_from": 3, "level_to": None}, 0),
        ({"classes": [], "level_from": 2, "level_to": 2}, 1),
        ({"classes": [], "level_from": 1, "level_to": 1}, 0),
        ({"classes": ["scout"], "level_from": 1, "level_to": None}, 0),
        ({"classes": ["scout", "sage"], "level_from": 1, "level_to": None}, 0),
    ],
)
def test_only_its_audience_is_given_a_quest(
    settings: Settings, audience: dict[str, Any], there: int
) -> None:
    [(_, code)] = found_company(NOON - DAY, 1)
    pay("pay_1", "user_buyer", NOON - HOUR, ref=code)  # 188 XP and a badge: level 2
    drain_all(NOON)
    make(AUTHOR, "quest", quest(audience=audience), "published", NOON)

    give(NOON)

    assert len(given()) == there
    assert differences(NOON) == []


def test_who_grows_into_the_audience_is_given_it_by_that_very_sale(settings: Settings) -> None:
    [(_, code)] = found_company(NOON - DAY, 1)
    audience = {"classes": [], "level_from": 2, "level_to": None}
    make(AUTHOR, "quest", quest(audience=audience), "published", NOON)
    give(NOON)
    before = given()

    pay("pay_1", "user_buyer", NOON + HOUR, ref=code)
    drain_all(NOON + HOUR + timedelta(seconds=5))

    assert before == []
    # The sale that brought the level counts as well: its own time lies in the window.
    assert [row[2:] for row in given()] == [("completed", 1, 1)]
    assert differences(NOON + 2 * HOUR) == []


def test_a_quest_of_several_things_is_finished_when_all_hold(settings: Settings) -> None:
    [(_, code)] = found_company(NOON - DAY, 1)
    [(member,)] = rows("SELECT id FROM member")
    asks = {"all": [reach("referrals", 1), reach("visits", 1)]}
    make(AUTHOR, "quest", quest(asks), "published", NOON)
    record_visit(COMPANY, member, NOON)
    half = given()

    pay("pay_1", "user_buyer", NOON + HOUR, ref=code)
    drain_all(NOON + HOUR + timedelta(seconds=5))

    assert [row[2:] for row in half] == [("assigned", 50, 100)]
    assert [row[2:] for row in given()] == [("completed", 100, 100)]
    [view] = shown(member, NOON + HOUR)
    assert [(part.words, part.progress, part.target) for part in view.parts] == [
        ("Bring 1 new referral", 1, 1),
        ("Open the app on 1 day", 1, 1),
    ]
    with transaction(MEMBER, COMPANY) as tx:
        detail = read_quest(tx, COMPANY, member, view.id, NOON + HOUR)
    assert [(fact.metric, fact.amount) for fact in detail.facts] == [
        ("referrals", 1),
        ("visits", 1),
    ]
    assert differences(NOON + 2 * HOUR) == []


def test_an_unclaimed_reward_is_granted_at_the_close_as_of_the_last_second(
    settings: Settings,
) -> None:
    [(_, code)] = found_company(NOON - DAY, 1)
    make(AUTHOR, "quest", quest(), "published", NOON)
    pay("pay_1", "user_buyer", NOON + HOUR, ref=code)
    drain_all(NOON + HOUR + timedelta(seconds=5))
    end = datetime(2026, 11, 26, 0, 0, tzinfo=UTC)

    close(end + 72 * HOUR - timedelta(microseconds=1))
    before = rows("SELECT state FROM quest WHERE time_window = 'special'")
    close(end + 72 * HOUR)

    assert before == [("completed",)]
    [(state, claimed_at)] = rows(
        "SELECT state, claimed_at FROM quest WHERE time_window = 'special'"
    )
    assert (state, claimed_at) == ("claimed", end - timedelta(seconds=1))
    # Level 2 when it was given: 101 %.
    assert rows("SELECT xp FROM receipt WHERE reason LIKE 'quest:special%%'") == [(202,)]
    assert differences(end + 73 * HOUR) == []


def test_what_was_given_stays_as_it_was_when_the_quest_is_changed_or_ended(
    settings: Settings,
) -> None:
    members = join(2)
    number = make(AUTHOR, "quest", quest(), "published", NOON)
    record_visit(COMPANY, members[0], NOON)

    change(AUTHOR, "quest", number, {"reward_xp": 500, "title": "Bigger"}, None, NOON + HOUR)
    record_visit(COMPANY, members[1], NOON + HOUR)
    change(AUTHOR, "quest", number, {}, "ended", NOON + 2 * HOUR)
    give(NOON + 3 * HOUR)

    views = [shown(member, NOON + 3 * HOUR)[0] for member in members]
    assert [(view.title, view.reward_xp) for view in views] == [
        ("Launch Week", 200),
        ("Bigger", 500),
    ]
    assert differences(NOON + 3 * HOUR) == []


@pytest.mark.parametrize(
    ("changes", "state", "code"),
    [
        ({}, "draft", "creation_published"),
        (
            {"schedule": {"every": "once", "first_day": "2026-11-24", "last_day": "2026-11-25"}},
            None,
            "quest_has_begun",
        ),
        ({"reward_xp": -1}, None, "validation_failed"),
        ({"requirement": reach("stars", 1)}, None, "validation_failed"),
        ({"audience": {**EVERYBODY, "classes": ["wizard"]}}, None, "validation_failed"),
    ],
)
def test_a_change_that_cannot_hold_is_refused(
    settings: Settings, changes: dict[str, Any], state: str | None, code: str
) -> None:
    join(1)
    number = make(AUTHOR, "quest", quest(), "published", NOON)

    with pytest.raises(Refusal) as refused:
        change(AUTHOR, "quest", number, changes, state, NOON + HOUR)

    assert refused.value.code == code
    assert len(rows("SELECT 1 FROM creation")) == 1


@pytest.mark.parametrize(("first_day", "is_good"), [("2026-11-22", False), ("2026-11-23", True)])
def test_nothing_is_published_for_a_day_that_has_passed(
    settings: Settings,
    first_day: str,
    is_good: bool,  # noqa: FBT001
) -> None:
    join(1)
    days = {"every": "once", "first_day": first_day, "last_day": "2026-11-25"}
    try:
        make(AUTHOR, "quest", quest(schedule=days), "published", NOON)
        made = True
    except Refusal:
        made = False
    assert made is is_good


def test_an_achievement_is_backfilled_once_to_those_who_meet_it(settings: Settings) -> None:
    pairs = found_company(NOON - DAY, 3)
    pay("pay_1", "user_buyer", NOON - HOUR, ref=pairs[0][1])
    drain_all(NOON)
    number = make(AUTHOR, "achievement", badge(), "published", NOON + HOUR)

    give(NOON + HOUR)
    give(NOON + 2 * HOUR)

    key = f"made:{number}"
    assert rows("SELECT count(*) FROM achievement_unlock WHERE key = %s", key) == [(1,)]
    assert rows("SELECT count(*), sum(xp)::int FROM receipt WHERE source_id = %s", key) == [
        (1, 300)
    ]
    told = rows("SELECT data FROM notice WHERE data ->> 'key' = %s", key)
    assert told == [({"key": key, "title": "Regular", "reward_xp": 300, "rarity": "rare"},)]
    assert rows("SELECT looked_at, given FROM creation_run") == [(3, 1)]
    assert differences(NOON + 2 * HOUR) == []


def test_a_backfill_that_was_cut_off_goes_on_where_it_was(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creation_runs, "MEMBERS_A_STEP", 2)
    join(5)
    make(AUTHOR, "quest", quest(), "published", NOON)
    progress: Json = {}
    for _ in range(3):  # begins the run, then looks at two members, and two more
        progress = creation_runs.step(progress, NOON, NOON) or {}

    [(looked_at, finished_at)] = rows("SELECT looked_at, finished_at FROM creation_run")
    give(NOON + HOUR)

    assert (looked_at, finished_at) == (4, None)
    assert len(given()) == 5
    assert rows("SELECT looked_at FROM creation_run") == [(5,)]


def test_a_member_held_by_somebody_else_gets_it_with_a_later_tick(settings: Settings) -> None:
    members = join(3)
    make(AUTHOR, "quest", quest(), "published", NOON)

    with transaction(WORKER) as holder:
        holder.rows("SELECT 1 FROM member WHERE id = %s FOR NO KEY UPDATE", (members[1],))
        give(NOON)
        during = len(given())
    give(NOON + timedelta(minutes=1))

    assert during == 2
    assert len(given()) == 3
    assert rows("SELECT looked_at, skipped FROM creation_run") == [(3, 0)]


def test_the_share_of_members_who_have_it_is_counted(settings: Settings) -> None:
    pairs = found_company(NOON - DAY, 4)
    pay("pay_1", "user_buyer", NOON - HOUR, ref=pairs[0][1])
    drain_all(NOON)

    progress: Json | None = {}
    while progress is not None:
        progress = creation_runs.count_step(progress, NOON, NOON)

    shares = dict(rows("SELECT key, members FROM achievement_share"))
    assert shares[""] == 4
    assert shares["conversions_1"] == 1


NINE = json.dumps(reach("referrals", 9))
FORGERIES = {
    "quest.terms": "UPDATE quest SET terms = '" + NINE + "' WHERE {special}",
    "quest.reward_xp": "UPDATE quest SET reward_xp = reward_xp + 1 WHERE {special}",
    "quest.target": "UPDATE quest SET target = target + 1 WHERE {special}",
    "quest.starts_at": "UPDATE quest SET starts_at = starts_at - interval '1 day' WHERE {special}",
    "quest.entry": "UPDATE quest SET entry = 77 WHERE {special}",
    "quest.template": "UPDATE quest SET template = 'special:77' WHERE {special}",
    "quest.slot": "UPDATE quest SET slot = 'special:77' WHERE {special}",
    "quest.progress": "UPDATE quest SET progress = target, state = 'completed' WHERE {special}",
    "quest.audience": (
        "UPDATE creation SET document = jsonb_set(document, '{audience,level_from}', '4'); "
        "UPDATE company SET catalogue_at = catalogue_at + interval '1 microsecond'"
    ),
    "quest.state": "UPDATE quest SET state = 'replaced' WHERE slot = 'reach'",
    "quest.slot ": "UPDATE quest SET slot = slot || ':2' WHERE slot = 'reach'",
    "quest.state ": "DELETE FROM member_fact WHERE kind = 'reroll'",
    "quest.closed_at": "UPDATE quest SET closed_at = now() WHERE state = 'replaced'",
    "achievement_unlock.reward_xp": (
        "UPDATE achievement_unlock SET reward_xp = 7 WHERE key LIKE 'made:%'"
    ),
    "receipt.at": "UPDATE receipt SET at = now() WHERE source_id LIKE 'made:%'",
    "achievement_share.members": "UPDATE achievement_share SET members = members + 1",
}


def test_verify_names_forged_quests_achievements_and_swaps(settings: Settings) -> None:
    [(_, code)] = found_company(NOON - DAY, 1)
    [(member,)] = rows("SELECT id FROM member WHERE whop_user_id = 'user_ref00'")
    pay("pay_1", "user_buyer", NOON - HOUR, ref=code)
    lesson("user_other", "lesson_1", NOON - HOUR)  # so that Study Hall can be drawn
    drain_all(NOON)
    make(AUTHOR, "quest", quest(reach("referrals", 3)), "published", NOON)
    make(AUTHOR, "achievement", badge(), "published", NOON)
    give(NOON)
    [(swapped,)] = rows("SELECT id FROM quest WHERE slot = 'result' AND member_id = %s", member)
    with suppress(Refusal):  # it counts the sale already
        reroll(COMPANY, member, swapped, NOON)
    [(swapped,)] = rows("SELECT id FROM quest WHERE slot = 'effort' AND member_id = %s", member)
    reroll(COMPANY, member, swapped, NOON + HOUR)
    creation_runs.count_step({}, NOON, NOON + HOUR)
    assert differences(NOON + HOUR) == []

    for name, forgery in FORGERIES.items():
        found = found_after(forgery)
        assert any(name.strip() in one for one in found), (name, found)


def found_after(forgery: str) -> list[str]:
    """What verify finds after a forgery, which is undone again."""
    tables = ("quest", "creation", "member_fact", "achievement_unlock", "receipt",
              "achievement_share")  # fmt: skip
    for table in tables:
        as_owner(f"CREATE TABLE kept_{table} AS TABLE {table}")
    as_owner(
        "SET session_replication_role = replica; "
        + forgery.replace("{special}", "time_window = 'special'")
    )
    found = differences(NOON + 2 * HOUR)
    for table in tables:
        as_owner(
            f"SET session_replication_role = replica; DELETE FROM {table}; "
            f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept_{table}; "
            f"DROP TABLE kept_{table}; SET session_replication_role = DEFAULT"
        )
    as_owner("UPDATE company SET catalogue_at = catalogue_at + interval '1 microsecond'")
    return found


def test_a_claim_that_races_the_close_gives_one_reward(settings: Settings) -> None:
    [(_, code)] = found_company(NOON - DAY, 1)
    [(member,)] = rows("SELECT id FROM member")
    make(AUTHOR, "quest", quest(), "published", NOON)
    pay("pay_1", "user_buyer", NOON + HOUR, ref=code)
    drain_all(NOON + HOUR + timedelta(seconds=5))
    [(number,)] = rows("SELECT id FROM quest WHERE time_window = 'special'")
    late = datetime(2026, 11, 29, 0, 0, tzinfo=UTC)

    def claim(_: int) -> str:
        try:
            claim_quest(COMPANY, member, number, late)
        except Refusal as refusal:
            return refusal.code
        return "granted"

    with ThreadPoolExecutor(20) as pool:
        closing = pool.submit(close, late)
        claims = list(pool.map(claim, range(19)))
        closing.result()
    close(late + HOUR)

    assert set(claims) <= {"granted", "quest_already_claimed"}
    assert rows("SELECT count(*) FROM receipt WHERE reason LIKE 'quest:special%%'") == [(1,)]
    assert differences(late + HOUR) == []
