"""What becomes true of a member by a posting: decided from values alone, in one order."""

from __future__ import annotations

from copy import copy
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as with_any
from hypothesis import strategies as st

from game.rules.calendar_windows import Day, Zones
from game.rules.facts import Change
from game.rules.member_progress import (
    CountedDay,
    Decision,
    Known,
    OpenQuest,
    added,
    decide,
    drafts,
    fallen_asleep,
    woken,
)
from game.rules.metrics import BADGE_METRICS, DAY_COUNTS, FIGURES, QUEST_METRICS, MemberFigures
from game.rules.quests import NEVER, Due, lacking
from game.rules.ruleset import Rules, default_rules
from game.services.ledger.posting import GAINS, MemberChange
from models.base import Base
from tests.rules.making import DAY, plays

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)  # a Wednesday
MOMENT = timedelta(microseconds=1)
TODAY, MONDAY = date(2026, 11, 4), date(2026, 11, 2)
RULES, ZONES = Rules(), Zones()
ALL_BADGES = frozenset(badge.key for badge in default_rules().achievements)


def figures(**more: Any) -> MemberFigures:
    """The figures of somebody new, unless told otherwise."""
    values: dict[str, Any] = {field.name: 0 for field in fields(MemberFigures)}
    values |= {"level_reached": 1, "level_ever": 1, "character_class": None}
    return MemberFigures(**(values | {"quests_through": TODAY} | more))


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def quest(target_type: str = "referrals", target: int = 2, **more: Any) -> OpenQuest:
    """A quest of this week that is not begun, unless told otherwise."""
    values: dict[str, Any] = {
        "id": 7,
        "template": "weekly_goal",
        "target_type": target_type,
        "target": target,
        "baseline": 1 if target_type == "level" else 0,
        "reward_xp": 200,
        "rule_version": 1,
        "starts_at": midnight(MONDAY),
        "ends_at": midnight(MONDAY) + 7 * DAY,
        "first_day": MONDAY,
        "last_day": MONDAY + 6 * DAY,
        "progress": 0,
    }
    return OpenQuest(**(values | more))


def counts(**some: int) -> dict[str, int]:
    return dict.fromkeys(DAY_COUNTS, 0) | some


def stored(**some: int) -> list[int]:
    return list(counts(**some).values())


def known(gathered: dict[Day, dict[str, int]] | None = None, **more: Any) -> Known:
    """A member without badges to unlock and with all quests, unless told otherwise."""
    days = more.pop("days", {})
    active = [stretch for stretch, day in days.items() if day.is_active]
    counted = added(days, gathered or {}, ZONES)
    values: dict[str, Any] = {
        "whose": ("biz_1", 1),
        "figures": figures(),
        "history": plays(),
        "gains": {},
        "days": days,
        "counted": counted,
        "active": active,
        "first_active": min(active, default=None),
        "reads_all": fallen_asleep(days, counted),
        "quests": [],
        "unlocked": ALL_BADGES,
        "due": None,
    }
    return Known(**(values | more))


def decided(before: Known, now: datetime = NOW) -> Decision:
    return decide(before, RULES, ZONES, now)


def moved(before: Known, now: datetime = NOW) -> list[int]:
    return [one.progress for one in decided(before, now).moved]


# --- counts and windows ---------------------------------------------------------------------------


@pytest.mark.parametrize(("was", "gathered", "now"), [(0, 1, 1), (1, 1, 2), (1, 4, 2), (3, -2, 1)])
def test_gathered_counts_are_added_to_the_stored_days(was: int, gathered: int, now: int) -> None:
    days = {Day(MONDAY): CountedDay(midnight(MONDAY), stored(conversions=was, visits=9))}

    before = known({Day(MONDAY): counts(conversions=gathered)}, days=days, quests=[quest()])

    assert moved(before) == [now]


@pytest.mark.parametrize(
    ("first_moment", "counted"),
    [
        (midnight(MONDAY) - MOMENT, []),
        (midnight(MONDAY), [1]),
        (midnight(MONDAY) + 7 * DAY - MOMENT, [1]),
        (midnight(MONDAY) + 7 * DAY, []),
    ],
)
def test_a_stretch_counts_for_the_window_that_holds_its_first_moment(
    first_moment: datetime, counted: list[int]
) -> None:
    days = {Day(MONDAY): CountedDay(first_moment, stored(conversions=1))}

    assert moved(known(days=days, quests=[quest()])) == counted


