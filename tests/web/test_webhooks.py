"""Every answer of the webhook door, with Postgres and Redis in good health."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient

from game.services.platform.sealing import open_sealed
from models.outgoing import Message, Wake
from models.session import WORKER, transaction
from settings import Settings
from simulator.signing import sign
from tests.conftest import WEBHOOK_SECRET, forget_settings
from tests.support.web import DOOR, deliver, event, signed
from web import webhooks
from web.app import create_app

MIB = 1024 * 1024


def inbox() -> list[tuple[Any, ...]]:
    with transaction(WORKER) as tx:
        return tx.rows("SELECT webhook_id, company_id, type, state FROM inbox ORDER BY seq")


def test_a_genuine_delivery_is_committed_sealed_and_wakes_the_workers(
    client: FlaskClient, sent: list[Message]
) -> None:
    body = event("msg_1", data={"user": {"email": "ada@example.com"}})

    answer = deliver(client, "msg_1", body)

    assert (answer.status, answer.body) == (202, {"status": "accepted"})
    assert inbox() == [("msg_1", "biz_1", "payment.succeeded", "waiting")]
    assert sent == [Wake()]
    with transaction(WORKER) as tx:
        [(sealed,)] = tx.rows("SELECT b.sealed FROM inbox JOIN inbox_body b USING (seq)")
    assert b"ada@example.com" not in bytes(sealed)
    assert open_sealed("msg_1", bytes(sealed)) == body


def test_a_second_delivery_is_a_duplicate_and_stores_and_wakes_nothing(
    client: FlaskClient, sent: list[Message]
) -> None:
    deliver(client, "msg_1", event("msg_1"))

    answer = deliver(client, "msg_1", event("msg_1"))

    assert (answer.status, answer.outcome) == (202, "duplicate")
    assert len(inbox()) == 1
    assert len(sent) == 1
    with transaction(WORKER) as tx:
        assert tx.rows("SELECT count(*) FROM inbox_alert") == [(0,)]


def test_a_known_id_with_another_body_keeps_the_first_and_leaves_an_alert(
    client: FlaskClient,
) -> None:
    first, second = event("msg_1"), event("msg_1", account_id="biz_2")
    deliver(client, "msg_1", first)

    answer = deliver(client, "msg_1", second)

    assert (answer.status, answer.outcome) == (202, "duplicate")
    assert inbox() == [("msg_1", "biz_1", "payment.succeeded", "waiting")]
    with transaction(WORKER) as tx:
        [(sealed,)] = tx.rows("SELECT b.sealed FROM inbox JOIN inbox_body b USING (seq)")
        assert open_sealed("msg_1", bytes(sealed)) == first
        [(alerted, kept, seen)] = tx.rows(
            "SELECT webhook_id, kept_sha256, seen_sha256 FROM inbox_alert"
        )
    assert (alerted, bytes(kept) != bytes(seen)) == ("msg_1", True)


def test_ten_copies_at_once_become_one_row(settings: Settings) -> None:
    app = create_app()
    body = event("msg_1")

    def send(_: int) -> str:
        return deliver(app.test_client(), "msg_1", body).outcome

    with ThreadPoolExecutor(10) as pool:
        outcomes = sorted(pool.map(send, range(10)))

    assert outcomes == ["accepted"] + ["duplicate"] * 9
    assert len(inbox()) == 1


def test_types_nobody_handles_are_stored_as_ignored(
    client: FlaskClient, sent: list[Message]
) -> None:
    answer = deliver(client, "msg_1", event("msg_1", "chat.message.created"))

    assert (answer.status, answer.outcome) == (202, "accepted")
    assert inbox() == [("msg_1", "biz_1", "chat.message.created", "ignored")]
    assert sent == []


def test_the_older_envelope_names_the_company_too(client: FlaskClient) -> None:
    deliver(client, "msg_1", event("msg_1", account_id=None, company_id="biz_old"))

    assert inbox()[0][1] == "biz_old"


NONSENSE_INSIDE: list[dict[str, Any]] = [
    {"data": {"total": -5}},
    {"data": {"currency": "zzz"}},
    {"data": {"name": "nul \u0000 and \ud800 alone"}},
    {"account_id": None},
    {"account_id": 7},
    {"account_id": "biz_\u0000"},
    {"account_id": "b" * 5000},
    {"type": "strange\u0000\ud800" + "x" * 5000},
    {"api_version_date": ["list"]},
    {"data": None},
]


def test_nonsense_inside_a_good_envelope_is_taken_in(client: FlaskClient) -> None:
    for number, more in enumerate(NONSENSE_INSIDE):
        answer = deliver(client, f"msg_{number}", event(f"msg_{number}", **more))
        assert (answer.status, answer.outcome) == (202, "accepted"), more

    assert len(inbox()) == len(NONSENSE_INSIDE)


def deep(levels: int) -> bytes:
    return b'{"id":"msg_1","type":"x","data":' + b"[" * levels + b"]" * levels + b"}"


NO_EVENTS = [
    b"",
    b"not json",
    b"[1]",
    b"null",
    b'"text"',
    b'{"id":"msg_1","type":"x"',
    b'{"type":"x"}',
    b'{"id":"msg_1"}',
    b'{"id":7,"type":"x"}',
    b'{"id":"msg_1","type":7}',
    b'{"id":"msg_1","type":""}',
    b'{"id":"msg_2","type":"x"}',
    b'{"id":"msg_1","type":"x","data":NaN}',
    b'{"id":"msg_1","type":"x","data":-Infinity}',
    b'{"id":"msg_1","type":"x","data":' + b"1" * 41 + b"}",
    b'{"id":"msg_1","type":"x","data":' + b"1" * 4301 + b"}",
    b'{"id":"msg_1","type":"x","data":0.' + b"1" * 41 + b"}",
    b'{"id":"msg_1","type":"x","data":1e400}',
    b'{"id":"msg_1","type":"x","data":1e99999999999999999999}',
    b'{"id":"msg_1","type":"x","data":"\xff\xfe"}',
    b'\xef\xbb\xbf{"id":"msg_1","type":"x"}',
    '{"id":"msg_1","type":"x"}'.encode("utf-16"),
    deep(100),
    deep(5_000),
    deep(100_000),
]


def test_what_is_no_event_is_refused_and_not_stored(client: FlaskClient) -> None:
    for body in NO_EVENTS:
        answer = deliver(client, "msg_1", body)
        assert (answer.status, answer.outcome) == (400, "not_an_event"), body[:80]

    assert inbox() == []


JUST_EVENTS = [
    deep(99),
    b'{"id":"msg_1","type":"x","data":' + b"1" * 40 + b"}",
    b'{"id":"msg_1","type":"x","data":-' + b"1" * 40 + b"}",
    b'{"id":"msg_1","type":"x","data":"' + b"1" * 400 + b'"}',
    b'{"id":"msg_1","type":"x","data":"' + b"[{" * 4000 + b'"}',
    b'{"id":"msg_0","type":"x","id":"msg_1"}',
]


def test_what_just_keeps_the_limits_is_taken_in(client: FlaskClient) -> None:
    for body in JUST_EVENTS:
        assert deliver(client, "msg_1", body).status == 202, body[:80]


def test_a_wrong_signature_is_401_whatever_the_body(client: FlaskClient) -> None:
    for body in (event("msg_1"), b"not json", deep(5_000)):
        headers = signed("msg_1", body, secret="ws_" + "00" * 32)

        answer = deliver(client, "msg_1", body, headers)

        assert (answer.status, answer.outcome) == (401, "signature_invalid")
    assert inbox() == []


HEADERS_OUT_OF_ORDER: list[tuple[dict[str, str | None], str]] = [
    ({"webhook-id": None}, "signature_missing"),
    ({"webhook-timestamp": None}, "signature_missing"),
    ({"webhook-signature": None}, "signature_missing"),
    ({"webhook-id": "msg_2"}, "signature_invalid"),
    ({"webhook-id": "msg.1"}, "webhook_id_invalid"),
    ({"webhook-id": "msg_1,msg_1"}, "webhook_id_invalid"),
    ({"webhook-id": "m" * 129}, "webhook_id_invalid"),
    ({"webhook-id": "msg 1"}, "webhook_id_invalid"),
    ({"webhook-timestamp": "1786381404000"}, "timestamp_invalid"),
    ({"webhook-timestamp": "-5"}, "timestamp_invalid"),
    ({"webhook-timestamp": "1e9"}, "timestamp_invalid"),
    ({"webhook-timestamp": "1" * 30}, "timestamp_invalid"),
    ({"webhook-timestamp": "\u0661\u0662"}, "timestamp_invalid"),
    ({"webhook-timestamp": "1000000000"}, "timestamp_stale"),
    ({"webhook-signature": "v1,"}, "signature_invalid"),
    ({"webhook-signature": "v1a,AAAA"}, "signature_invalid"),
    ({"webhook-signature": " "}, "signature_invalid"),
]


def test_a_header_out_of_order_is_401(client: FlaskClient) -> None:
    body = event("msg_1")
    for change, code in HEADERS_OUT_OF_ORDER:
        headers = {k: v for k, v in {**signed("msg_1", body), **change}.items() if v is not None}
        answer = deliver(client, "msg_1", body, headers)
        assert (answer.status, answer.outcome) == (401, code), change

    assert inbox() == []


def test_five_minutes_of_clock_difference_are_forgiven(client: FlaskClient) -> None:
    body = event("msg_1")
    for offset, status in ((-295, 202), (295, 202), (-305, 401), (305, 401)):
        headers = signed("msg_1", body, at=time.time() + offset)
        assert deliver(client, "msg_1", body, headers).status == status, offset


def test_any_v1_entry_of_a_list_is_enough_but_the_list_is_bounded(client: FlaskClient) -> None:
    body = event("msg_1")
    headers = signed("msg_1", body)
    good = headers["webhook-signature"]

    listed = deliver(
        client, "msg_1", body, {**headers, "webhook-signature": f"v1a,xx v1,bad= {good} v2,yy"}
    )
    flooded = deliver(
        client, "msg_1", body, {**headers, "webhook-signature": " ".join([good] * 50)}
    )

    assert (listed.status, flooded.status) == (202, 401)


def test_both_secrets_count_while_one_replaces_the_other(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = WEBHOOK_SECRET, "ws_" + "6b" * 32
    statuses = {}
    for stage, secrets in {"before": old, "during": f"{new},{old}", "after": new}.items():
        monkeypatch.setenv("WHOP_WEBHOOK_SECRETS", secrets)
        forget_settings()
        client = create_app().test_client()
        for name, secret in {"old": old, "new": new}.items():
            webhook_id = f"msg_{stage}_{name}"
            body = event(webhook_id)
            headers = signed(webhook_id, body, secret=secret)
            statuses[stage, name] = deliver(client, webhook_id, body, headers).status

    assert statuses == {
        ("before", "old"): 202, ("before", "new"): 401,
        ("during", "old"): 202, ("during", "new"): 202,
        ("after", "old"): 401, ("after", "new"): 202,
    }  # fmt: skip


def test_without_any_secret_nothing_is_genuine(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHOP_WEBHOOK_SECRETS", "")
    forget_settings()
    body = event("msg_1")

    answer = deliver(create_app().test_client(), "msg_1", body, signed("msg_1", body, secret=""))

    assert answer.status == 401


def test_a_webhook_of_the_old_scheme_is_told_what_to_do(client: FlaskClient) -> None:
    body = json.dumps({"api_version": "v5", "action": "payment.succeeded", "data": {}}).encode()
    headers = {"content-type": "application/json", "x-whop-signature": "t=1786381404,v1=00ff"}

    answer = deliver(client, "msg_1", body, headers)

    assert (answer.status, answer.outcome) == (401, "old_webhook_version")
    assert "v1 webhook" in answer.body["error"]["message"]


def test_only_json_is_taken(client: FlaskClient) -> None:
    body = event("msg_1")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = deliver(client, "msg_1", body, {**signed("msg_1", body), "content-type": kind})
        assert (answer.status, answer.outcome) == (415, "unsupported_media_type")

    charset = {**signed("msg_1", body), "content-type": "application/json; charset=utf-8"}
    assert deliver(client, "msg_1", body, charset).status == 202


def test_a_megabyte_is_the_most_and_a_byte_more_is_refused(client: FlaskClient) -> None:
    room = MIB - len(event("msg_1", data=""))

    fits = deliver(client, "msg_1", event("msg_1", data="x" * room))
    too_large = deliver(client, "msg_2", event("msg_2", data="x" * (room + 1)))

    assert (fits.status, too_large.status) == (202, 413)
    assert len(inbox()) == 1


def test_other_methods_are_refused_in_the_envelope(client: FlaskClient) -> None:
    answer = client.get(DOOR)

    assert answer.status_code == 405
    assert answer.json is not None
    assert answer.json["error"]["code"] == "method_not_allowed"


def test_a_refusal_leaves_one_audit_line_without_body_or_secret(
    client: FlaskClient, capfd: pytest.CaptureFixture[str], settings: Settings
) -> None:
    client = create_app().test_client()  # logs to what this test captures
    body = event("msg_1", data={"email": "ada@example.com"})
    headers = {**signed("msg_1", body), "webhook-signature": "v1,AAAA"}

    deliver(client, "msg_1", body, headers)

    lines = [line for line in capfd.readouterr().err.splitlines() if "webhook_refused" in line]
    assert len(lines) == 1
    assert "signature_invalid" in lines[0]
    assert "msg_1" in lines[0]
    assert "ada@example.com" not in lines[0]
    assert WEBHOOK_SECRET not in lines[0]


def test_every_answer_carries_its_request_id_and_safe_headers(client: FlaskClient) -> None:
    body = event("msg_1")

    named = deliver(client, "msg_1", body, {**signed("msg_1", body), "x-request-id": "abc-1"})
    odd = deliver(client, "msg_1", body, {**signed("msg_1", body), "x-request-id": "a b\tc"})

    assert named.headers["X-Request-ID"] == "abc-1"
    assert len(odd.headers["X-Request-ID"]) == 32
    assert named.headers["X-Content-Type-Options"] == "nosniff"
    assert named.headers["Referrer-Policy"] == "no-referrer"
    assert "X-Frame-Options" not in named.headers
    assert named.headers["Cache-Control"] == "no-store"


def test_the_signature_is_the_one_of_standard_webhooks(client: FlaskClient) -> None:
    import base64  # noqa: PLC0415 - the odd key rule belongs to this test
    from datetime import UTC, datetime  # noqa: PLC0415

    from standardwebhooks import Webhook  # noqa: PLC0415

    body, now = event("msg_1"), datetime.now(UTC)
    library = Webhook(base64.b64encode(WEBHOOK_SECRET.encode()).decode())

    theirs = library.sign("msg_1", now, body.decode())

    assert theirs == sign(WEBHOOK_SECRET, "msg_1", int(now.timestamp()), body)
    headers = {**signed("msg_1", body, at=now.timestamp()), "webhook-signature": theirs}
    assert deliver(client, "msg_1", body, headers).status == 202


def test_a_full_house_is_told_to_come_again_at_once(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "_in_work", threading.BoundedSemaphore(1))
    with webhooks._in_work:
        full = deliver(client, "msg_1", event("msg_1"))
    room = deliver(client, "msg_1", event("msg_1"))

    assert (full.status, full.outcome) == (503, "busy")
    assert int(full.headers["Retry-After"]) > 0
    assert room.outcome == "accepted"
