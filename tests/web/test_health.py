"""Health, readiness, metrics, and errors that nobody planned."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import redis
from flask.testing import FlaskClient

from game.services.operations import health_checks
from models.session import engine
from settings import Settings
from tests.conftest import forget_settings
from tests.support.faults import Controlled
from tests.support.web import deliver, event
from web.app import create_app
from workers import app as celery_app
from workers.broker_check import broker


def checks(client: FlaskClient) -> tuple[int, dict[str, bool]]:
    answer = client.get("/health/ready")
    assert answer.json is not None
    return answer.status_code, {name: c["ok"] for name, c in answer.json["checks"].items()}


def test_a_healthy_part_is_live_and_ready_and_names_its_latencies(client: FlaskClient) -> None:
    live, overview = client.get("/health/live"), client.get("/health")

    assert (live.status_code, live.json) == (200, {"status": "live"})
    assert checks(client)[0] == 200
    assert overview.json is not None
    assert overview.json["status"] == "ok"
    assert set(overview.json["checks"]) == {"postgres", "migrations", "clock", "redis", "broker"}
    assert all(each["latency_ms"] > 0 for each in overview.json["checks"].values())


def test_a_database_behind_the_code_is_not_ready(client: FlaskClient) -> None:
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")

    status, found = checks(client)

    assert (status, found["migrations"], found["postgres"]) == (503, False, True)


def test_without_servers_it_lives_but_is_not_ready_and_says_no_address(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://legends:secret-word@127.0.0.1:9/none")
    monkeypatch.setenv("REDIS_URL", "redis://:other-word@127.0.0.1:9/0")
    forget_settings()
    client = create_app().test_client()

    status, found = checks(client)

    assert client.get("/health/live").status_code == 200
    assert (status, set(found.values())) == (503, {False})
    assert 'legends_up{server="postgres"} 0.0' in client.get("/metrics").text
    told = client.get("/health").text
    assert "secret-word" not in told
    assert "other-word" not in told
    assert "127.0.0.1" not in told


def test_a_broker_that_is_away_is_shown_but_keeps_nobody_from_being_ready(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://:other-word@127.0.0.1:9/0")
    forget_settings()
    celery_app.current.cache_clear()
    client = create_app().test_client()

    overview = client.get("/health")

    assert overview.json is not None
    assert overview.json["status"] == "degraded"
    assert overview.json["checks"]["broker"]["ok"] is False
    assert "other-word" not in overview.text
    assert checks(client)[0] == 200


def test_a_broker_that_evicts_queues_is_not_healthy(
    settings: Settings, own_valkey: Controlled, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(redis.Redis.from_url(own_valkey.url)) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
    monkeypatch.setenv("CELERY_BROKER_URL", own_valkey.url)
    forget_settings()
    celery_app.current.cache_clear()

    with pytest.raises(health_checks.Unhealthy, match="allkeys-lru"):
        broker(datetime.now(UTC))


def test_a_clock_two_minutes_off_is_not_healthy(settings: Settings) -> None:
    now = datetime.now(UTC)

    assert "from the database's clock" in health_checks.clock(now + timedelta(seconds=100))
    for wrong in (now + timedelta(seconds=130), now - timedelta(seconds=130)):
        with pytest.raises(health_checks.Unhealthy, match="clock"):
            health_checks.clock(wrong)


def test_metrics_count_answers_and_name_nobody(client: FlaskClient) -> None:
    deliver(client, "msg_metrics", event("msg_metrics"))
    deliver(client, "msg_metrics", b"not json")
    client.get("/api/v1/me")
    client.open("/anything", method="BREW")

    told = client.get("/metrics").text

    assert 'legends_inbox_rows{state="waiting"} 1.0' in told
    assert "legends_inbox_oldest_waiting_seconds 0." in told
    assert "legends_spool_entries 0.0" in told
    assert 'legends_up{server="postgres"} 1.0' in told
    assert 'legends_webhooks_total{answer="accepted"}' in told
    assert 'legends_webhooks_total{answer="not_an_event"}' in told
    assert "legends_webhook_seconds_bucket" in told
    assert 'legends_http_requests_total{method="GET",route="/api/v1/me",status="401"}' in told
    assert "BREW" not in told
    assert "msg_metrics" not in told


def test_a_fault_of_ours_is_a_plain_500_without_insides(settings: Settings) -> None:
    app = create_app()

    @app.get("/api/v1/broken")
    def broken() -> str:
        raise RuntimeError("inside knowledge")

    answer = app.test_client().get("/api/v1/broken")

    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["error"]["code"] == "internal"
    assert answer.json["meta"]["request_id"] == answer.headers["X-Request-ID"]
    assert "inside" not in answer.text


def test_unknown_paths_and_methods_answer_in_the_envelope(client: FlaskClient) -> None:
    nowhere, wrong = client.get("/api/v1/nowhere"), client.delete("/api/v1/me", json={})

    for answer, status, code in ((nowhere, 404, "not_found"), (wrong, 405, "method_not_allowed")):
        assert answer.status_code == status
        assert answer.json is not None
        assert (answer.json["success"], answer.json["error"]["code"]) == (False, code)
    assert "GET" in wrong.headers["Allow"]


def test_production_demands_transport_security(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, client: FlaskClient
) -> None:
    local = client.get("/health/live")
    for name, value in {
        "LEGENDS_ENV": "production",
        "WHOP_API_KEY": "apik_x",
        "WHOP_WEBHOOK_SECRETS": "ws_" + "5a" * 32,
        "PUBLIC_URL": "https://legends.example",
        "RELAY_URL": "https://relay.legends.example",
        "ENCRYPTION_KEYS": "one:" + "QUFB" * 10 + "QUE=",
        "SESSION_SECRETS": "s" * 40,
        "FLOWER_AUTH": "admin:long-enough-password",
    }.items():
        monkeypatch.setenv(name, value)
    forget_settings()

    secured = create_app().test_client().get("/health/live")

    assert "Strict-Transport-Security" not in local.headers
    assert "max-age=31536000" in secured.headers["Strict-Transport-Security"]


def test_the_address_is_the_proxys_word_only_when_proxies_are_trusted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for trusted, address in (("0", "127.0.0.1"), ("1", "203.0.113.9")):
        monkeypatch.setenv("TRUSTED_PROXIES", trusted)
        forget_settings()
        create_app().test_client().post(
            "/webhooks/whop",
            data=b"{}",
            content_type="application/json",
            headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"},
        )
        assert f"address={address}" in capfd.readouterr().err
