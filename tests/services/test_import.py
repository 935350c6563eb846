"""A new company's history: boards and levels on the first day, and one way back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from game.rules.refusals import Refusal
from game.services.reconciling import runs, undoing
from game.services.reconciling.runs import Run
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
from tests.support.telling import as_owner

NOW = datetime.now(UTC).replace(microsecond=0)
INSTALLED = NOW - timedelta(days=20, hours=12)
LATER = timedelta(hours=1)
LISTED = ("payment.succeeded", "refund.", "dispute.", "membership.")


@pytest.fixture
def whop(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AskedWhop]:
    with asked_whop(monkeypatch) as twin:
        yield twin


def created(delivery: WebhookBody) -> datetime:
    return datetime.fromisoformat(delivery.body["data"]["created_at"])


def history(whop: AskedWhop) -> tuple[list[tuple[str, str]], list[WebhookBody], list[WebhookBody]]:
    """A company that was installed in the middle of its life: (codes, before, after)."""
    pairs = found_company(INSTALLED)
    everything = life(pairs, NOW, 260)
    whop.knows(everything)
    told = [one for one in everything if one.type.startswith(LISTED)]
    before = [one for one in told if created(one) < INSTALLED]
    after = [one for one in told if created(one) >= INSTALLED]
    assert len(before) > 20
    assert len(after) > 20
    deliver_all(after, NOW)
    drain_all(NOW)
    return pairs, before, after


def bring_in(days: int = 25) -> Run:
    with transaction(WORKER) as tx:
        runs.begin(tx, COMPANY, "import", NOW - timedelta(days=days), NOW, "user_owner")
    move_on(NOW)
    return newest()


def take_back() -> Run:
    with transaction(WORKER) as tx:
        undoing.begin(tx, COMPANY, NOW + LATER, "user_owner")
    move_on(NOW + LATER)
    return newest()


def newest() -> Run:
    with transaction(WORKER) as tx:
        run = runs.newest(tx, COMPANY, "import")
    assert run is not None
    return run


def test_history_fills_the_books_as_if_it_had_been_told(whop: AskedWhop) -> None:
    pairs, before, after = history(whop)
    assert figures() == model_figures(after, pairs, NOW)

    run = bring_in()

    assert (run.state, run.filled, run.failed) == ("done", run.holes, 0)
    assert run.until == INSTALLED
    assert figures() == model_figures([*before, *after], pairs, NOW)
    assert differences(NOW) == []


def test_an_import_undone_leaves_the_books_as_they_were_and_every_ledger_longer(
    whop: AskedWhop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "A_STEP", 7)
    history(whop)
    before = figures()
    bring_in()
    receipts, movements = all_rows(
        "SELECT count(*) FROM receipt UNION ALL SELECT count(*) FROM movement"
    )
    assert figures() != before

    run = take_back()

    assert run.state == "undone"
    assert figures() == before
    more = all_rows("SELECT count(*) FROM receipt UNION ALL SELECT count(*) FROM movement")
    assert more[0] > receipts
    assert more[1] > movements
    assert differences(NOW + LATER) == []
    assert all_rows("SELECT action, actor FROM audit") == [("import.undo", "user_owner")]


def test_an_import_can_be_brought_in_again_after_it_was_undone(whop: AskedWhop) -> None:
    pairs, before, after = history(whop)
    first = bring_in()
    take_back()

    again = bring_in()

    assert again.holes == first.holes
    assert figures() == model_figures([*before, *after], pairs, NOW)
    assert differences(NOW) == []


def test_an_undo_in_the_middle_leaves_nothing_of_what_is_still_on_its_way(
    whop: AskedWhop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("game.services.whop.lists.A_PAGE", 10)
    history(whop)
    before = figures()
    with transaction(WORKER) as tx:
        runs.begin(tx, COMPANY, "import", NOW - timedelta(days=25), NOW)
    move_on(NOW, steps=1)
    with transaction(WORKER) as tx:
        run = runs.claim(tx, NOW)
    assert run is not None
    from game.services.reconciling import asking  # noqa: PLC0415 - as the worker that is late

    asking.ask(run, NOW)  # its page waits in the inbox, not settled

    take_back()
    drain_all(NOW + LATER)

    assert newest().state == "undone"
    assert figures() == before


def test_after_the_first_payout_an_import_stays(whop: AskedWhop) -> None:
    history(whop)
    bring_in()
    [(member, key)] = all_rows("SELECT member_id, key FROM movement LIMIT 1")
    as_owner(
        "INSERT INTO movement (company_id, member_id, key, leg, debit, credit, currency, "
        f"amount_minor, posted_at) VALUES ('{COMPANY}', {member}, '{key}', 9, 'payable', 'paid', "
        "'usd', 1, now())"
    )
    as_owner(f"UPDATE balance SET paid_minor = 1 WHERE member_id = {member} AND currency = 'usd'")

    with pytest.raises(Refusal, match="it stays"):
        take_back()


def test_without_an_import_there_is_nothing_to_undo(whop: AskedWhop) -> None:
    found_company(INSTALLED)

    with pytest.raises(Refusal, match="no import"):
        take_back()


@pytest.mark.parametrize("late", [timedelta(0), timedelta(microseconds=1)])
def test_an_import_begins_before_the_installation(whop: AskedWhop, late: timedelta) -> None:
    found_company(INSTALLED)

    with transaction(WORKER) as tx, pytest.raises(Refusal, match="before the installation"):
        runs.begin(tx, COMPANY, "import", INSTALLED + late, NOW)
    with transaction(WORKER) as tx:
        runs.begin(tx, COMPANY, "import", INSTALLED - timedelta(microseconds=1), NOW)


def test_verify_names_each_forged_row_of_a_run(whop: AskedWhop) -> None:
    history(whop)
    bring_in()
    assert differences(NOW) == []
    as_owner("UPDATE whop_run SET holes = holes - 1, filled = 0")
    as_owner("UPDATE whop_hole SET withdrawn = true WHERE object_id = "
             "(SELECT min(object_id) FROM whop_hole WHERE kind = 'payment')")  # fmt: skip
    as_owner("UPDATE whop_hole SET webhook_id = 'msg_forged' WHERE object_id = "
             "(SELECT max(object_id) FROM whop_hole WHERE kind = 'payment')")  # fmt: skip
    as_owner(
        "INSERT INTO whop_question (company_id, kind, object_id, payment_id, next_at, asked_at) "
        f"VALUES ('{COMPANY}', 'payment', 'pay_forged', 'pay_forged', now(), now())"
    )

    found = differences(NOW)

    for what in ("whop_run.holes", "whop_hole.withdrawn", "whop_hole and its delivery"):
        assert any(what in one for one in found)
    assert any("whop_question" in one and "pay_forged" in one for one in found)


def test_a_withdrawn_payment_that_still_pays_is_named(whop: AskedWhop) -> None:
    history(whop)
    bring_in()
    [(payment,)] = all_rows(
        "SELECT payment_id FROM payment_effect JOIN whop_hole ON object_id = payment_id LIMIT 1"
    )
    as_owner(f"UPDATE whop_hole SET withdrawn = true WHERE object_id = '{payment}'")
    as_owner(f"DELETE FROM payment WHERE payment_id = '{payment}'")

    assert any("its import was undone" in one for one in differences(NOW))
