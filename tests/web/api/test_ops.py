"""Operators see every company's deliveries, jobs and audit; nobody else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from game.services.operations.gauges import read_gauges
from game.services.scheduled.jobs import claim_tick, note_progress
from models.session import WORKER, transaction
from settings import Settings
from tests.rules.making import flat_payment, money
from tests.support.company_life import Person, code_of, pay, rows, settle, tell
from tests.support.telling import as_owner
from tests.web.api.conftest import COMPANY, OTHER_COMPANY
from tests.web.api.test_links import take_postgres_away
from workers import app as celery_app


def bury(company_id: str) -> None:
    """A delivery with nonsense inside, settled into a dead letter."""
    tell(company_id, "payment.succeeded", flat_payment(id="pay_bad", total=money("-5.00")))
    settle()


def test_queues_have_exactly_the_agreed_shape(operator: Person, hero: Person) -> None:
    pay(COMPANY, "user_one", code_of(hero))
    settle()
    tell(COMPANY, "chat.opened", {"id": "x"})
    bury(COMPANY)
    pay(COMPANY, "user_two", "")

    queues = operator.data("/ops/queues")

    assert queues["inbox"] == {
        "spooled": 0,
        "waiting": 1,
        "retrying": 0,
        "snoozed": 0,
        "dead": 1,
        "handled": 1,
        "ignored": 1,
    }
    assert set(queues) == {"inbox", "oldest_waiting_seconds", "queues"}
    assert 0 <= queues["oldest_waiting_seconds"] < 60
    assert set(queues["queues"]) == {"inbox", "notices", "jobs", "whop", "legends.dead"}
    assert all(isinstance(depth, int) for depth in queues["queues"].values())


def test_queues_are_told_without_a_broker(
    operator: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    import settings as settings_module  # noqa: PLC0415 - the fixture has the same name

    for name in ("REDIS_URL", "CELERY_BROKER_URL"):
        monkeypatch.setenv(name, "redis://127.0.0.1:9/0")
    settings_module.current.cache_clear()
    celery_app.current.cache_clear()

    queues = operator.data("/ops/queues")

    assert queues["inbox"]["spooled"] is None
    assert set(queues["queues"].values()) == {None}
    assert queues["inbox"]["waiting"] == 0


def test_a_dead_letter_can_be_found_looked_at_and_sent_again(operator: Person) -> None:
    bury(COMPANY)

    [letter] = operator.data("/ops/dead-letters", company=COMPANY)
    shown = operator.data(f"/ops/dead-letters/{letter['id']}")
    again = operator.post(f"/ops/dead-letters/{letter['id']}/replay", {"note": "rules mended"})

    assert letter["type"] == "payment.succeeded"
    assert letter["error_group"].startswith("nonsense")
    assert "pay_bad" in shown["body"]
    assert again.status_code == 200
    assert again.json is not None
    assert again.json["data"]["state"] == "replayed"
    assert rows("SELECT state FROM inbox") == [("waiting",)]
    [line] = operator.data("/ops/audit")
    assert (line["actor"], line["action"]) == ("user_operator", "dead_letter.replay")
    assert line["company_id"] == COMPANY


@pytest.mark.parametrize("body", [None, {"note": ""}, {"reason": "its key is gone"}])
def test_a_dead_letter_whose_body_does_not_open_can_be_seen_and_closed(
    operator: Person, body: dict[str, str] | None
) -> None:
    bury(COMPANY)
    as_owner("UPDATE inbox_body SET sealed = 'x'")
    [letter] = operator.data("/ops/dead-letters")
    path = f"/ops/dead-letters/{letter['id']}"

    if body is None:
        answer = operator.get(path)
    else:
        answer = operator.post(f"{path}/{'discard' if 'reason' in body else 'replay'}", body)

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["data"]["body"] == ""
    assert "does not open" in answer.json["data"]["no_body"]


def test_a_discarded_letter_is_not_counted_as_dead_any_more(operator: Person) -> None:
    bury(COMPANY)
    dead_before = operator.data("/ops/queues")["inbox"]["dead"]
    gauge_before = read_gauges(datetime.now(UTC)).by_state

    [letter] = operator.data("/ops/dead-letters")
    operator.post(f"/ops/dead-letters/{letter['id']}/discard", {"reason": "a test payment"})

    assert (dead_before, operator.data("/ops/queues")["inbox"]["dead"]) == (1, 0)
    gauge = read_gauges(datetime.now(UTC)).by_state
    assert gauge_before is not None
    assert gauge is not None
    assert (gauge_before["dead"], gauge["dead"]) == (1, 0)


def test_a_dead_letter_is_dropped_only_with_a_reason_and_once(operator: Person) -> None:
    bury(COMPANY)
    [letter] = operator.data("/ops/dead-letters")
    path = f"/ops/dead-letters/{letter['id']}/discard"

    assert operator.post(path).status_code == 422
    assert operator.post(path, {"reason": "  "}).status_code == 422
    assert operator.post(path, {"reason": "a test payment"}).status_code == 200
    second = operator.post(path, {"reason": "again"})

    assert second.status_code == 409
    assert second.json is not None
    assert second.json["error"]["code"] == "dead_letter_closed"
    assert operator.data("/ops/dead-letters") == []
    assert len(operator.data("/ops/dead-letters", state="all")) == 1
    assert rows("SELECT state FROM inbox") == [("dead",)]


def test_dead_letters_are_filtered_and_paged_across_companies(operator: Person) -> None:
    bury(COMPANY)
    bury(OTHER_COMPANY)
    bury(COMPANY)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()

    everything = [one["id"] for one in operator.data("/ops/dead-letters")]
    first = operator.get("/ops/dead-letters", limit=2).json
    assert first is not None
    rest = operator.data("/ops/dead-letters", limit=2, after=first["page"]["next"])

    assert len(everything) == 3
    assert [one["id"] for one in first["data"] + rest] == everything
    assert len(operator.data("/ops/dead-letters", company=COMPANY)) == 2
    assert operator.data("/ops/dead-letters", type="refund.created") == []
    assert operator.data("/ops/dead-letters", since=tomorrow) == []
    assert operator.get("/ops/dead-letters", since="yesterday").status_code == 422


def test_a_dead_letter_nobody_has_is_not_found(operator: Person) -> None:
    assert operator.get("/ops/dead-letters/7").status_code == 404
    assert operator.post("/ops/dead-letters/7/replay").status_code == 404


def test_jobs_show_their_newest_tick_and_each_one_its_history(operator: Person) -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    with transaction(WORKER) as tx:
        for job, minutes in (("quests.assign", 0), ("quests.assign", 15), ("a.job", 5)):
            tick = at + timedelta(minutes=minutes)
            claim_tick(tx, job, tick, tick)
        note_progress(tx, "quests.assign", at, None, at + timedelta(seconds=3))

    newest = operator.data("/ops/jobs")
    history = operator.data("/ops/jobs/quests.assign")

    assert [(one["job"], one["scheduled_for"]) for one in newest] == [
        ("a.job", "2026-11-22T12:05:00.000Z"),
        ("quests.assign", "2026-11-22T12:15:00.000Z"),
    ]
    assert [one["finished_at"] for one in history] == [None, "2026-11-22T12:00:03.000Z"]
    first = operator.get("/ops/jobs", limit=1).json
    assert first is not None
    assert operator.data("/ops/jobs", after=first["page"]["next"]) == newest[1:]
    assert operator.data("/ops/jobs/quests.assign", limit=1) == history[:1]


def test_postgres_away_is_an_outage_not_a_crash(
    operator: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert operator.get("/ops/audit").status_code == 200
    take_postgres_away(settings, monkeypatch)

    answer = operator.get("/ops/audit")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.json is not None
    assert answer.json["error"]["code"] == "unavailable"
