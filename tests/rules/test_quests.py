"""Quests: the table, who may get what, how they scale, and that the draw never wavers."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import cast

import pytest

from game.rules.calendar_windows import Zones
from game.rules.effects import QuestOffer
from game.rules.metrics import QUEST_METRICS, QuestMetric
from game.rules.quests import ALL_WINDOWS, QuestWorld, closes_at, offers, progress, scale_percent
from game.rules.ruleset import Rules, default_rules
from tests.rules.making import DAY, PAID_AT

RULES = default_rules()
ANYTHING = QuestWorld(lessons_recent=True, in_guild=True, locked_achievements=9)
NOTHING = QuestWorld(lessons_recent=False, in_guild=False, locked_achievements=1)
TODAY = date(2026, 11, 4)

TABLE = [
    ("show_up", "daily", "effort", "easy", "visits", 1, 15),
    ("study_hall", "daily", "effort", "easy", "lessons", 1, 30),
    ("guild_talk", "daily", "effort", "easy", "messages", 1, 20),
    ("spread_the_word", "daily", "reach", "easy", "clicks", 2, 30),
    ("crowd_puller", "daily", "reach", "medium", "clicks", 6, 60),
    ("town_crier", "daily", "reach", "hard", "clicks", 15, 110),
    ("first_blood", "daily", "result", "easy", "referrals", 1, 75),
    ("pocket_money", "daily", "result", "medium", "commission", 1000, 100),
    ("double_tap", "daily", "result", "hard", "referrals", 2, 160),
    ("weekly_goal", "weekly", "weekly", "easy", "referrals", 2, 200),
    ("commission_master", "weekly", "weekly", "medium", "commission", 5000, 350),
    ("quest_runner", "weekly", "weekly", "easy", "quests", 8, 250),
    ("networker", "weekly", "weekly", "easy", "clicks", 25, 150),
    ("monthly_champion", "monthly", "monthly", "medium", "referrals", 8, 800),
    ("revenue_leader", "monthly", "monthly", "hard", "commission", 20000, 1500),
    ("rising_star", "monthly", "monthly", "easy", "level", 2, 500),
    ("collector", "monthly", "monthly", "easy", "achievements", 2, 500),
]  # fmt: skip


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def drawn(
    member: int = 1, day: date = TODAY, level: int = 20, world: QuestWorld = ANYTHING
) -> list[QuestOffer]:
    return offers("biz_1", member, noon(day), level, world, ALL_WINDOWS, Rules(), Zones())


def drawn_by_many(level: int = 20, world: QuestWorld = ANYTHING) -> list[QuestOffer]:
    return [offer for n in range(300) for offer in drawn(member=n, level=level, world=world)]


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_each_template_is_the_row_of_the_table_and_is_drawn(row: tuple[object, ...]) -> None:
    [template] = [t for t in RULES.quests.templates if t.key == row[0]]

    assert row == (
        template.key,
        template.window,
        template.slot,
        template.difficulty,
        template.target_type,
        template.target,
        template.reward_xp,
    )
    is_dealt = row[0] in {offer.template for offer in drawn_by_many()}
    assert is_dealt == (template.target_type in QUEST_METRICS)


def test_quests_of_what_nobody_records_are_never_dealt(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "guild_talk" in {offer.template for offer in drawn_by_many()}

    monkeypatch.delitem(cast(dict[str, QuestMetric], QUEST_METRICS), "messages")
    assert "guild_talk" not in {offer.template for offer in drawn_by_many()}


def test_everybody_gets_three_daily_two_weekly_and_one_monthly() -> None:
    for member in range(100):
        slots = [(offer.window, offer.slot) for offer in drawn(member)]
        assert slots == [
            ("daily", "effort"),
            ("daily", "reach"),
            ("daily", "result"),
            ("weekly", "weekly_1"),
            ("weekly", "weekly_2"),
            ("monthly", "monthly"),
        ]


def test_the_two_weekly_quests_differ() -> None:
    for member in range(200):
        weekly = [o.template for o in drawn(member) if o.window == "weekly"]
        assert len(set(weekly)) == 2


def test_drawing_again_draws_the_same() -> None:
    assert drawn() == drawn()


def test_a_week_is_drawn_the_same_on_each_of_its_days() -> None:
    week = [[o for o in drawn(day=TODAY + n * DAY) if o.window == "weekly"] for n in range(-2, 5)]

    assert all(day == week[0] for day in week)
    assert (week[0][0].first_day, week[0][0].last_day) == (date(2026, 11, 2), date(2026, 11, 8))


def test_members_and_days_draw_differently() -> None:
    by_member = Counter(drawn(member=n)[0].template for n in range(300))
    by_day = Counter(drawn(day=TODAY + n * DAY)[0].template for n in range(300))

    for counted in (by_member, by_day):
        assert set(counted) == {"show_up", "study_hall", "guild_talk"}
        assert min(counted.values()) > 60


@pytest.mark.parametrize(
    ("level", "difficulties"),
    [
        (1, {"easy"}),
        (3, {"easy"}),
        (4, {"easy", "medium"}),
        (7, {"easy", "medium"}),
        (8, {"easy", "medium", "hard"}),
    ],
)
def test_harder_quests_open_with_the_level(level: int, difficulties: set[str]) -> None:
    of = {template.key: template.difficulty for template in RULES.quests.templates}

    assert {of[offer.template] for offer in drawn_by_many(level)} == difficulties


def test_what_cannot_be_finished_is_not_drawn() -> None:
    never = {"study_hall", "guild_talk", "collector"}

    assert never.isdisjoint(offer.template for offer in drawn_by_many(world=NOTHING))


def test_collector_needs_as_many_locked_badges_as_it_asks_for() -> None:
    enough = QuestWorld(lessons_recent=False, in_guild=False, locked_achievements=2)

    assert "collector" in {offer.template for offer in drawn_by_many(world=enough)}


@pytest.mark.parametrize(
    ("level", "percent"), [(1, 100), (2, 101), (100, 199), (101, 200), (102, 200), (500, 200)]
)
def test_quests_grow_with_the_level_up_to_double(level: int, percent: int) -> None:
    assert scale_percent(level, RULES) == percent


def test_only_commission_and_clicks_grow_in_target() -> None:
    base = {template.key: template for template in RULES.quests.templates}

    for offer in drawn_by_many(level=16):
        template = base[offer.template]
        grows = template.target_type in {"commission", "clicks"}
        target = round(template.target * 115 / 100) if grows else template.target
        assert offer.target == target
        assert offer.reward_xp == template.reward_xp * 115 // 100
        assert offer.rule_version == 1


def test_only_the_asked_windows_are_drawn() -> None:
    only = offers("biz_1", 1, noon(TODAY), 1, ANYTHING, ["weekly"], Rules(), Zones())

    assert {offer.window for offer in only} == {"weekly"}


@pytest.mark.parametrize(
    ("raw", "old", "shown"), [(0, 0, 0), (3, 0, 3), (1, 3, 3), (9, 3, 5), (5, 5, 5)]
)
def test_progress_never_falls_and_stops_at_the_target(raw: int, old: int, shown: int) -> None:
    assert progress(raw, 5, old) == shown


def test_a_window_closes_72_hours_after_its_end() -> None:
    assert closes_at(PAID_AT, RULES) == PAID_AT + 3 * DAY
