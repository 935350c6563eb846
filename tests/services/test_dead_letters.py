"""Dead letters: found by what they are, shown without personal data, replayed or dropped once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from game.services.inbox import dead_letters
from game.services.inbox.dead_letters import Filter
from models.outgoing import Message, Wake
from models.session import WORKER, register_sender, transaction
from settings import Settings
from tests.support.telling import as_owner
from tests.support.workers import deliver_body, payment, settle_all, states

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def bury(company_id: str = "biz_a", amount: int = -5) -> int:
    """Settle a payment with a negative amount; the number of its dead letter."""
    body = payment(company_id)
    body["data"]["total"] = amount
    body["data"]["customer_email"] = "ann@example.org"
    body["data"]["customer_phone"] = "+44 20 7946 0000"
    deliver_body(body, NOW)
    settle_all(NOW)
    return dead_letters.find(Filter())[0].id


def audit() -> list[tuple[object, ...]]:
    with transaction(WORKER) as tx:
        return tx.rows("SELECT actor, action, subject, details ->> 'note' FROM audit ORDER BY id")


def test_letters_are_found_by_company_type_group_and_time(settings: Settings) -> None:
    one, two = bury("biz_a"), bury("biz_b")
    group = dead_letters.find(Filter())[0].error_group

    assert [x.id for x in dead_letters.find(Filter())] == [two, one]
    assert [x.id for x in dead_letters.find(Filter(company_id="biz_a"))] == [one]
    assert [x.id for x in dead_letters.find(Filter(error_group=group))] == [two, one]
    assert dead_letters.find(Filter(type="refund.created")) == []
    assert dead_letters.find(Filter(since=NOW + timedelta(seconds=1))) == []
    assert dead_letters.find(Filter(until=NOW)) == []


def test_pages_follow_each_other_without_gap_or_double(settings: Settings) -> None:
    ids = [bury() for _ in range(5)]

    first = dead_letters.find(Filter(), limit=2)
    second = dead_letters.find(Filter(), after=first[-1].id, limit=2)

    assert [x.id for x in (*first, *second)] == ids[:0:-1]
    assert [x.id for x in dead_letters.find_all(Filter())] == ids[::-1]


def test_shown_body_hides_the_person_and_keeps_the_ids(settings: Settings) -> None:
    shown = dead_letters.show(bury())

    body = json.loads(shown.body)
    for personal in ("ann@example.org", "7946 0000", "Harbour Row", "203.0.113.24", "Mira"):
        assert personal not in shown.body
    assert body["data"]["id"].startswith("pay_")
    assert body["data"]["total"] == "-5"


def test_replayed_letter_waits_again_once_and_is_audited(settings: Settings) -> None:
    letter = bury()
    sent: list[Message] = []
    register_sender(sent.extend)

    counts = [dead_letters.replay([letter], "user_op", NOW, note="rule fixed") for _ in range(2)]

    assert counts == [1, 0]
    assert states() == {"waiting": 1}
    assert sent == [Wake()]
    assert audit() == [("user_op", "dead_letter.replay", f"dead_letter:{letter}", "rule fixed")]


def test_letter_that_dies_again_becomes_a_new_letter(settings: Settings) -> None:
    letter = bury()
    dead_letters.replay([letter], "user_op", NOW)

    settle_all(NOW)

    assert states() == {"dead": 1}
    assert [x.state for x in dead_letters.find(Filter(state=""))] == ["open", "replayed"]


def test_discarded_letter_stays_dead_with_its_reason(settings: Settings) -> None:
    letter = bury()

    count = dead_letters.discard([letter], "user_op", "sent by mistake", NOW)

    assert count == 1
    assert states() == {"dead": 1}
    assert dead_letters.find(Filter()) == []
    assert audit()[0][3] == "sent by mistake"
    assert dead_letters.replay([letter], "user_op", NOW) == 0


def test_discarding_without_a_reason_is_refused(settings: Settings) -> None:
    letter = bury()

    with pytest.raises(dead_letters.ReasonMissing):
        dead_letters.discard([letter], "user_op", "  ", NOW)

    assert [x.id for x in dead_letters.find(Filter())] == [letter]


def test_unknown_letter_is_named(settings: Settings) -> None:
    with pytest.raises(dead_letters.NoSuchDeadLetter):
        dead_letters.show(7)


def test_a_replayed_delivery_begins_with_fresh_attempts(settings: Settings) -> None:
    letter = bury()
    with transaction(WORKER) as tx:
        tx.run("UPDATE inbox SET attempts = 8, crashes = 3, alone = true")

    dead_letters.replay([letter], "user_op", NOW)

    with transaction(WORKER) as tx:
        assert tx.rows("SELECT attempts, crashes, alone FROM inbox") == [(0, 0, False)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("DELETE FROM inbox_body", "past its retention"),
        ("UPDATE inbox_body SET sealed = decode('0103', 'hex') || 'oldkey'", "no key 'old'"),
        ("UPDATE inbox_body SET sealed = 'x'", "does not open"),
    ],
)
def test_letter_whose_body_cannot_be_shown_says_why(
    settings: Settings, change: str, why: str
) -> None:
    letter = bury()
    as_owner(change)

    shown = dead_letters.show(letter)

    assert shown.letter.id == letter
    assert shown.body == ""
    assert why in shown.no_body


def test_letter_with_its_body_has_no_word_of_excuse(settings: Settings) -> None:
    assert dead_letters.show(bury()).no_body == ""
