"""`legends dlq` on real dead letters."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from cli.dlq import dlq
from game.services.inbox import dead_letters
from game.services.inbox.dead_letters import Filter
from game.services.members.joining import ensure_company, ensure_members
from models.session import WORKER, transaction
from settings import Settings
from tests.support.telling import as_owner
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


def test_list_shows_the_group_whole_on_a_narrow_terminal(letters: list[int]) -> None:
    output = CliRunner().invoke(dlq, ["list"], env={"COLUMNS": "40"}).output

    [group] = {letter.error_group for letter in dead_letters.find(Filter())}
    assert output.count(f"group {group}\n") == 2
    assert "…" not in output


def test_one_letter_is_one_letter(letters: list[int]) -> None:
    assert run("list", "--company", "biz_a").output.startswith("1 dead letter\n")


def test_list_of_nothing_is_no_limit() -> None:
    for limit in ("0", "-1"):
        assert "not in the range" in run("list", "--limit", limit, code=2).output


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


def test_show_says_why_there_is_no_body(letters: list[int]) -> None:
    as_owner("UPDATE inbox_body SET sealed = 'x'")

    output = run("show", str(letters[0])).output

    assert "nonsense" in output
    assert "The raw body does not open" in output


def test_show_names_a_letter_that_is_not_there() -> None:
    assert "no open dead letter 999" in run("show", "999", code=1).output


def test_try_tells_that_it_would_die_again(letters: list[int]) -> None:
    tried = json.loads(run("try", str(letters[0]), "--json").output)

    assert tried["outcome"] == "dead"
    assert tried["changes"] == []
    assert states() == {"dead": 2}


def test_try_shows_what_would_change_and_keeps_nothing(letters: list[int]) -> None:
    letter = bury_a_good_one()

    tried = json.loads(run("try", str(letter), "--json").output)
    output = run("try", str(letter)).output

    figures = {change["figure"]: (change["before"], change["after"]) for change in tried["changes"]}
    assert tried["outcome"] == "handled"
    assert figures["pending_minor usd"] == (0, 441)
    assert figures["total_referrals"] == (0, 1)
    assert "Nothing was kept" in output
    with transaction(WORKER) as tx:
        assert tx.rows("SELECT count(*) FROM receipt") == [(0,)]
        assert tx.rows("SELECT count(*) FROM payment") == [(0,)]
    assert states() == {"dead": 3}


def bury_a_good_one() -> int:
    """A payment credited to a member, dead for a reason that has been mended; its letter."""
    now = datetime.now(UTC)
    long_ago = datetime(2026, 11, 1, tzinfo=UTC)
    body = payment("biz_a")
    body["data"]["metadata"] = {"wl_ref": "ABCDEFGH"}
    deliver_body(body)
    with transaction(WORKER) as tx:
        ensure_company(tx, "biz_a", long_ago)
        member = ensure_members(tx, "biz_a", {"user_ref": "Ref"}, long_ago)["user_ref"]
        tx.run(
            "INSERT INTO referral_code (company_id, code, member_id, created_at)"
            " VALUES ('biz_a', 'ABCDEFGH', %s, %s)",
            (member, long_ago),
        )
        tx.run("UPDATE inbox SET state = 'dead' WHERE webhook_id = %s", (body["id"],))
        return int(
            tx.rows(
                "INSERT INTO dead_letter (inbox_seq, company_id, type, error_group, error,"
                " attempts, died_at) SELECT seq, company_id, type, 'bug:KeyError', '', 8, %s"
                " FROM inbox WHERE webhook_id = %s RETURNING id",
                (now, body["id"]),
            )[0][0]
        )


def test_replay_sends_one_letter_through_again(letters: list[int]) -> None:
    output = run("replay", str(letters[0])).output

    assert "1 of 1 sent through again" in output
    assert states() == {"dead": 1, "waiting": 1}


def test_letters_that_cannot_be_closed_are_named_with_the_reason(letters: list[int]) -> None:
    first, second = (str(letter) for letter in letters)
    run("replay", first)

    in_vain = run("discard", first, "999", "--reason", "old", code=1).output
    some = run("replay", first, second).output

    assert f"{first}: already replayed" in in_vain
    assert "999: not found" in in_vain
    assert "0 of 2 dropped" in in_vain
    assert "1 of 2 sent through again" in some


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
