"""A creator compares their company with Whop's lists, brings history in and takes it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.asked_whop import AskedWhop, asked_whop, move_on
from tests.support.company_life import Person, code_of, payment_data, rows, sign_in
from tests.web.api.conftest import COMPANY, OTHER_COMPANY

DAY = timedelta(days=1)


@pytest.fixture
def creator(client: FlaskClient) -> Person:
    return sign_in(client, COMPANY, "user_creator", "creator")


@pytest.fixture
def whop(creator: Person, monkeypatch: pytest.MonkeyPatch) -> Iterator[AskedWhop]:
    with asked_whop(monkeypatch) as twin:
        yield twin


def sold(whop: AskedWhop, payment_id: str, ref: str, ago: timedelta) -> None:
    data = payment_data(
        "user_" + payment_id, ref, at=datetime.now(UTC) - ago, payment_id=payment_id
    )
    data["refunded_amount"] = None
    whop.shows("payment", {**data, "status": "paid", "account_id": COMPANY}, COMPANY)


def installed_days_ago(days: int) -> None:
    from tests.support.telling import as_owner  # noqa: PLC0415 - beside the other `rows`

    as_owner(f"UPDATE company SET created_at = now() - interval '{days} days'")


def done(person: Person, path: str, body: Any = None) -> dict[str, Any]:
    answer = person.post(path, body)
    assert answer.status_code == 200, answer.json
    assert answer.json is not None
    return dict(answer.json["data"])


def since(ago: timedelta) -> dict[str, str]:
    return {"since": (datetime.now(UTC) - ago).isoformat()}


def refusal(person: Person, path: str, body: Any = None) -> tuple[int, str]:
    answer = person.post(path, body)
    assert answer.json is not None
    return answer.status_code, answer.json["error"]["code"]


def test_holes_are_found_and_filled_and_the_progress_is_shown(
    creator: Person, hero: Person, whop: AskedWhop
) -> None:
    installed_days_ago(9)
    sold(whop, "pay_lost", code_of(hero), 2 * DAY)
    assert creator.data("/company/reconcile") == {"can_ask": True, "run": None}

    begun = done(creator, "/company/reconcile", {})["run"]
    assert (begun["state"], begun["part"], begun["asked_by"]) == (
        "asking",
        "payment",
        "user_creator",
    )
    assert refusal(creator, "/company/reconcile") == (409, "whop_run_open")
    move_on(datetime.now(UTC))

    run = creator.data("/company/reconcile")["run"]
    assert (run["state"], run["looked"], run["holes"], run["filled"]) == ("done", 1, 1, 1)
    assert hero.data("/users/me/profile")["commission"][0]["earned_minor"] == 441
    assert rows("SELECT action FROM audit") == [("reconcile.start",)]


def test_history_comes_in_and_goes_again(creator: Person, hero: Person, whop: AskedWhop) -> None:
    installed_days_ago(1)
    sold(whop, "pay_old", code_of(hero), 5 * DAY)

    assert refusal(creator, "/company/import", since(DAY / 2)) == (422, "since_too_late")
    assert refusal(creator, "/company/import/undo") == (409, "nothing_imported")
    done(creator, "/company/import", since(9 * DAY))
    move_on(datetime.now(UTC))
    shown = creator.data("/company/import")
    assert (shown["run"]["state"], shown["run"]["filled"], shown["can_undo"]) == ("done", 1, True)
    assert hero.data("/users/me/profile")["commission"][0]["earned_minor"] == 441

    done(creator, "/company/import/undo")
    move_on(datetime.now(UTC))
    shown = creator.data("/company/import")
    assert (shown["run"]["state"], shown["withdrawn"], shown["can_undo"]) == ("undone", 1, False)
    assert hero.data("/users/me/profile")["commission"][0]["earned_minor"] == 0


def test_without_a_key_nothing_can_be_asked(creator: Person) -> None:
    assert creator.data("/company/import")["can_ask"] is False
    assert refusal(creator, "/company/reconcile") == (409, "whop_key_missing")


def test_only_the_creator_asks_and_nobody_sees_another_company(
    client: FlaskClient, creator: Person, hero: Person, whop: AskedWhop
) -> None:
    moderator = sign_in(client, COMPANY, "user_moderator", "moderator")
    foreign = sign_in(client, OTHER_COMPANY, "user_other", "creator")
    installed_days_ago(3)
    done(creator, "/company/reconcile", since(2 * DAY))

    for person in (moderator, hero):
        assert refusal(person, "/company/reconcile")[0] == 403
        assert person.get("/company/import").status_code == 403
        assert person.get("/ops/whop-runs").status_code == 403
    assert foreign.data("/company/reconcile")["run"] is None


def test_operators_see_the_runs_of_all(
    client: FlaskClient, creator: Person, operator: Person, whop: AskedWhop
) -> None:
    foreign = sign_in(client, OTHER_COMPANY, "user_other", "creator")
    installed_days_ago(3)
    for person in (creator, foreign):
        done(person, "/company/reconcile", since(2 * DAY))

    first = operator.get("/ops/whop-runs", limit=1).json
    assert first is not None
    rest = operator.get("/ops/whop-runs", limit=1, after=first["page"]["next"]).json
    assert rest is not None

    seen = [one["company_id"] for one in (*first["data"], *rest["data"])]
    assert seen == [OTHER_COMPANY, COMPANY]
