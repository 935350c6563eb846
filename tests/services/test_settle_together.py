"""Many processes and many companies at once: everybody's turn comes, nothing is done twice."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from game.rules.refusals import Refusal
from game.services.crediting import ties
from game.services.platform.audit import Hand
from game.services.progress.acts import choose_class, claim_quest, record_visit
from game.services.settlement.drain import drain
from models.session import MEMBER, Transaction, transaction
from simulator.chaos import chaos
from tests.rules.making import iso
from tests.support.settling import (
    COMPANY,
    deliver_all,
    differences,
    drain_all,
    figures,
    found_company,
    life,
    model_figures,
    put,
    shuffled,
    states,
)
from tests.support.telling import lesson, pay, referrer, rows, settle
from tests.support.web import event

pytestmark = pytest.mark.usefixtures("settings")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CODE = "ABCD2345"
BACKLOG = 5_000
DRAIN = """
from datetime import UTC, datetime
from game.services.settlement.drain import drain
for _ in range({rounds}):
    drain(datetime.now(UTC), {batch})
"""


def test_backlog_of_one_company_delays_anothers_event_by_no_more_than_a_batch() -> None:
    backlog("biz_big", BACKLOG)
    drain(NOW)
    lesson("user_a", "lesn_1", NOW)

    drain(NOW)

    assert rows("SELECT state FROM inbox WHERE company_id = %s", COMPANY) == [("handled",)]
    waiting = rows("SELECT count(*) FROM inbox WHERE state = 'waiting'")[0][0]
    assert BACKLOG - 2 * 200 <= waiting < BACKLOG


def test_every_one_of_many_companies_has_its_turn_within_a_round() -> None:
    companies = [f"biz_{number:03d}" for number in range(120)]
    for company in companies:
        backlog(company, 8)

    for _ in range(3):
        drain(NOW, 200)

    assert rows("SELECT count(DISTINCT company_id) FROM inbox WHERE state = 'handled'") == [(120,)]
    assert states()["waiting"] > 0


def backlog(company: str, count: int) -> None:
    """So many finished lessons of one company, waiting."""
    for number in range(count):
        user = {"id": f"user_{number % 7}", "username": "x"}
        done = {"lesson": {"id": f"lesn_{number}"}, "user": user, "created_at": iso(NOW)}
        kind = "course_lesson_interaction.completed"
        webhook_id = f"msg_{company}_{number}"
        data = {"completed": True, **done}
        put(webhook_id, event(webhook_id, kind, account_id=company, data=data), NOW)


@contextmanager
def draining(processes: int, rounds: int, batch: int) -> Iterator[None]:
    """Processes of their own that settle while the block runs; it ends when they are through."""
    code = DRAIN.format(rounds=rounds, batch=batch)
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(processes)]
    try:
        yield
        assert [process.wait(120) for process in running] == [0] * processes
    finally:
        for process in running:
            process.kill()
            process.wait()


def test_processes_draining_at_once_beside_members_who_act_double_nothing() -> None:
    now = datetime.now(UTC)
    pairs = found_company(now)
    events = life(pairs, now, 500)
    mixed = chaos(shuffled(events, 3), Random(2), duplicates=0.5, shuffle=1)

    with draining(3, rounds=60, batch=20):
        player = threading.Thread(target=_play, args=(now,))
        player.start()
        for place in range(0, len(mixed), 25):
            deliver_all(mixed[place : place + 25], now)
        player.join()
    drain_all(now)

    assert figures() == model_figures(events, pairs, now)
    assert differences(now) == []
    assert states().keys() <= {"handled", "ignored"}
    assert _deadlocks() == 0
    assert rows("SELECT sum(quests_claimed) > 0 FROM member") == [(True,)]


def test_two_companies_whose_members_are_one_person_share_nothing() -> None:
    both = ("biz_a", "biz_b")
    ids = [referrer(CODE, NOW, user="user_same", company=company) for company in both]
    pay("pay_same", "user_buyer", NOW, ref=CODE, company="biz_a")

    settle(NOW + timedelta(seconds=2))

    money = "SELECT pending_minor FROM balance WHERE member_id = %s"
    assert [rows(money, member) for member in ids] == [[(441,)], []]
    assert differences(NOW, "biz_a") == differences(NOW, "biz_b") == []


def test_no_statement_runs_more_often_in_a_batch_of_200_than_in_one_of_20(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = datetime.now(UTC)
    pairs = found_company(now)
    # From here on each batch also asks what creators said.
    since = now - timedelta(days=60)
    ties.tie(Hand(COMPANY, "user_creator"), "promo_test_half", "HALFMOON", pairs[0][0], since)
    lived = life(pairs, now, 900)
    counted = _count_statements(monkeypatch, "rows", "run")
    most, total = {}, {}

    for size, part in ((20, lived[:20]), (200, lived[300:500])):
        deliver_all(part, now)
        counted.clear()
        drain(now, size)
        most[size] = max(Counter(counted).values())
        total[size] = len(counted)

    assert states().keys() <= {"handled", "ignored"}
    # Two: buyers whom only a rally reaches are studied after the others, by the same statements.
    assert most == {20: 2, 200: 2}
    assert total[200] <= MOST_STATEMENTS


def test_a_batch_writes_each_table_of_progress_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    pairs = found_company(now)
    deliver_all(life(pairs, now, 200), now)
    sent = _count_statements(monkeypatch, "rows", "run", "put")

    drain(now, 200)

    begun = Counter(" ".join(sql.split()[:3]) for sql in sent)
    tables = ("quest", "achievement_unlock", "member_day", "receipt", "notice", "notice_outbox")
    written = {table: begun[f"INSERT INTO {table}"] for table in tables}
    assert written == dict.fromkeys(tables, 1)
    assert begun["UPDATE quest SET"] <= 1


MOST_STATEMENTS = 80
"""What a batch holds decides which tables are looked up; how many rows it holds does not."""


def _count_statements(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[str]:
    """Note every statement that goes through these calls of a transaction from now on."""
    noted: list[str] = []
    for name in names:
        original = getattr(Transaction, name)

        def counting(
            self: Transaction, sql: str, params: Any = (), original: Any = original
        ) -> Any:
            noted.append(sql)
            return original(self, sql, params)

        monkeypatch.setattr(Transaction, name, counting)
    return noted


def _play(now: datetime) -> None:
    """Every member opens the app, chooses a class where they may, and claims what is finished."""
    with transaction(MEMBER, COMPANY) as tx:
        members = [member for (member,) in tx.rows("SELECT id FROM member ORDER BY id")]
    for _ in range(3):
        for member in members:
            record_visit(COMPANY, member, now)
            with suppress(Refusal):
                choose_class(COMPANY, member, "scout", now)
            for quest in _finished(member):
                with suppress(Refusal):
                    claim_quest(COMPANY, member, quest, now)


def _finished(member: int) -> list[int]:
    with transaction(MEMBER, COMPANY) as tx:
        return [
            quest
            for (quest,) in tx.rows(
                "SELECT id FROM quest WHERE member_id = %s AND state = 'completed'", (member,)
            )
        ]


def _deadlocks() -> int:
    sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    return int(rows(sql)[0][0])