@pytest.mark.parametrize(
    ("label", "counted"),
    [
        (MONDAY - DAY, []),
        (MONDAY, [1]),
        (MONDAY + 6 * DAY, [1]),
        (MONDAY + 7 * DAY, []),
    ],
)
def test_a_day_of_before_stretches_had_a_beginning_counts_by_its_date(
    label: date, counted: list[int]
) -> None:
    days = {Day(label): CountedDay(None, stored(conversions=1))}

    assert moved(known(days=days, quests=[quest()])) == counted


def test_such_a_day_counts_by_its_moment_as_soon_as_it_is_counted_in() -> None:
    zones = Zones([(None, "Pacific/Auckland")])  # Monday the 2nd begins there on Sunday, 11:00 UTC
    days = {Day(MONDAY): CountedDay(None, stored(conversions=1))}
    before = known(days=days, quests=[quest()])
    touched = replace(before, counted=added(days, {Day(MONDAY): counts(visits=1)}, zones))

    assert moved(before) == [1]
    assert moved(touched) == []


def test_what_adds_up_to_nothing_leaves_a_day_as_it_is() -> None:
    assert added({}, {Day(TODAY): counts(conversions=1 - 1)}, ZONES) == {}


def test_progress_never_goes_down() -> None:
    assert moved(known({Day(TODAY): counts(conversions=-1)}, quests=[quest(progress=1)])) == []


def test_a_quest_of_what_nobody_records_any_more_stays_where_it_is() -> None:
    assert moved(known({Day(TODAY): counts(visits=9)}, quests=[quest("gone", progress=1)])) == []


# --- order: given, counted, streak, badges and levels, moved --------------------------------------


def test_a_quest_given_now_counts_what_its_window_holds_already() -> None:
    days = {Day(MONDAY): CountedDay(midnight(MONDAY), stored(conversions=3, clicks=40))}
    due = Due(Day(TODAY), ("daily", "weekly"), MONDAY)

    found = decided(known({Day(TODAY): counts(clicks=1)}, days=days, due=due))

    progress = {one.offer.target_type: one.quest for one in found.given}
    weekly = [one.quest for one in found.given if one.offer.window == "weekly"]
    assert all(one.is_complete for one in weekly if one.target_type in {"referrals", "clicks"})
    assert (found.figures.quests_through, found.figures.quests_part) == (TODAY, 0)
    daily = [one.quest for one in found.given if one.offer.window == "daily"]
    assert {one.progress for one in daily if one.target_type == "clicks"} <= {1}
    assert {one.progress for one in daily if one.target_type == "referrals"} <= {0}
    assert {"clicks", "referrals"} & progress.keys()


def test_quests_are_given_by_the_level_and_the_badges_of_before() -> None:
    due = Due(Day(TODAY), ("daily", "weekly", "monthly"), date(2026, 11, 1))
    left = ALL_BADGES - {"conversions_1", "level_ever_5"}
    gains = {"lifetime_xp": 5000, "total_referrals": 1}
    hard = {one.key for one in default_rules().quests.templates if one.difficulty != "easy"}
    of_levels = []

    for member in range(20):
        found = decided(known(whose=("biz_1", member), unlocked=left, gains=gains, due=due))
        assert found.figures.level_ever > 8
        assert [unlock.key for unlock in found.unlocks] == ["conversions_1", "level_ever_5"]
        assert hard.isdisjoint(one.offer.template for one in found.given)
        of_levels += [one.quest for one in found.given if one.offer.target_type == "level"]

    assert of_levels
    assert all(one.baseline == 1 and one.is_complete for one in of_levels)


@pytest.mark.parametrize(
    ("now", "levels", "badges"),
    [
        (midnight(MONDAY) - MOMENT, [], []),
        (midnight(MONDAY), [4], [2]),
        (midnight(MONDAY) + 7 * DAY - MOMENT, [4], [2]),
        (midnight(MONDAY) + 7 * DAY, [], []),
    ],
)
def test_levels_and_badges_of_now_count_in_the_window_that_holds_now(
    now: datetime, levels: list[int], badges: list[int]
) -> None:
    gains = {"lifetime_xp": 950, "total_referrals": 1}
    left = ALL_BADGES - {"conversions_1", "level_ever_5"}

    def of(target_type: str) -> list[int]:
        quests = [quest(target_type, 9)]
        return moved(known(unlocked=left, gains=gains, quests=quests), now)

    # A badge brings level 5, which brings the second badge: quests see what came of it all.
    assert (of("level"), of("achievements")) == (levels, badges)


