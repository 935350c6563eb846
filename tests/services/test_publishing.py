"""A version of the rules holds from a moment on; what was earned before stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from game.rules.refusals import Refusal
from game.rules.ruleset import default_document
from game.services.rulesets.publishing import LATEST, LEAD, publish
from tests.support.settling import COMPANY, differences
from tests.support.telling import SECOND, pay, purse, referrer, rows, settle

pytestmark = pytest.mark.usefixtures("settings")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CODE = "ABCD2345"


def paying(rate_bp: int) -> dict[str, Any]:
    document = default_document()
    document["commission"]["rate_bp"] = rate_bp
    return document


def begin(document: dict[str, Any], based_on: int = 1, at: datetime | None = None) -> Any:
    return publish(COMPANY, document, based_on, at, "user_owner", NOW)


def test_payments_before_at_and_after_the_moment_have_their_own_version() -> None:
    member = referrer(CODE, NOW - timedelta(days=1))
    version, at = begin(paying(2000))
    for number, moment in enumerate((at - SECOND, at, at + SECOND)):
        pay(f"pay_{number}", f"user_{number}", moment, ref=CODE, received=at + 2 * SECOND)

    settle(at + 2 * SECOND)

    assert (version, at) == (2, NOW + LEAD)
    assert purse(member)[0] == 441 + 882 + 882
    assert differences(at + 2 * SECOND) == []


def test_a_version_cannot_begin_in_the_past_nor_before_the_one_it_follows() -> None:
    referrer(CODE, NOW)
    tomorrow = NOW + timedelta(days=1)
    begin(paying(2000), at=tomorrow)

    for wrong in (NOW - SECOND, NOW, tomorrow, NOW + LATEST + SECOND):
        with pytest.raises(Refusal) as refused:
            begin(paying(3000), based_on=2, at=wrong)
        assert refused.value.code == "too_early"

    assert begin(paying(3000), based_on=2) == (3, tomorrow + timedelta(minutes=1))


def test_of_two_creators_who_publish_at_once_one_is_told_of_the_other() -> None:
    referrer(CODE, NOW)

    def attempt(rate_bp: int) -> str:
        try:
            begin(paying(rate_bp))
        except Refusal as refused:
            return refused.code
        return "published"

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(attempt, (1100, 1200, 1300, 1400)))

    assert told == ["published", "rules_changed", "rules_changed", "rules_changed"]
    assert rows("SELECT count(*) FROM rule_set") == [(1,)]
    assert rows("SELECT action, subject FROM audit") == [("rules.publish", "rules:2")]


def test_every_problem_of_a_draft_is_named_and_nothing_is_stored() -> None:
    referrer(CODE, NOW)
    document = paying(-1)
    document["classes"]["of"]["scout"]["xp_bp"] = 1.5
    document["pirates"] = True

    with pytest.raises(Refusal, match="cannot hold") as refused:
        begin(document)

    assert refused.value.code == "invalid_rules"
    named = refused.value.details["problems"]
    assert isinstance(named, list)
    assert {problem.partition(":")[0] for problem in named} == {
        "commission.rate_bp",
        "classes.of.scout.xp_bp",
        "pirates",
    }
    assert rows("SELECT count(*) FROM rule_set") == [(0,)]
