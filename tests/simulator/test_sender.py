"""Deliveries behave as Whop promises: at least once, five seconds, no redirects, twelve retries."""

import base64
import json

import pytest
from standardwebhooks import Webhook

from simulator.sender import RETRY_SECONDS, Sender
from simulator.world import World
from tests.simulator.support import SECRET, Door

BODY = b'{"id":"msg_1","type":"payment.succeeded"}'


def test_a_delivery_arrives_once_byte_for_byte_and_verifiably_signed(door: Door) -> None:
    with Sender(door.url, SECRET) as sender:
        sender.send("msg_1", BODY)
        assert sender.drain(10)

    [request] = door.heard
    key = base64.b64encode(SECRET.encode()).decode()
    assert request.body == BODY
    assert Webhook(key).verify(request.body, request.headers)
    assert sender.outcomes == {"sent": 1, "accepted": 1}


@pytest.mark.parametrize(
    "failure",
    [
        (500, b"", {}),
        (401, b"", {}),
        (302, b"", {"location": "/elsewhere"}),
    ],
)
def test_anything_but_2xx_is_tried_again_with_the_same_id_and_a_fresh_timestamp(
    door: Door, failure: tuple[int, bytes, dict[str, str]]
) -> None:
    door.answers = [failure, failure]

    with Sender(door.url, SECRET, time_scale=0.01) as sender:
        sender.send("msg_1", BODY)
        assert sender.drain(20)

    assert door.ids() == ["msg_1"] * 3
    assert [request.path for request in door.heard] == ["/"] * 3
    stamps = [int(request.headers["webhook-timestamp"]) for request in door.heard]
    assert stamps[-1] > stamps[0]
    assert sender.outcomes == {"sent": 1, "failed_attempts": 2, "accepted": 1}
    numbers = [attempt.number for attempt in sender.attempts("msg_1")]
    assert numbers == [0, 1, 2]


def test_an_answer_after_the_time_limit_is_a_failed_attempt(door: Door) -> None:
    door.slow_seconds = [0.4]

    with Sender(door.url, SECRET, time_scale=1e-4, time_limit=0.2) as sender:
        sender.send("msg_1", BODY)
        assert sender.drain(20)

    assert [attempt.status for attempt in sender.attempts("msg_1")] == [None, 202]
    assert sender.outcomes["accepted"] == 1


def test_the_schedule_is_whops_and_ends_after_twelve_retries(door: Door) -> None:
    assert len(RETRY_SECONDS) == 12
    assert 70 < sum(RETRY_SECONDS) / 3600 < 72
    door.answers = [(503, b"", {})] * 99

    with Sender(door.url, SECRET, time_scale=1e-7) as sender:
        sender.send("msg_1", BODY)
        assert sender.drain(20)

    assert len(door.heard) == 13
    assert sender.outcomes["given_up"] == 1


def test_a_refused_connection_is_a_failed_attempt_not_a_crash() -> None:
    with Sender("http://127.0.0.1:9/webhooks", SECRET, time_scale=1e-7) as sender:
        sender.send("msg_1", BODY)
        assert sender.drain(20)

    assert sender.outcomes["given_up"] == 1
    assert {attempt.word for attempt in sender.log} == {"silent"}


def test_replay_sends_the_same_bytes_or_the_same_fact_under_a_new_id(door: Door) -> None:
    with Sender(door.url, SECRET) as sender:
        sender.send("msg_1", BODY)
        sender.drain(10)
        sender.replay("msg_1")
        new_id = sender.replay("msg_1", regenerate_id=True)
        sender.drain(10)

    by_id = {request.headers["webhook-id"]: request.body for request in door.heard}
    assert sorted(door.ids()) == sorted(["msg_1", "msg_1", new_id])
    assert by_id["msg_1"] == BODY
    assert json.loads(by_id[new_id]) == {**json.loads(BODY), "id": new_id}


def test_a_thousand_deliveries_over_many_threads_all_arrive_once(door: Door) -> None:
    events = World(1, "biz_many", [("user_a", "AAAA2222")]).events(1000)

    with Sender(door.url, SECRET, threads=8) as sender:
        for event in events:
            sender.send(event.webhook_id, event.raw)
        assert sender.drain(60)

    assert sorted(door.ids()) == sorted(event.webhook_id for event in events)
    assert sender.outcomes == {"sent": 1000, "accepted": 1000}