def test_badges_see_the_streak_that_the_gathered_days_make() -> None:
    days = {
        Day(TODAY - n * DAY): CountedDay(midnight(TODAY - n * DAY), stored(conversions=1))
        for n in (1, 5)  # the Sunday between them is its week's second empty day
    }
    left = ALL_BADGES - {"streak_3"}
    two = {Day(TODAY): counts(conversions=1)}
    closed = {Day(TODAY - 2 * DAY): counts(quests_claimed=1)}

    runs = [decided(known(more, days=days, unlocked=left)) for more in (two, two | closed)]

    assert [found.figures.best_streak for found in runs] == [2, 3]
    assert [len(found.unlocks) for found in runs] == [0, 1]


def test_a_day_that_stops_counting_in_the_same_posting_bridges_nothing() -> None:
    middle = TODAY - DAY
    days = {
        # The Monday between them is the one empty day that their week forgives.
        Day(day): CountedDay(midnight(day), stored(conversions=1))
        for day in (middle, middle - 2 * DAY)
    }
    gathered = {Day(TODAY): counts(conversions=1), Day(middle): counts(conversions=-1)}

    assert decided(known(gathered, days=days)).figures.best_streak == 1


@pytest.mark.parametrize(
    ("was", "more", "wakes"), [(0, 1, True), (0, 0, False), (1, 1, False), (-1, 1, False)]
)
def test_a_day_wakes_with_the_first_thing_that_counts_for_a_streak(
    was: int, more: int, *, wakes: bool
) -> None:
    days = {Day(TODAY): CountedDay(midnight(TODAY), stored(conversions=was))}
    counted = added(days, {Day(TODAY): counts(conversions=more, visits=1)}, ZONES)

    assert woken(days, counted) == ([Day(TODAY)] if wakes else [])


def test_what_goes_in_is_left_as_it_was() -> None:
    due = Due(Day(TODAY), ("daily",), TODAY)
    before = known(
        {Day(TODAY): counts(conversions=1)}, gains={"lifetime_xp": 400}, quests=[quest()], due=due
    )
    was = copy(before.figures)

    found = decided(before)

    assert before.figures == was
    assert found.figures.lifetime_xp == 400
    assert before.quests == [quest()]


def test_badges_are_worth_what_the_member_is_now() -> None:
    before = known(unlocked=ALL_BADGES - {"conversions_1"}, gains={"total_referrals": 1})
    prestiges = [Change(NOW, "2"), Change(NOW + MOMENT, "3")]

    [plain] = decided(before).unlocks
    [higher] = decided(replace(before, history=plays(prestiges=prestiges))).unlocks

    bonus = default_rules().prestige.bonus_bp
    assert higher.multiplier_bp == plain.multiplier_bp + 2 * bonus
    assert higher.xp == higher.reward_xp * higher.multiplier_bp // 10_000


# --- who lacks quests -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "windows"),
    [
        (midnight(date(2026, 11, 8)) - MOMENT, None),
        (midnight(date(2026, 11, 8)), ("daily",)),
        (midnight(date(2026, 11, 9)), ("daily", "weekly")),
        (midnight(date(2026, 12, 1)), ("daily", "weekly", "monthly")),
    ],
)
def test_the_quests_of_a_window_are_due_from_its_first_moment(
    now: datetime, windows: tuple[str, ...] | None
) -> None:
    due = lacking(Day(date(2026, 11, 7)), ZONES, now)

    assert (due.windows if due else None) == windows


def test_who_never_had_quests_lacks_those_of_all_windows() -> None:
    due = lacking(Day(NEVER), ZONES, NOW)

    assert due == Due(Day(TODAY), ("daily", "weekly", "monthly"), date(2026, 11, 1))


# --- what is told ---------------------------------------------------------------------------------


def test_it_is_told_in_the_order_in_which_it_became_true() -> None:
    due = Due(Day(TODAY), ("daily", "weekly"), MONDAY)
    days = {Day(TODAY): CountedDay(midnight(TODAY), stored(conversions=9, clicks=99, visits=1))}
    left = ALL_BADGES - {"conversions_1"}
    found = decided(
        known(
            {Day(TODAY): counts(lessons=1)},
            days=days,
            quests=[quest("clicks")],
            unlocked=left,
            gains={"lifetime_xp": 60, "total_referrals": 1},
            due=due,
        )
    )
    numbers = {one.place: 100 + n for n, one in enumerate(found.given)}

    told = drafts(found, numbers, RULES)

    kinds = [kind for kind, _ in told]
    assert kinds[:3] == ["quest_available", "quest_available", "achievement_unlocked"]
    assert (kinds[3], kinds[-1]) == ("quest_completed", "level_up")
    assert set(kinds[3:-1]) == {"quest_completed"}
    finished = [data["quest_id"] for kind, data in told if kind == "quest_completed"]
    assert finished[0] == "7"
    assert finished[1:] == [str(numbers[one.place]) for one in found.given if one.quest.is_complete]
    assert told[-1] == ("level_up", {"level": 2, "previous_level": 1})


