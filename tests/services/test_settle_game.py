"""Lessons, quests, claims and notices: what a batch and a member do to the same figures."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from game.rules.refusals import Refusal
from game.rules.ruleset import default_document
from game.services.progress.acts import choose_class, claim_quest, record_visit
from game.services.settlement.drain import drain
from game.services.verifying.verify import verify
from tests.support.settling import COMPANY, differences
from tests.support.telling import (
    SECOND,
    as_owner,
    lesson,
    notices,
    pay,
    referrer,
    refund,
    rows,
    settle,
)

pytestmark = pytest.mark.usefixtures("settings")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday
DAY = timedelta(days=1)
CODE = "ABCD2345"


def test_lesson_heard_of_again_at_an_earlier_day_moves_there() -> None:
    lesson("user_a", "lesn_1", NOW, received=NOW + SECOND)
    settle(NOW + SECOND)
    before = _lesson_days()

    lesson("user_a", "lesn_1", NOW - 2 * DAY, received=NOW + SECOND)
    settle(NOW + SECOND)

    assert before == [(NOW.date(), 1)]
    assert [found for found in _lesson_days() if found[1]] == [((NOW - 2 * DAY).date(), 1)]
    assert rows("SELECT sum(xp)::bigint FROM receipt WHERE kind = 'lesson'") == [(5,)]
    assert differences(NOW + SECOND) == []


def test_eleventh_lesson_of_a_day_earns_when_an_earlier_one_moves_away() -> None:
    for number in range(11):
        lesson("user_a", f"lesn_{number}", NOW + number * SECOND, received=NOW + 20 * SECOND)
    settle(NOW + 20 * SECOND)
    before = _lesson_xp()

    lesson("user_a", "lesn_3", NOW - DAY, received=NOW + 20 * SECOND)
    settle(NOW + 20 * SECOND)

    assert (before, _lesson_xp()) == (50, 55)
    assert differences(NOW + 20 * SECOND) == []


def test_class_chosen_after_a_lesson_of_the_same_second_was_settled_still_holds_for_it() -> None:
    member = referrer(CODE, NOW)
    lesson("user_abcd2345", "lesn_1", NOW, received=NOW)
    lesson("user_abcd2345", "lesn_2", NOW + timedelta(hours=5), received=NOW)  # a clock ahead
    settle(NOW)
    before = _lesson_xp()

    choose_class(COMPANY, member, "scout", NOW + timedelta(milliseconds=900))
    settle(NOW + SECOND)

    assert (before, _lesson_xp()) == (10, 12)
    assert differences(NOW + SECOND) == []


def test_lesson_told_twice_under_two_ids_earns_once() -> None:
    for _ in range(2):
        lesson("user_a", "lesn_1", NOW)
        lesson("user_a", "lesn_1", NOW)
        settle(NOW + SECOND)

    assert _lesson_xp() == 5
    assert rows("SELECT count(*) FROM receipt WHERE kind = 'lesson'") == [(1,)]


def test_member_who_appears_in_mid_window_is_given_quests_at_once() -> None:
    lesson("user_new", "lesn_1", NOW)

    settle(NOW + SECOND)

    windows = rows("SELECT time_window, count(*) FROM quest GROUP BY 1 ORDER BY 1")
    assert windows == [("daily", 3), ("monthly", 1), ("weekly", 2)]
    starts = rows("SELECT time_window, min(first_day) FROM quest GROUP BY 1 ORDER BY 1")
    assert starts == [
        ("daily", date(2026, 11, 24)),
        ("monthly", date(2026, 11, 1)),
        ("weekly", date(2026, 11, 23)),
    ]
    assert notices(_member("user_new"))[:3] == ["quest_available"] * 3


def test_quest_counts_only_facts_of_its_own_window() -> None:
    member = referrer(CODE, NOW)
    record_visit(COMPANY, member, NOW)
    quest = _give(member, "referrals", 2, NOW - DAY, NOW)
    for number, at in enumerate((NOW - 2 * DAY, NOW - DAY, NOW + timedelta(hours=1))):
        pay(f"pay_{number}", f"user_{number}", at, ref=CODE, received=NOW + 2 * DAY)
        settle(NOW + 2 * DAY)

    assert _quest(quest) == (2, "completed")
    assert notices(member).count("quest_completed") >= 1
    assert _besides_given(NOW + 2 * DAY) == []


@pytest.mark.parametrize(("late", "progress"), [(0 * DAY, 2), (DAY, 0)])
def test_level_quest_counts_levels_reached_inside_its_window(
    late: timedelta, progress: int
) -> None:
    member = referrer(CODE, NOW)
    record_visit(COMPANY, member, NOW)
    quest = _give(member, "level", 2, NOW, NOW)

    pay("pay_1", "user_1", NOW, ref=CODE, total="2000.00", tax="0.00", received=NOW + late)
    settle(NOW + late)

    assert _quest(quest)[0] == progress
    assert _besides_given(NOW + late) == []


def test_quest_does_not_move_once_its_window_is_closed_even_before_the_job_comes() -> None:
    member = referrer(CODE, NOW)
    quests = [_give(member, "referrals", 2, NOW, NOW, slot=f"special_{n}") for n in range(2)]
    closes_at = NOW + 4 * DAY
    as_owner(f"UPDATE quest SET closes_at = '{closes_at.isoformat()}' WHERE id = {quests[0]}")
    as_owner(f"UPDATE quest SET closes_at = NULL WHERE id = {quests[1]}")

    pay("pay_1", "user_1", NOW, ref=CODE, received=closes_at - SECOND)
    settle(closes_at - SECOND)
    pay("pay_2", "user_2", NOW, ref=CODE, received=closes_at)
    settle(closes_at)

    assert [_quest(quest)[0] for quest in quests] == [1, 2]


def test_claim_after_the_close_counts_as_of_the_windows_last_second() -> None:
    member = referrer(CODE, NOW)
    quest = _give(member, "referrals", 2, NOW, NOW)
    closes_at = NOW + 4 * DAY
    as_owner(f"UPDATE quest SET closes_at = '{closes_at.isoformat()}' WHERE id = {quest}")
    for number in range(2):
        pay(f"pay_{number}", f"user_{number}", NOW, ref=CODE)
    settle(NOW)

    claim_quest(COMPANY, member, quest, closes_at)

    midnight = NOW.replace(hour=0) + DAY
    assert rows("SELECT claimed_at FROM quest WHERE id = %s", quest) == [(midnight - SECOND,)]
    assert rows("SELECT at FROM receipt WHERE key = %s", f"quest:{quest}") == [(midnight - SECOND,)]
    assert _besides_given(closes_at) == []


@pytest.mark.parametrize(("days", "words"), [(1, "1 day."), (14, "14 days.")])
def test_refused_class_change_names_the_days_of_the_rule_set(days: int, words: str) -> None:
    member = referrer(CODE, NOW)
    document = default_document()
    document["version"], document["classes"]["change_days"] = 2, days
    as_owner(
        "INSERT INTO rule_set (company_id, version, valid_from, document, actor_user_id) VALUES "
        f"('{COMPANY}', 2, '2026-01-01', $doc${json.dumps(document)}$doc$, 'user_owner')"
    )
    choose_class(COMPANY, member, "scout", NOW)

    with pytest.raises(Refusal, match=f"A class stays for {words}"):
        choose_class(COMPANY, member, "sage", NOW + SECOND)


def test_progress_of_a_quest_does_not_go_down_with_a_refund() -> None:
    member = referrer(CODE, NOW)
    record_visit(COMPANY, member, NOW)
    quest = _give(member, "referrals", 5, NOW, NOW)
    pay("pay_1", "user_1", NOW, ref=CODE)
    settle(NOW + SECOND)
    refund("pay_1", "46.56", NOW + timedelta(hours=1))

    settle(NOW + timedelta(hours=1))

    assert _quest(quest) == (1, "assigned")


def test_reward_is_claimed_once_by_two_claims_at_the_same_time() -> None:
    member = referrer(CODE, NOW)
    record_visit(COMPANY, member, NOW)
    quest = _give(member, "referrals", 1, NOW, NOW)
    pay("pay_1", "user_1", NOW, ref=CODE)
    settle(NOW + SECOND)
    before = _lifetime(member)
    outcomes: list[str] = []

    def claim() -> None:
        try:
            outcomes.append(f"got {claim_quest(COMPANY, member, quest, NOW + DAY / 4).xp_awarded}")
        except Refusal as refusal:
            outcomes.append(refusal.code)

    _at_once([claim] * 6)

    assert sorted(outcomes) == ["got 50", *["quest_already_claimed"] * 5]
    paid = rows("SELECT sum(xp)::bigint FROM receipt WHERE kind = 'quest'")
    assert paid == [(50,)]
    assert _lifetime(member) >= before + 50
    assert _besides_given(NOW + DAY / 4) == []


def test_unfinished_quest_and_somebody_elses_are_refused() -> None:
    mine, theirs = referrer(CODE, NOW), referrer("WXYZ6789", NOW)
    record_visit(COMPANY, mine, NOW)
    quest = _give(mine, "referrals", 1, NOW, NOW)

    with pytest.raises(Refusal) as unfinished:
        claim_quest(COMPANY, mine, quest, NOW)
    with pytest.raises(Refusal) as foreign:
        claim_quest(COMPANY, theirs, quest, NOW)

    assert unfinished.value.code == "quest_not_complete"
    assert unfinished.value.details == {"progress": 0, "target": 1}
    assert foreign.value.code == "not_found"


def test_notices_are_numbered_without_holes_while_batches_and_claims_race() -> None:
    member = referrer(CODE, NOW)
    record_visit(COMPANY, member, NOW)
    for number in range(60):
        pay(f"pay_{number}", f"user_{number}", NOW, ref=CODE)
    finished = [_give(member, "visits", 1, NOW, NOW, slot=f"s{n}", done=True) for n in range(20)]

    def claims() -> None:
        for quest in finished:
            claim_quest(COMPANY, member, quest, NOW + SECOND)

    _at_once([claims, lambda: _drain_slowly(60), lambda: _drain_slowly(60)])
    settle(NOW + SECOND)

    assert notices(member).count("referral_completed") == 60
    assert rows("SELECT quests_claimed FROM member WHERE id = %s", member) == [(20,)]
    assert _besides_given(NOW + SECOND) == []
    assert rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == [
        (0,)
    ]


def _drain_slowly(times: int) -> None:
    for _ in range(times):
        drain(NOW + SECOND, 3)


def _at_once(acts: list[Callable[[], None]]) -> None:
    """Run these in threads that start together; an error in one fails the test."""
    barrier = threading.Barrier(len(acts))
    errors: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        barrier.wait()
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - told to the test below
            errors.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors


def _give(
    member: int,
    target_type: str,
    target: int,
    first: datetime,
    last: datetime,
    *,
    slot: str = "special",
    done: bool = False,
) -> int:
    """Assign one more quest, over these days; its number."""
    state, progress = ("completed", target) if done else ("assigned", 0)
    [(quest,)] = as_owner(
        "INSERT INTO quest (company_id, member_id, template, time_window, slot, starts_at, "
        "ends_at, first_day, last_day, target_type, target, reward_xp, rule_version, "
        "assigned_at, state, progress) "
        f"VALUES ('{COMPANY}', {member}, 'first_blood', 'special', '{slot}', '{first:%F}', "
        f"'{last + DAY:%F}', '{first:%F}', '{last:%F}', '{target_type}', {target}, 50, 1, "
        f"'{first.isoformat()}', '{state}', {progress}) RETURNING id"
    )
    return int(quest)


def _besides_given(now: datetime) -> list[str]:
    """What `verify` finds besides the quests that only a test gave."""
    given = {str(quest) for (quest,) in rows("SELECT id FROM quest WHERE time_window = 'special'")}
    return [
        str(found)
        for found in verify([COMPANY], now)
        if found.subject not in given and not any(f", {one}" in found.subject for one in given)
    ]


def _quest(quest: int) -> tuple[int, str]:
    [(progress, state)] = rows("SELECT progress, state FROM quest WHERE id = %s", quest)
    return progress, state


def _member(user: str) -> int:
    return int(rows("SELECT id FROM member WHERE whop_user_id = %s", user)[0][0])


def _lifetime(member: int) -> int:
    return int(rows("SELECT lifetime_xp FROM member WHERE id = %s", member)[0][0])


def _lesson_days() -> list[tuple[date, int]]:
    found = rows("SELECT day, lessons FROM member_day ORDER BY day")
    return [(day, lessons) for day, lessons in found]


def _lesson_xp() -> int:
    return int(rows("SELECT sum(xp)::bigint FROM receipt WHERE kind = 'lesson'")[0][0])
