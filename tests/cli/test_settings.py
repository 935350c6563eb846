"""Settings in production: everything missing or unsafe is named at once; development is lenient."""

from __future__ import annotations

import base64

import pytest

from settings import UnsafeSettings, load

KEY = base64.b64encode(b"k" * 32).decode()
GOOD = {
    "LEGENDS_ENV": "production",
    "DATABASE_URL": "postgres://legends:word@db/legends",
    "REDIS_URL": "redis://cache/0",
    "CELERY_BROKER_URL": "redis://broker/0",
    "WHOP_API_KEY": "apik_x",
    "WHOP_APP_ID": "app_x",
    "WHOP_WEBHOOK_SECRETS": "ws_" + "5a" * 32,
    "PUBLIC_URL": "https://legends.example",
    "RELAY_URL": "https://relay.legends.example",
    "ENCRYPTION_KEYS": f"new:{KEY},old:{KEY}",
    "SESSION_SECRETS": "s" * 40,
    "FLOWER_AUTH": "admin:twelve-chars",
}
UNSAFE = {
    "DATABASE_URL": ["mysql://db/legends", "sqlite:///legends.db", "postgresql+asyncpg://db/x"],
    "PUBLIC_URL": ["http://legends.example", "https://"],
    "RELAY_URL": ["http://relay.legends.example", "ws://relay.legends.example", "wss://relay.x"],
    "WHOP_API_URL": ["http://api.whop.com/api/v1", "api.whop.com", ""],
    "WHOP_JWKS_URL": ["http://api.whop.com/.well-known/jwks.json"],
    "ALLOWED_ORIGINS": [
        "https://*", "http://other.example", "https://*.com", "https://legends.*",
        "https://app.*.example.com", "https://*.*.example.com", "https://*legends.example",
        "*", "null", "https://legends.example/page", "https://legends.example,*.apps.whop.com", ",",
    ],
    "FLOWER_AUTH": ["admin", "admin:short", ":only-a-password", "admin:eleven-char"],
    "ENCRYPTION_KEYS": [f"one:{KEY},one:{KEY}"],
    "CELERY_BROKER_URL": ["redis://cache/0"],
}  # fmt: skip


def problems(**changed: str) -> list[str]:
    try:
        load({**GOOD, **changed})
    except UnsafeSettings as unsafe:
        return unsafe.problems
    return []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql+psycopg2://db/legends"),
        ("RELAY_URL", "https://relay.legends.example:8443/"),
        ("ALLOWED_ORIGINS", "https://legends.example,https://*.apps.whop.com,https://a.b:8443"),
        ("CELERY_BROKER_URL", "amqp://broker/"),
        ("FLOWER_AUTH", "admin:with:colons:inside"),
    ],
)
def test_production_starts_with_what_is_safe(name: str, value: str) -> None:
    assert problems() == []
    assert problems(**{name: value}) == []


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in UNSAFE.items() for value in values]
)
def test_production_refuses_each_unsafe_setting_by_its_name(name: str, value: str) -> None:
    [problem] = problems(**{name: value})

    assert problem.startswith(name)
    assert "eleven-char" not in problem


def test_everything_wrong_is_named_at_once() -> None:
    unsafe = {name: values[0] for name, values in UNSAFE.items() if name != "CELERY_BROKER_URL"}
    named = {problem.split()[0].rstrip(":") for problem in problems(**unsafe, REDIS_URL="")}

    assert named == {*unsafe, "REDIS_URL"}


def test_development_and_test_take_what_runs_on_this_machine() -> None:
    for env in ("development", "test"):
        for name, values in UNSAFE.items():
            assert load({**GOOD, "LEGENDS_ENV": env, name: values[0]}).env == env
