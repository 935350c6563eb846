"""One company's trouble is its own: held up, broken or slow, it keeps no other waiting.

`LEGENDS_HELD_SECONDS` changes how long a lock is held, for a longer look.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from models.session import WORKER, transaction
from settings import Settings
from tests.support.holding import member_held
from tests.support.settling import differences
from tests.support.telling import as_owner, pay, referrer, rows
from tests.support.waiting import eventually
from tests.support.workers import Running, legends

pytestmark = [pytest.mark.faults, pytest.mark.timeout(420)]
HELD_SECONDS = float(os.environ.get("LEGENDS_HELD_SECONDS", "8"))
ONE_CHILD = ("--concurrency", "1")
COMPANIES = tuple(f"biz_{letter}" for letter in "abcde")
TROUBLED = "biz_c"
CODE = "ABCD2345"
BETWEEN_SECONDS = 0.1
NEVER = datetime.max.replace(tzinfo=UTC)
USUAL_SECONDS = 4.0
"""How long it is looked what is usual on this machine at this moment."""
LOOK_SECONDS = 0.02


@dataclass
class Traffic:
    """A payment for every company ten times a second, and how long each took to be settled."""

    sent: int = 0
    trouble_since: datetime = NEVER
    usual: list[float] = field(default_factory=list)
    """Seconds from received to seen settled, before there was trouble."""
    beside_it: list[float] = field(default_factory=list)
    """The same of the other companies, since there was."""
    _stopped: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Send and look while the block runs."""
        threads = [threading.Thread(target=act) for act in (self._send, self._look)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            for thread in threads:
                thread.join()

    def warm_up(self) -> None:
        """Let a worker settle something of every company first: its start is no trouble."""
        self._send_all()
        assert eventually(settled, 60)

    def _send(self) -> None:
        while not self._stopped.is_set():
            began = time.monotonic()
            self._send_all()
            self._stopped.wait(max(0.0, BETWEEN_SECONDS - (time.monotonic() - began)))

    def _send_all(self) -> None:
        for company in COMPANIES:
            self.sent += 1
            now = datetime.now(UTC)
            buyer = f"user_{self.sent}"
            pay(f"pay_{self.sent}", buyer, now, ref=CODE, company=company, received=now)

    def _look(self) -> None:
        seen = {seq for (seq,) in rows("SELECT seq FROM inbox")}
        while not self._stopped.is_set():
            with transaction(WORKER) as tx:
                found = tx.rows(
                    "SELECT seq, company_id, received_at, clock_timestamp()"
                    " FROM inbox WHERE state = 'handled' AND seq <> ALL(%s)",
                    (sorted(seen),),
                )
            for seq, company, received_at, present in found:
                seen.add(seq)
                if received_at < self.trouble_since:
                    self.usual.append((present - received_at).total_seconds())
                elif company != TROUBLED:
                    self.beside_it.append((present - received_at).total_seconds())
            self._stopped.wait(LOOK_SECONDS)


def p99(waits: list[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.99)]


@contextmanager
def working(tmp_path: Path, workers: int) -> Iterator[list[Running]]:
    """So many worker processes, each with one child, and the poller."""
    with ExitStack() as parts:
        parts.enter_context(legends(tmp_path / "poll", "poll"))
        started = [
            parts.enter_context(legends(tmp_path / f"worker{number}", "worker", *ONE_CHILD))
            for number in range(workers)
        ]
        for worker in started:
            assert eventually(partial(_is_ready, worker), 60), worker.said()
        yield started


def _is_ready(worker: Running) -> bool:
    return "ready." in worker.said()


def settled() -> bool:
    return rows("SELECT count(*) FROM inbox WHERE state IN ('waiting', 'retrying')") == [(0,)]


def found_companies() -> dict[str, int]:
    """Five companies with a referrer each; their numbers."""
    long_ago = datetime.now(UTC) - timedelta(days=1)
    return {company: referrer(CODE, long_ago, company=company) for company in COMPANIES}


@contextmanager
def broken(company: str, action: str) -> Iterator[None]:
    """No payment of this company can be stored: the database does `action` instead."""
    as_owner(
        f"""
        CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.company_id = '{company}' THEN {action}; END IF; RETURN NEW; END $$;
        CREATE TRIGGER broken BEFORE INSERT ON payment
        FOR EACH ROW EXECUTE FUNCTION broken()
        """
    )
    yield
    # Not DROP TRIGGER: waiting for its lock, it would hold up everybody who stores a payment.
    as_owner(
        "CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NEW; END $$"
    )


def _held_for_good(member: int) -> AbstractContextManager[None]:
    return member_held(member, "FOR UPDATE")


def _broken(_: int) -> AbstractContextManager[None]:
    return broken(TROUBLED, "RAISE EXCEPTION 'no room'")


def _slow(_: int) -> AbstractContextManager[None]:
    return broken(TROUBLED, "PERFORM pg_sleep(3)")


Trouble = Callable[[int], AbstractContextManager[None]]
TROUBLES: dict[str, Trouble] = {
    "held": member_held,
    "held for good": _held_for_good,
    "broken": _broken,
    "slow": _slow,
}


@pytest.mark.parametrize(
    ("kind", "workers"),
    [("held", 1), ("held", 2), ("held for good", 1), ("broken", 1), ("slow", 1)],
)
def test_the_others_settle_within_a_second_all_the_while(
    settings: Settings, tmp_path: Path, kind: str, workers: int
) -> None:
    members = found_companies()
    traffic = Traffic()
    with working(tmp_path, workers):
        traffic.warm_up()
        with traffic.flowing():
            time.sleep(USUAL_SECONDS)
            with TROUBLES[kind](members[TROUBLED]):
                traffic.trouble_since = datetime.now(UTC)
                time.sleep(HELD_SECONDS)
            time.sleep(1)
        as_owner("UPDATE inbox SET next_attempt_at = now() WHERE state = 'retrying'")
        through = eventually(settled, 120)
    as_owner("DROP FUNCTION IF EXISTS broken CASCADE")

    assert through, rows("SELECT state, count(*), max(last_error) FROM inbox GROUP BY 1")
    assert p99(traffic.beside_it) < 1.0 + p99(traffic.usual), traffic
    assert rows("SELECT DISTINCT state FROM inbox") == [("handled",)]
    assert rows("SELECT count(*) FROM payment") == [(traffic.sent,)]
    if kind.startswith("held"):
        assert rows("SELECT max(attempts) FROM inbox") == [(0,)], "a lock is nobody's fault"
    assert [
        found for company in COMPANIES for found in differences(datetime.now(UTC), company)
    ] == []
