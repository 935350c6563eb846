"""Ranks equal a window function over the ledgers, from Redis and from Postgres alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from game.rules.boards import CATEGORIES, WINDOW_CATEGORIES, Standing
from game.services.boards import building, live, shelf, sources
from game.services.boards.board import Board, kept_in_redis
from game.services.platform import redis_client
from game.services.rulesets.book import load_book
from models.outgoing import Message, Scores
from models.session import WORKER, transaction
from settings import Settings
from tests.support.settling import COMPANY, differences
from tests.support.telling import lesson, pay, referrer, refund, rows, settle

DAY = timedelta(days=1)
NEIGHBOURS = 5


@pytest.fixture(autouse=True)
def redis_of_this_test(settings: Settings) -> Iterator[None]:
    redis_client.client.cache_clear()
    yield
    redis_client.client.cache_clear()


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def set_all(sent: list[Message]) -> None:
    """Carry what commits noted, in any order and twice, as a sender may."""
    batch = [message for message in sent if isinstance(message, Scores)]
    live.set_scores(batch[::-1] + batch)
    sent.clear()


def build() -> None:
    """Build the company's boards as the job does."""
    for _ in building.build_all(COMPANY):
        pass


OF_LEDGERS = {
    "xp": "SELECT member_id, xp_kept, at FROM payment_effect UNION ALL "
    "SELECT member_id, xp, at FROM lesson_effect UNION ALL "
    "SELECT member_id, xp, at FROM receipt WHERE kind NOT IN ('payment', 'lesson')",
    "referrals": "SELECT member_id, 1, at FROM payment_effect WHERE counted",
    "commission": "SELECT member_id, usd_kept_cents, at FROM payment_effect",
}


def by_ledgers(board: Board) -> list[Standing]:
    """What a window function over the ledgers says of a board, written independently."""
    of = "xp" if board.category == "level" else board.category
    bounds = board.window
    value = "sum(f.value)"
    if board.category == "level":
        value = "(1 + floor((sqrt(1 + 4 * floor(sum(f.value) / 50.0)) - 1) / 2)) - 1"
    return [
        Standing(row[0], int(row[1]), row[2], row[3], row[4])
        for row in rows(
            f"""
            WITH facts (member_id, value, at) AS ({OF_LEDGERS[of]}),
            scores AS (
              SELECT f.member_id, {value} AS value, max(f.at) AS newest FROM facts f
              JOIN member m ON m.id = f.member_id
              WHERE f.value <> 0 AND f.at >= %s AND f.at < %s
                AND (%s = '' OR m.character_class = %s)
              GROUP BY 1)
            SELECT member_id, value, newest, rank() OVER (ORDER BY value DESC),
                   row_number() OVER (ORDER BY value DESC, newest, member_id)
            FROM scores WHERE value > 0 ORDER BY 5
            """,
            bounds.starts_at if bounds else datetime(2000, 1, 1, tzinfo=UTC),
            bounds.ends_at if bounds else datetime(2100, 1, 1, tzinfo=UTC),
            board.character_class,
            board.character_class,
        )
    ]


def boards(now: datetime) -> list[Board]:
    with transaction(WORKER, COMPANY) as tx:
        windows = kept_in_redis(load_book(tx, COMPANY), now)
    found = [Board(COMPANY, category) for category in CATEGORIES]
    found += [Board(COMPANY, category, None, "scout") for category in CATEGORIES]
    return found + [Board(COMPANY, of, window) for window in windows for of in WINDOW_CATEGORIES]


def assert_exact(now: datetime, members: list[int]) -> None:
    """Every board, whole and about every member, from Redis, from Postgres, by the ledgers."""
    with transaction(WORKER, COMPANY) as tx:
        rules = load_book(tx, COMPANY).rules.at(now)
        for board in boards(now):
            truth = by_ledgers(board)
            name = f"{board.name} {board.window}"
            by_sql = sources.read_slice(tx, board, rules, 0, 1000)
            by_redis = shelf.read_slice(board, rules, 0, 1000)
            assert by_redis is not None, name
            assert by_sql.rows == truth, name
            assert by_redis.rows == truth, name
            assert by_sql.members == by_redis.members == len(truth), name
            for member in members:
                mine = next((one for one in truth if one.member_id == member), None)
                place = mine.position if mine else len(truth) + 1
                near = [one for one in truth if abs(one.position - place) <= NEIGHBOURS]
                for around in (
                    sources.read_around(tx, board, rules, member, NEIGHBOURS),
                    shelf.read_around(board, rules, member, NEIGHBOURS),
                ):
                    assert around is not None
                    assert around.standing == mine, name
                    assert around.rows == near, name
                    assert around.rank == (mine.rank if mine else len(truth) + 1), name


@rounds(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(seed=st.integers(0, 10_000))
def play(now: datetime, sent: list[Message], members: list[int], seed: int) -> None:
    """Some sales, lessons, refunds and a class, with ties; every rank after each settlement."""
    chance = Random(seed)
    paid: list[tuple[str, str]] = []
    for _ in range(3):
        for _ in range(8):
            name = f"{seed}_{chance.randrange(10**9)}"
            at = now - chance.choice([0, 0, 1, 3, 8, 20, 40]) * DAY
            at -= timedelta(seconds=chance.randrange(3) * 60)
            code = f"CODE234{chance.randrange(2, 8)}"
            if chance.random() < 0.25 and paid:
                payment, total = paid.pop()
                refund(payment, chance.choice([total, "10.00"]), now, f"rf_{name}")
            elif chance.random() < 0.3:
                lesson(f"user_{code.lower()}", f"l_{name}", at, received=now)
            else:
                total = chance.choice(["46.56", "46.56", "20.00", "0.50"])
                pay(f"pay_{name}", f"user_b{name}", at, received=now, ref=code, total=total,
                    tax="0.00")  # fmt: skip
                paid.append((f"pay_{name}", total))
        settle(now)
        if chance.random() < 0.5:
            shelf.forget(COMPANY)
            redis_client.client().flushall()
            build()
        set_all(sent)
        assert_exact(now, members)


def test_ranks_and_neighbours_equal_a_window_function_over_the_ledgers(
    now: datetime, sent: list[Message]
) -> None:
    members = [
        referrer(f"CODE234{number}", now, role="scout" if number % 2 else "")
        for number in range(2, 8)
    ]
    late = referrer("CODE2399", now)
    build()

    play(now, sent, [*members, late])

    assert differences(now) == []