def test_a_quest_that_was_there_already_is_not_told_again() -> None:
    days = {Day(TODAY): CountedDay(midnight(TODAY), stored(conversions=9, clicks=99))}
    found = decided(known(days=days, due=Due(Day(TODAY), ("weekly",), MONDAY)))
    first, second = found.given

    told = drafts(found, {second.place: 5}, RULES)

    assert told[0] == ("quest_available", {"quest_ids": ["5"], "window": "weekly"})
    assert {data["quest_id"] for _, data in told[1:]} <= {"5"}
    assert drafts(found, {}, RULES) == []
    assert first.place != second.place


# --- one after the other, and all at once ---------------------------------------------------------

one_posting = st.fixed_dictionaries(
    {
        "xp": st.integers(0, 3000),
        "referrals": st.integers(0, 6),
        "days": st.dictionaries(
            st.integers(-9, 3), st.fixed_dictionaries({"conversions": st.integers(0, 2)})
        ),
    }
)


def posted(before: Known, one: dict[str, Any]) -> Known:
    """The same member with a posting gathered."""
    gathered = {Day(TODAY + n * DAY): counts(**some) for n, some in one["days"].items()}
    gains = {"lifetime_xp": one["xp"], "total_referrals": one["referrals"]}
    counted = added(before.days, gathered, ZONES)
    asleep = fallen_asleep(before.days, counted)
    return replace(before, gains=gains, counted=counted, reads_all=asleep)


def written(before: Known, found: Decision) -> Known:
    """The member as the next posting finds them."""
    days = {**before.days, **before.counted}
    badges = {Day(TODAY): counts(achievements=len(found.unlocks))}
    days |= added(days, badges, ZONES)
    steps = {one.id: one for one in found.moved}
    active = [stretch for stretch, day in days.items() if day.is_active]
    return replace(
        before,
        figures=found.figures,
        gains={},
        days=days,
        counted={},
        active=active,
        first_active=min(active, default=None),
        reads_all=False,
        quests=[steps.get(one.id, one) for one in before.quests],
        unlocked=before.unlocked | {unlock.key for unlock in found.unlocks},
    )


def both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two postings as one."""
    days = {
        n: {
            "conversions": sum(
                each["days"].get(n, {"conversions": 0})["conversions"] for each in (one, other)
            )
        }
        for n in one["days"].keys() | other["days"].keys()
    }
    return {name: one[name] + other[name] for name in ("xp", "referrals")} | {"days": days}


@with_any(one_posting, one_posting)
def test_two_postings_come_to_the_same_as_one_with_both(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    quests = [quest("referrals", 50), quest("achievements", 50, id=8), quest("level", 50, id=9)]
    # Whoever was active before: which day was the first ever is a matter of when it was heard.
    long_ago = {Day(MONDAY - 70 * DAY): CountedDay(None, stored(conversions=1))}
    start = known(quests=quests, unlocked=frozenset(), days=long_ago)

    first = posted(start, one)
    second = posted(written(first, decided(first)), other)
    apart = written(second, decided(second))
    at_once = posted(start, both(one, other))
    together = written(at_once, decided(at_once))

    assert apart == replace(together, active=apart.active)
    assert set(apart.active) == set(together.active)
    assert decided(apart) == replace(decided(apart), moved=(), unlocks=(), levels=(), given=())


# --- one table ------------------------------------------------------------------------------------


def test_each_metric_names_what_is_kept() -> None:
    tables = Base.metadata.tables

    assert {one.figure for one in BADGE_METRICS.values()} <= set(FIGURES)
    assert {one.count for one in QUEST_METRICS.values()} <= {"", *DAY_COUNTS}
    assert {figure for _, figure in GAINS} <= set(FIGURES)
    assert set(FIGURES) <= {column.name for column in tables["member"].columns}
    assert set(DAY_COUNTS) <= {column.name for column in tables["member_day"].columns}


def test_what_a_posting_gains_is_named_by_the_figure_it_moves() -> None:
    change = MemberChange(xp=5, referrals=1, clicks=0, quests_claimed=-1)

    assert change.gains() == {"lifetime_xp": 5, "total_referrals": 1, "quests_claimed": -1}
