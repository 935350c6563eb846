"""A window's board closes once, 72 h after its end, with ranks that can be proven by hand."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from game.services.boards import history
from game.services.scheduled import board_closing, quest_closing
from models.base import Json
from models.session import WORKER, transaction
from tests.support.settling import COMPANY, differences
from tests.support.telling import as_owner, notices, pay, referrer, refund, rows, settle

pytestmark = pytest.mark.usefixtures("settings")
MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
NEXT_MONDAY = MONDAY + timedelta(days=7)
CLOSES = NEXT_MONDAY + timedelta(hours=72)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def close(at: datetime) -> None:
    """Run both jobs of a close as of `at`, to their ends."""
    for step in (quest_closing.close_step, board_closing.close_step):
        progress: Json | None = {}
        while progress is not None:
            progress = step(progress, at, at)


def windows(only: str = "true") -> list[tuple[object, ...]]:
    return rows(
        "SELECT time_window, category, starts_at, members FROM leaderboard_window "
        f"WHERE {only} ORDER BY number"
    )


def week(category: str) -> list[tuple[object, ...]]:
    """(member, rank, value) of the first week's closed board."""
    return rows(
        "SELECT e.member_id, e.rank, e.value FROM leaderboard_entries e "
        "JOIN leaderboard_window w USING (company_id, number) WHERE w.time_window = 'weekly' "
        "AND w.starts_at = %s AND w.category = %s ORDER BY e.position",
        MONDAY,
        category,
    )


def play() -> tuple[int, int, int]:
    """Three members in the first week of November: two tie, one is half behind."""
    ids = [referrer(code, MONDAY) for code in ("AAAA2222", "BBBB2222", "CCCC2222")]
    for number, (code, hours) in enumerate(
        (("AAAA2222", 5), ("BBBB2222", 4), ("CCCC2222", 3), ("AAAA2222", 2), ("BBBB2222", 1))
    ):
        pay(f"pay_{number}", f"user_b{number}", MONDAY + hours * HOUR, ref=code)
    settle(MONDAY + 6 * HOUR)
    return ids[0], ids[1], ids[2]


def test_week_closes_exactly_72_hours_after_its_end_and_only_once() -> None:
    first, second, third = play()

    close(CLOSES - SECOND)
    before = windows()
    close(CLOSES)
    at_the_tick = windows()
    close(CLOSES + HOUR)

    assert before == []
    assert at_the_tick == windows() == [
        ("weekly", category, MONDAY, 3) for category in ("xp", "referrals", "commission")
    ]  # fmt: skip
    # Of the two that tie, the one whose newest sale is earlier stands first.
    assert week("referrals") == [(second, 1, 2), (first, 1, 2), (third, 3, 1)]
    assert differences(CLOSES + HOUR) == []


def test_refund_of_a_closed_week_moves_open_boards_only() -> None:
    first, *_ = play()
    close(CLOSES)
    before = week("commission")

    refund("pay_0", "46.56", CLOSES + HOUR)
    settle(CLOSES + HOUR)
    close(CLOSES + 2 * HOUR)

    assert week("commission") == before
    kept = rows("SELECT sum(kept_usd_cents)::bigint FROM member_day WHERE member_id = %s", first)
    assert kept == [(441,)]
    assert differences(CLOSES + 2 * HOUR) == []


def test_every_window_closes_once_after_ticks_were_missed() -> None:
    play()

    close(MONDAY + timedelta(days=40))
    close(MONDAY + timedelta(days=41))

    weeks = [starts for _, _, starts, _ in windows("category = 'xp' AND time_window = 'weekly'")]
    assert weeks == [MONDAY + timedelta(days=7 * number) for number in range(5)]
    months = [starts for _, _, starts, _ in windows("category = 'xp' AND time_window = 'monthly'")]
    assert months == [datetime(2026, 11, 1, tzinfo=UTC)]
    assert differences(MONDAY + timedelta(days=41)) == []


def test_every_first_of_the_weekly_xp_board_wins_the_badge_and_hears_of_their_place() -> None:
    first, second, third = play()

    close(CLOSES)

    xp = week("xp")
    best = {member for member, rank, _ in xp if rank == 1}
    badges = {
        m for (m,) in rows("SELECT member_id FROM achievement_unlock WHERE key LIKE 'week%%'")
    }
    assert badges == best
    for member in (first, second, third):
        assert notices(member).count("leaderboard_updated") == 3


def test_proof_of_a_place_is_checked_by_hand() -> None:
    first, second, third = play()
    close(CLOSES)
    [(number,)] = rows("SELECT number FROM leaderboard_window WHERE category = 'commission'")

    for member, value in ((first, 882), (second, 882), (third, 441)):
        with transaction(WORKER, COMPANY) as tx:
            proof = history.read_proof(tx, COMPANY, member, number)
        found = sha256(proof.entry)
        assert found == proof.leaf
        for step in proof.path:
            found = sha256(step.hash + found if step.side == "left" else found + step.hash)
        record = json.loads(proof.record)
        assert found == proof.root == record["root"]
        assert sha256(proof.record) == proof.hash
        assert json.loads(proof.entry)["value"] == value
        assert str(value) not in proof.record


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


FORGERIES = {
    "a rank": ("UPDATE leaderboard_entries SET rank = 3 WHERE position = 1", "leaderboard_entries"),
    "a value": ("UPDATE leaderboard_entries SET value = value + 1", "leaderboard_window.root"),
    "a place that vanishes": (
        "DELETE FROM leaderboard_entries WHERE position = 3", "leaderboard_window.members"
    ),
    "a root": ("UPDATE leaderboard_window SET root = previous", "leaderboard_window.root"),
    "a record with its hash": (
        "UPDATE leaderboard_window SET members = members + 1 WHERE number = 1",
        "leaderboard_window.hash",
    ),
    "a link": (
        "UPDATE leaderboard_window SET hash = root WHERE number = 2", "leaderboard_window.previous"
    ),
    "the score of a day": ("UPDATE member_day SET xp = xp + 1", "member_day.xp"),
    "the newest fact of a day": (
        "UPDATE member_day SET kept_at = kept_at + interval '1 second'", "member_day.kept_at"
    ),
    "the newest fact of all": ("UPDATE member SET referrals_at = NULL", "member.referrals_at"),
    "a first place": ("UPDATE member SET weekly_firsts = 7", "member.weekly_firsts"),
}  # fmt: skip


def test_verify_names_each_forgery() -> None:
    play()
    close(CLOSES)
    tables = ("leaderboard_entries", "leaderboard_window", "member_day", "member")
    for table in tables:
        as_owner(f"CREATE TABLE kept_{table} AS TABLE {table}")

    for name, (sql, named) in FORGERIES.items():
        as_owner(f"SET session_replication_role = replica; {sql}")
        found = differences(CLOSES)
        assert any(f" {named} " in f" {one} " or named in one for one in found), (name, found)
        for table in tables:
            as_owner(
                f"SET session_replication_role = replica; DELETE FROM {table}; INSERT INTO "
                f"{table} OVERRIDING SYSTEM VALUE TABLE kept_{table}; "
                "SET session_replication_role = DEFAULT"
            )

    assert differences(CLOSES) == []
