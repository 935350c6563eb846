"""The rule set's document: the default one, its versions over time, and every problem named."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from game.rules.ruleset import InvalidRules, Rules, default_document, default_rules, read_rules
from tests.rules.making import rules_with

MOMENT = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def problems_of(document: Any) -> list[str]:
    with pytest.raises(InvalidRules) as refused:
        read_rules(document)
    return refused.value.problems


def test_the_default_rules_are_version_one_of_the_rule_book() -> None:
    rules = default_rules()

    assert (rules.version, rules.commission.mode) == (1, "ledger")
    assert (rules.commission.rate_bp, rules.commission.cap_bp) == (1000, 5000)
    assert (rules.commission.max_months, rules.commission.min_payout_usd_cents) == (None, 1000)
    assert (rules.hold, rules.click_life) == (timedelta(days=30), timedelta(days=30))
    assert (rules.class_change_days, rules.prestige.times) == (30, 10)
    assert len(rules.quests.templates) == 17
    assert len(rules.achievements) == 32


def test_a_draft_never_changes_the_default() -> None:
    default_document()["commission"]["rate_bp"] = 9999

    assert default_document()["commission"]["rate_bp"] == 1000


@pytest.mark.parametrize(
    ("late", "version"), [(-SECOND, 1), (0 * SECOND, 2), (SECOND, 2), (2 * SECOND, 3)]
)
def test_a_version_holds_from_its_moment_inclusive(late: timedelta, version: int) -> None:
    published = [
        (MOMENT + 2 * SECOND, rules_with("xp", 3)),
        (MOMENT, rules_with("xp", 2)),
    ]

    assert Rules(published).at(MOMENT + late).version == version


def test_a_company_may_begin_with_rules_of_its_own() -> None:
    rules = Rules([(None, rules_with("xp", 5)), (MOMENT, rules_with("xp", 6))])

    assert rules.at(MOMENT - SECOND).version == 5
    assert [version.version for version in rules.all()] == [5, 6]


def test_all_problems_are_named_at_once() -> None:
    document = default_document()
    document["version"] = 0
    document["commission"] |= {"rate_bp": 10001, "mode": "gift", "typo": 1}
    document["attribution"] = {"window_days": 1.5, "new_buyers_only": "no"}
    document["quests"]["templates"][3]["difficulty"] = "absurd"
    document["quests"]["templates"][4]["slot"] = "weekly"
    document["achievements"][0]["steps"][1]["threshold"] = 0
    document["classes"]["of"]["sage"]["ability"]["min_usd_cents"] = None
    del document["rarity"]

    assert sorted(problem.split(":")[0] for problem in problems_of(document)) == [
        "achievements[0].steps[1].threshold",
        "attribution.new_buyers_only",
        "attribution.window_days",
        "classes.of.sage.ability.min_usd_cents",
        "commission.mode",
        "commission.rate_bp",
        "commission.typo",
        "quests.templates[3].difficulty",
        "quests.templates[4].slot",
        "rarity",
        "version",
    ]


def test_mirrored_commissions_are_refused_until_they_exist() -> None:
    document = default_document()
    document["commission"]["mode"] = "mirror"

    assert problems_of(document) == [
        "commission.mode: 'mirror' is not supported yet: it would pay like 'ledger'"
    ]


def test_a_key_given_twice_is_a_problem() -> None:
    document = default_document()
    document["quests"]["templates"].append(document["quests"]["templates"][0])
    document["achievements"][1]["steps"][0]["key"] = "conversions_1"

    assert problems_of(document) == [
        "quests.templates: 'show_up' stands there twice",
        "achievements: 'conversions_1' stands there twice",
    ]


@pytest.mark.parametrize("document", [None, [], "rules", 7])
def test_what_is_not_a_document_is_refused(document: Any) -> None:
    assert "rule set: must be an object" in problems_of(document)


@pytest.mark.parametrize("value", [True, 1.0, "1", None, -1, 10**13])
def test_only_whole_numbers_within_bounds_are_numbers(value: Any) -> None:
    document = default_document()
    document["xp"]["count_min_usd_cents"] = value

    [problem] = problems_of(document)

    assert re.match(r"xp\.count_min_usd_cents: must be a whole number from 0 to", problem)


def test_the_starting_class_must_exist() -> None:
    document = default_document()
    document["classes"]["start"] = "wizard"

    assert problems_of(document)[0].startswith("classes.start: must be one of 'champion'")


def test_a_class_that_a_version_dropped_plays_as_the_first_one() -> None:
    assert default_rules().class_of("wizard").key == "novice"


@pytest.mark.parametrize(
    ("reward", "name"),
    [
        (100, "common"),
        (101, "rare"),
        (400, "rare"),
        (401, "epic"),
        (1500, "epic"),
        (1501, "legendary"),
    ],
)
def test_rarity_follows_the_reward(reward: int, name: str) -> None:
    assert default_rules().rarity_of(reward) == name
