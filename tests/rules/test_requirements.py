"""One language for quests and achievements: validated, told plainly, exact at its boundaries."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules.metrics import BADGE_METRICS, QUEST_METRICS
from game.rules.requirements import (
    DEEPEST,
    MOST_PARTS,
    InvalidRequirement,
    Reach,
    Requirement,
    Several,
    as_document,
    is_met,
    leaves,
    progress_of,
    read_requirement,
    scaled,
    share,
    target_of,
    told,
)

METRICS = ("referrals", "clicks", "lessons")
REACH = st.builds(
    Reach,
    metric=st.sampled_from(METRICS),
    comparison=st.sampled_from(("at_least", "more_than")),
    value=st.integers(1, 50),
)


def several(parts: st.SearchStrategy[Requirement]) -> st.SearchStrategy[Requirement]:
    return st.builds(
        Several,
        how=st.sampled_from(("all", "any")),
        parts=st.lists(parts, min_size=1, max_size=2).map(tuple),
    )


REQUIREMENTS: st.SearchStrategy[Requirement] = REACH | several(REACH | several(REACH))
COUNTS = st.fixed_dictionaries({metric: st.integers(-5, 60) for metric in METRICS})


def reach(metric: str, value: int, comparison: str = "at_least") -> dict[str, object]:
    return {"metric": metric, "comparison": comparison, "value": value}


@given(REQUIREMENTS)
def test_what_is_written_reads_back_the_same(requirement: Requirement) -> None:
    assert read_requirement(as_document(requirement), METRICS) == requirement


@given(REQUIREMENTS, COUNTS)
def test_progress_is_full_exactly_where_the_requirement_is_met(
    requirement: Requirement, counts: dict[str, int]
) -> None:
    _, target = target_of(requirement)

    progress = progress_of(requirement, counts)

    assert 0 <= progress <= target
    assert (progress == target) == is_met(requirement, counts)
    assert (share(requirement, counts) == 1) == is_met(requirement, counts)


@given(REQUIREMENTS, COUNTS, st.sampled_from(METRICS), st.integers(0, 20))
def test_more_of_something_never_leads_further_away(
    requirement: Requirement, counts: dict[str, int], metric: str, more: int
) -> None:
    after = {**counts, metric: counts[metric] + more}

    assert share(requirement, after) >= share(requirement, counts)


@pytest.mark.parametrize(
    ("comparison", "count", "met"),
    [
        ("at_least", 4, False),
        ("at_least", 5, True),
        ("at_least", 6, True),
        ("more_than", 5, False),
        ("more_than", 6, True),
    ],
)
def test_a_value_is_met_at_its_boundary(comparison: str, count: int, met: bool) -> None:  # noqa: FBT001
    requirement = read_requirement(reach("clicks", 5, comparison), METRICS)

    assert is_met(requirement, {"clicks": count}) is met


def test_all_is_the_mean_of_the_ways_and_any_the_best() -> None:
    parts = [reach("referrals", 2), reach("clicks", 10)]
    counts = {"referrals": 1, "clicks": 9}

    both = read_requirement({"all": parts}, METRICS)
    one = read_requirement({"any": parts}, METRICS)

    assert share(both, counts) == (Fraction(1, 2) + Fraction(9, 10)) / 2
    assert progress_of(both, counts) == 70
    assert progress_of(one, counts) == 90


def nested(depth: int) -> dict[str, object]:
    return reach("clicks", 1) if depth == 0 else {"all": [nested(depth - 1)]}


def test_a_requirement_as_deep_and_as_large_as_allowed_is_read() -> None:
    assert list(leaves(read_requirement(nested(DEEPEST), METRICS)))
    whole = {"any": [reach("clicks", n + 1) for n in range(MOST_PARTS)]}
    assert len(list(leaves(read_requirement(whole, METRICS)))) == MOST_PARTS


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (nested(DEEPEST + 1), "stands inside more than"),
        ({"all": [reach("clicks", 1)] * (MOST_PARTS + 1)}, "must be a list of 1 to"),
        ({"all": [{"any": [reach("clicks", 1)] * 5}] * 2}, "asks for more than"),
        ({"all": []}, "must be a list of 1 to"),
        ({"all": "clicks"}, "must be a list of 1 to"),
        ({"all": [reach("clicks", 1)], "any": []}, "any: is not known"),
        (reach("stars", 1), "must be one of"),
        (reach("clicks", 1, "at_most"), "must be one of"),
        (reach("clicks", 0), "must be a whole number from 1"),
        (reach("clicks", 10**13), "must be a whole number from 1"),
        ({**reach("clicks", 1), "value": True}, "must be a whole number"),
        ({**reach("clicks", 1), "value": 1.5}, "must be a whole number"),
        ({**reach("clicks", 1), "also": 1}, "also: is not known"),
        ({"metric": "clicks"}, "comparison: is missing"),
        ([], "must be an object"),
        (None, "must be an object"),
    ],
)
def test_what_nobody_could_meet_or_read_is_refused_with_its_place(
    document: object, problem: str
) -> None:
    with pytest.raises(InvalidRequirement, match="requirement") as refused:
        read_requirement(document, METRICS)
    assert problem in str(refused.value)


def test_a_requirement_is_told_in_plain_words() -> None:
    document = {
        "all": [
            reach("referrals", 1),
            {"any": [reach("clicks", 20), reach("commission", 5000)]},
        ]
    }

    words = told(read_requirement(document, QUEST_METRICS))

    assert words == (
        "Bring 1 new referral and (bring 20 visitors to your link or earn $50 in commission)"
    )


def test_every_metric_has_words_of_its_own() -> None:
    for metric in (*QUEST_METRICS, *BADGE_METRICS):
        assert "{" not in told(Reach(metric, "at_least", 1234567))


def test_values_grow_with_the_level_where_the_rules_say_so() -> None:
    requirement = read_requirement({"all": [reach("clicks", 5), reach("referrals", 5)]}, METRICS)

    grown = scaled(requirement, {"clicks"}, 150)

    # 7.5 rounds half to even.
    assert [leaf.value for leaf in leaves(grown)] == [8, 5]
