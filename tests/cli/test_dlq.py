"""`legends dlq` on real dead letters."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from cli.dlq import dlq
from game.services import dead_letters
from game.services.dead_letters import Filter
from models.session import WORKER, transaction
from settings import Settings
from tests.support.workers import deliver_body, payment, settle_all, states


@pytest.fixture(autouse=True)
def letters(settings: Settings) -> list[int]:
    """Two dead payments with amounts below zero, of two companies; their numbers."""
    for company in ("biz_a", "biz_b"):
        body = payment(company)
        body["data"]["total"] = -5
        body["data"]["customer_email"] = "ann@example.org"
        deliver_body(body)
    settle_all(datetime.now(UTC))
    return sorted(letter.id for letter in dead_letters.find(Filter()))


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(dlq, arguments, env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    return result


def test_list_shows_what_died_where_and_why(letters: list[int]) -> None:
    output = run("list").output

    assert "2 dead letters" in output
    for word in ("biz_a", "biz_b", "payment.succeeded", "nonsense"):
        assert word in output


def test_list_as_json_gives_one_object_a_line(letters: list[int]) -> None:
    lines = run("list", "--json", "--company", "biz_b").output.splitlines()

    assert [json.loads(line)["company_id"] for line in lines] == ["biz_b"]


@pytest.mark.parametrize(("option", "value", "count"), [
    ("--since", "1h", 2), ("--until", "1h", 0), ("--since", "2999-01-01", 0),
    ("--type", "refund.created", 0), ("--limit", "1", 1), ("--state", "discarded", 0),
])  # fmt: skip
def test_list_filters(option: str, value: str, count: int) -> None:
    assert len(run("list", "--json", option, value).output.splitlines()) == count


def test_time_that_is_none_is_named() -> None:
    assert "neither like 30m" in run("list", "--since", "yesterday", code=2).output


def test_show_hides_the_person(letters: list[int]) -> None:
    output = run("show", str(letters[0])).output

    assert "ann@example.org" not in output
    assert "negative" in output.lower() or "-5" in output


def test_show_names_a_letter_that_is_not_there() -> None:
    assert "no open dead letter 999" in run("show", "999", code=1).output


def test_replay_sends_one_letter_through_again(letters: list[int]) -> None:
    output = run("replay", str(letters[0])).output

    assert "1 of 1 sent through again" in output
    assert states() == {"dead": 1, "waiting": 1}


def test_replay_of_all_keeps_to_the_filters(letters: list[int]) -> None:
    run("replay", "--all", "--company", "biz_a", "--note", "fixed")

    assert [letter.company_id for letter in dead_letters.find(Filter())] == ["biz_b"]


def test_discard_needs_a_reason_and_writes_who_gave_it(letters: list[int]) -> None:
    run("discard", str(letters[0]), code=2)
    run("discard", str(letters[0]), "--reason", " ", code=2)
    run("discard", str(letters[0]), "--reason", "test traffic")

    with transaction(WORKER) as tx:
        [(actor, note)] = tx.rows("SELECT actor, details ->> 'note' FROM audit")
    assert actor.startswith("cli:")
    assert note == "test traffic"


@pytest.mark.parametrize("arguments", [(), ("1", "--all")])
def test_letters_are_named_or_filtered_but_not_both(arguments: tuple[str, ...]) -> None:
    assert "name letters by number" in run("replay", *arguments, code=2).output
    assert states() == {"dead": 2}
