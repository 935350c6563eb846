"""What Whop never delivered is found by asking, and the books come out as if it had."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from game.rules.refusals import Refusal
from game.services.reconciling import asking, engine, runs
from game.services.reconciling.runs import Run
from game.services.whop import budget
from models.session import WORKER, transaction
from settings import Settings
from simulator.bodies import WebhookBody
from tests.support.asked_whop import AskedWhop, all_rows, asked_whop, move_on
from tests.support.settling import (
    COMPANY,
    deliver_all,
    differences,
    drain_all,
    figures,
    found_company,
    life,
    model_figures,
)

NOW = datetime.now(UTC).replace(microsecond=0)
LOSABLE = ("payment.", "refund.", "dispute.")
LATER = timedelta(hours=1)


@pytest.fixture
def whop(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AskedWhop]:
    with asked_whop(monkeypatch) as twin:
        yield twin


def begin(kind: runs.Kind = "reconcile", days: int = 25, now: datetime = NOW) -> Run:
    with transaction(WORKER) as tx:
        return runs.begin(tx, COMPANY, kind, now - timedelta(days=days), now)


def newest(kind: runs.Kind = "reconcile") -> Run:
    with transaction(WORKER) as tx:
        run = runs.newest(tx, COMPANY, kind)
    assert run is not None
    return run


def lose(deliveries: list[WebhookBody], most: int) -> list[WebhookBody]:
    """The deliveries without up to `most` of those that tell of money, drawn at random."""
    losable = [one for one in deliveries if one.type.startswith(LOSABLE)]
    lost = {one.webhook_id for one in Random(5).sample(losable, min(most, len(losable)))}
    return [one for one in deliveries if one.webhook_id not in lost]


def world(whop: AskedWhop, count: int = 260, lost: int = 60) -> tuple[Any, list[WebhookBody]]:
    """A company whose webhooks came but for `lost` of them; (code holders, all that happened)."""
    pairs = found_company(NOW - timedelta(days=30))
    everything = life(pairs, NOW, count)
    whop.knows(everything)
    deliver_all(lose(everything, lost), NOW)
    drain_all(NOW)
    return pairs, everything


def test_after_a_reconcile_the_books_are_those_of_a_twin_that_got_everything(
    whop: AskedWhop,
) -> None:
    pairs, everything = world(whop)
    wanted = model_figures(everything, pairs, NOW)
    assert figures() != wanted

    begin()
    move_on(NOW)

    run = newest()
    assert (run.state, run.filled, run.failed) == ("done", run.holes, 0)
    assert run.holes >= 25
    assert figures() == wanted
    assert differences(NOW) == []


def test_a_run_killed_half_way_goes_on_where_it_was_and_posts_nothing_twice(
    whop: AskedWhop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("game.services.whop.lists.A_PAGE", 10)
    pairs, everything = world(whop, lost=10_000)
    begin()
    assert move_on(NOW, steps=3) == 3
    with transaction(WORKER) as tx:
        claimed = runs.claim(tx, NOW)  # whoever claimed this died
    assert claimed is not None
    assert claimed.after
    assert move_on(NOW) == 0

    move_on(NOW + runs.LEASE)
    move_on(NOW + LATER)

    assert newest().state == "done"
    assert figures() == model_figures(everything, pairs, NOW)
    ids = all_rows("SELECT count(*), count(DISTINCT webhook_id) FROM whop_hole")
    assert ids[0][0] == ids[0][1] == newest().holes
    assert differences(NOW) == []


def test_two_workers_on_one_page_store_it_once(whop: AskedWhop) -> None:
    world(whop)
    run = begin()

    asking.ask(run, NOW)
    once = newest()
    asking.ask(run, NOW)

    assert newest() == once


def test_a_second_run_finds_nothing(whop: AskedWhop) -> None:
    world(whop)
    begin()
    move_on(NOW)
    move_on(NOW + LATER)
    before = figures()

    begin(now=NOW + LATER)
    move_on(NOW + LATER)
    move_on(NOW + 2 * LATER)

    assert (newest().state, newest().holes) == ("done", 0)
    assert newest().looked > 30
    assert figures() == before


@pytest.mark.parametrize(
    ("status", "problem", "wait"), [(429, "rate_limited", 1), (500, "unreachable", 2)]
)
def test_while_whop_is_busy_or_broken_the_run_waits_and_then_goes_on(
    whop: AskedWhop, status: int, problem: str, wait: int
) -> None:
    world(whop, count=60, lost=20)
    begin()
    whop.fails("/payments", status)

    move_on(NOW)
    assert (newest().problem, newest().part) == (problem, "payment")
    assert newest().next_at == NOW + timedelta(seconds=wait)
    move_on(NOW + timedelta(seconds=wait) - timedelta(microseconds=1))
    assert newest().problem == problem

    move_on(NOW + timedelta(seconds=wait))
    move_on(NOW + LATER)
    assert (newest().state, newest().problem, newest().attempts) == ("done", "", 0)


def test_a_run_that_whop_forbids_stops_and_says_so(whop: AskedWhop) -> None:
    world(whop, count=60, lost=20)
    begin()
    whop.fails("/payments", 403)

    move_on(NOW)

    assert (newest().state, newest().problem) == ("stopped", "forbidden")
    begin()  # asking again is allowed


def test_nobody_asks_beyond_the_budget(whop: AskedWhop, monkeypatch: pytest.MonkeyPatch) -> None:
    from limits import RateLimitItemPerMinute  # noqa: PLC0415 - only here

    monkeypatch.setattr(budget, "ALLOWED", RateLimitItemPerMinute(2))
    world(whop, count=60, lost=20)
    begin()

    move_on(NOW)

    assert newest().part == "dispute"  # the third list
    assert newest().attempts == 0
    assert NOW < newest().next_at <= NOW + timedelta(seconds=60)
    assert budget.seconds_to_wait() > 0


def test_while_redis_is_away_nobody_asks(whop: AskedWhop, monkeypatch: pytest.MonkeyPatch) -> None:
    from limits.strategies import MovingWindowRateLimiter  # noqa: PLC0415
    from redis import ConnectionError as Away  # noqa: PLC0415

    def away(*_: object) -> bool:
        raise Away

    monkeypatch.setattr(MovingWindowRateLimiter, "hit", away)

    assert budget.seconds_to_wait() == budget.REST_SECONDS


def test_one_run_at_a_time_and_none_without_a_key(
    whop: AskedWhop, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_company(NOW - timedelta(days=30))
    begin()

    with pytest.raises(Refusal, match="running already"):
        begin()
    with transaction(WORKER) as tx:
        assert not runs.nightly(tx, COMPANY, NOW)


def test_what_was_before_the_installation_is_left_alone(whop: AskedWhop) -> None:
    installed = NOW - timedelta(days=20, hours=12)
    pairs = found_company(installed)
    everything = life(pairs, NOW, 260)
    whop.knows(everything)

    begin()
    move_on(NOW)
    move_on(NOW + LATER)

    moments = [
        datetime.fromisoformat(one.body["data"]["created_at"])
        for one in everything
        if one.type == "payment.succeeded"
    ]
    [(earliest,)] = all_rows("SELECT min(created_at) FROM payment")
    assert min(moments) < installed <= earliest == min(at for at in moments if at >= installed)
    assert newest().state == "done"


def test_the_night_begins_a_run_for_each_company_once(whop: AskedWhop) -> None:
    found_company(NOW - timedelta(days=30))
    found_company(NOW - timedelta(days=30), company="biz_other")

    progress: Any = {}
    while progress is not None:
        progress = engine.nightly_step(progress, NOW, NOW)

    assert all_rows("SELECT company_id, kind, asked_by FROM whop_run ORDER BY 1") == [
        ("biz_other", "reconcile", ""),
        (COMPANY, "reconcile", ""),
    ]


def test_what_changed_a_moment_ago_is_left_to_its_webhook(whop: AskedWhop) -> None:
    pairs = found_company(NOW - timedelta(days=30))
    everything = life(pairs, NOW, 120)
    whop.knows(everything)
    paid = [one for one in everything if one.type == "payment.succeeded"]
    newest_at = max(datetime.fromisoformat(one.body["data"]["created_at"]) for one in paid)

    begin(now=newest_at + asking.FRESH - timedelta(seconds=1))
    move_on(NOW)

    held = {row[0] for row in all_rows("SELECT payment_id FROM payment")}
    assert max(paid, key=lambda one: one.body["data"]["created_at"]).body["data"]["id"] not in held
    assert held
