"""Ranks equal a window function over the ledgers, from Redis and from Postgres alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from game.rules.boards import CATEGORIES, WINDOW_CATEGORIES, Category, Standing
from game.services.boards import building, live, shelf, sources
from game.services.boards.board import Board, kept_in_redis
from game.services.boards.copies import Copy, read_copies
from game.services.boards.views import MyPlace, Viewer, find, read_my_place
from game.services.platform import redis_client
from game.services.rulesets.charter import load_charter
from models.base import Json
from models.outgoing import Message, Scores
from models.session import MEMBER, WORKER, transaction
from settings import Settings
from tests.support.settling import COMPANY, differences
from tests.support.telling import as_owner, lesson, pay, referrer, refund, rows, settle

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
        windows = kept_in_redis(load_charter(tx, COMPANY), now)
    found = [Board(COMPANY, category) for category in CATEGORIES]
    found += [Board(COMPANY, category, None, "scout") for category in CATEGORIES]
    return found + [Board(COMPANY, of, window) for window in windows for of in WINDOW_CATEGORIES]


def assert_exact(now: datetime, members: list[int]) -> None:
    """Every board, whole and about every member, from Redis, from Postgres, by the ledgers."""
    with transaction(WORKER, COMPANY) as tx:
        rules = load_charter(tx, COMPANY).rules.at(now)
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


@rounds(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(seed=st.integers(0, 10_000))
def play(now: datetime, sent: list[Message], members: list[int], seed: int) -> None:
    """Some sales, lessons, refunds and a class, with ties; every rank after each settlement."""
    chance = Random(seed)
    paid: list[tuple[str, str]] = []
    for _ in range(2):
        for _ in range(10):
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
        assert_exact(now, chance.sample(members, 3))


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


def test_older_reading_that_arrives_late_changes_nothing(
    now: datetime, sent: list[Message]
) -> None:
    member = referrer("CODE2342", now)
    build()
    pay("pay_1", "user_b1", now - DAY, received=now, ref="CODE2342")
    settle(now)
    early = read(now, member)
    pay("pay_2", "user_b2", now - DAY, received=now, ref="CODE2342")
    settle(now)

    set_all(sent)
    shelf.put(COMPANY, early)

    assert_exact(now, [member])


def test_scores_that_never_got_to_redis_are_swept_up(now: datetime, sent: list[Message]) -> None:
    member = referrer("CODE2342", now)
    build()
    pay("pay_1", "user_b1", now - DAY, received=now, ref="CODE2342")
    settle(now)
    sent.clear()  # the process died between the commit and the sending

    later = datetime.now(UTC) + timedelta(minutes=1)
    live.sweep_step({}, later, later)

    assert rows("SELECT count(*) FROM board_outbox") == [(0,)]
    assert_exact(now, [member])


def test_who_moves_while_boards_are_built_is_right_when_they_are_shown(
    now: datetime, sent: list[Message]
) -> None:
    member = referrer("CODE2342", now)
    build()
    new = building.begin(COMPANY, now)
    assert building.fill(new) is None

    pay("pay_1", "user_b1", now - DAY, received=now, ref="CODE2342")
    settle(now)
    set_all(sent)
    assert building.finish(new)

    assert shelf.generations(COMPANY) == (new.generation, "")
    assert_exact(now, [member])


def test_empty_redis_is_filled_again_because_somebody_reads(
    now: datetime, sent: list[Message]
) -> None:
    member = referrer("CODE2342", now)
    pay("pay_1", "user_b1", now - DAY, received=now, ref="CODE2342")
    settle(now)
    redis_client.client().flushall()
    place = my_place(member)

    progress: Json | None = {}
    while progress is not None:
        progress = building.build_step(progress, now, now)

    assert my_place(member) == place
    assert (place.me.rank, place.me.position, place.gap) == (1, 1, None)
    assert_exact(now, [member])


def test_scores_of_before_there_were_any_are_counted_from_the_ledgers(
    now: datetime, sent: list[Message]
) -> None:
    member = referrer("CODE2342", now, role="scout")
    for number in range(3):
        pay(
            f"pay_{number}", f"user_b{number}", now - 5 * number * DAY, received=now, ref="CODE2342"
        )
    lesson("user_code2342", "lesn_1", now - DAY, received=now)
    settle(now)
    columns = "xp = 0, referrals = 0, kept_usd_cents = 0, xp_at = NULL, kept_at = NULL"
    as_owner(f"UPDATE member_day SET {columns}, referrals_at = NULL, starts_at = NULL")
    as_owner("UPDATE member SET xp_at = NULL, referrals_at = NULL, commission_at = NULL")

    for _ in building.rebuild_all(COMPANY):
        pass

    assert differences(now) == []
    assert_exact(now, [member])


def test_commission_of_others_and_names_of_the_anonymous_are_nobodys_business(
    now: datetime, sent: list[Message]
) -> None:
    me, other = referrer("CODE2342", now), referrer("CODE2343", now)
    for number, code in enumerate(("CODE2342", "CODE2343", "CODE2343")):
        pay(f"pay_{number}", f"user_b{number}", now - DAY, received=now, ref=code)
    settle(now)
    as_owner(f"UPDATE member SET anonymous = true WHERE id = {other}")

    mine, whole = my_place(me, "commission"), my_place(me, "commission", sees_money=True)
    theirs = my_place(other, "commission")

    assert [(one.value, one.member_id, one.username) for one in mine.neighbours] == [
        (None, None, ""), (441, me, "user_code2342")
    ]  # fmt: skip
    assert mine.gap is not None
    assert (mine.gap.rank, mine.gap.value) == (1, None)
    assert [one.value for one in whole.neighbours] == [882, 441]
    assert theirs.me.member_id == other
    assert theirs.me.value == 882


def test_why_i_moved_names_my_facts_and_who_passed_me_by_what(
    now: datetime, sent: list[Message]
) -> None:
    me, fast, slow = (referrer(f"CODE234{number}", now) for number in (2, 3, 4))
    long_ago = now - 3 * DAY
    for number, code in enumerate(("CODE2342", "CODE2344", "CODE2344")):
        pay(f"pay_{number}", f"user_b{number}", long_ago, ref=code)
    settle(long_ago + timedelta(minutes=1))
    for number in range(4):
        pay(f"pay_f{number}", f"user_f{number}", now - DAY, received=now, ref="CODE2343")
    for number in range(2):
        pay(f"pay_m{number}", f"user_m{number}", now - DAY, received=now, ref="CODE2342")
    refund("pay_0", "46.56", now)
    settle(now)

    moved = my_place(me, "referrals", since=now - 2 * DAY).moved

    assert moved is not None
    assert sorted(fact.amount for fact in moved.facts) == [-1, 1, 1]
    assert moved.gained == 1
    assert [(one.place.member_id, one.gained) for one in moved.passed_me] == [(fast, 4)]
    assert slow not in [one.place.member_id for one in moved.i_passed]
    assert moved.complete


def read(now: datetime, member: int) -> list[Copy]:
    """What would be set in Redis for a member now."""
    with transaction(WORKER, COMPANY, snapshot=True) as tx:
        charter = load_charter(tx, COMPANY)
        return read_copies(
            tx, COMPANY, charter.rules.at(now), kept_in_redis(charter, now), [member]
        )


def my_place(
    member: int,
    category: Category = "xp",
    *,
    sees_money: bool = False,
    since: datetime | None = None,
) -> MyPlace:
    """A member's place of all time, as the API answers it."""
    now = datetime.now(UTC)
    with transaction(MEMBER, COMPANY) as tx:
        charter = load_charter(tx, COMPANY)
        asked = find(tx, charter, now, kind="global", category=category, window="")
        return read_my_place(tx, Viewer(COMPANY, member, sees_money=sees_money), asked, now, since)
