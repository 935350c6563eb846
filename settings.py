"""Every setting of the system, read once from the environment and checked together.

`load()` is the only reader of environment variables. In development and test a missing value
gets a safe local default; in staging and production every missing or unsafe value is named in
one error, so that an operator mends the installation in one go.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

PROJECT = Path(__file__).resolve().parent
ENVIRONMENTS = ("development", "test", "staging", "production")
WHOP_API = "https://api.whop.com/api/v1"
WHOP_JWKS = "https://api.whop.com/.well-known/jwks.json"

# Development keys: public on purpose, refused outside development and test.
DEV_SESSION_SECRET = "development-session-secret-not-for-production"  # noqa: S105
DEV_ENCRYPTION_KEY = "dev:" + base64.b64encode(b"development-encryption-key-32byt").decode()
MIN_SECRET_CHARS = 32
MIN_PASSWORD_CHARS = 12
AES_KEY_BYTES = 32
POSTGRES = "postgresql+psycopg2://"

_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
# A wildcard stands for one label in front of a name that somebody owns, never for all of `.com`.
_ORIGIN = re.compile(
    rf"https://({_LABEL}(\.{_LABEL})*|\*\.{_LABEL}(\.{_LABEL})+)(:[0-9]{{1,5}})?/?", re.IGNORECASE
)


class UnsafeSettings(Exception):
    """The settings cannot be used; `problems` lists every reason, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclass(frozen=True)
class EncryptionKey:
    """One AES-256 key. `id` is stored beside each value it sealed."""

    id: str
    key: bytes


@dataclass(frozen=True)
class Settings:
    """The checked settings. Empty strings mean "not set".

    `database_replica_url`, `features`, `sentry_dsn` and `otel_endpoint` are reserved: they are
    read, and have no effect yet.
    """

    env: str
    home: Path
    database_url: str
    database_replica_url: str
    redis_url: str
    broker_url: str
    whop_api_key: str
    whop_app_id: str
    whop_webhook_secrets: tuple[str, ...]
    whop_api_url: str
    whop_jwks_url: str
    whop_proxy_url: str
    public_url: str
    relay_url: str
    encryption_keys: tuple[EncryptionKey, ...]
    session_secrets: tuple[str, ...]
    features: frozenset[str]
    operators: frozenset[str]
    allowed_origins: tuple[str, ...]
    flower_auth: str
    sentry_dsn: str
    otel_endpoint: str
    log_format: str
    trusted_proxies: int

    @property
    def is_local(self) -> bool:
        """True in development and test, where local defaults and `legends token` are allowed."""
        return self.env in ("development", "test")


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings. Raise UnsafeSettings with every problem at once."""
    values = dict(environ) if environ is not None else process_environment()
    problems: list[str] = []
    env = values.get("LEGENDS_ENV", "development")
    if env not in ENVIRONMENTS:
        raise UnsafeSettings([f"LEGENDS_ENV must be one of {', '.join(ENVIRONMENTS)}, not {env!r}"])
    local = env in ("development", "test")
    redis_url = values.get("REDIS_URL", "")
    public_url = values.get("PUBLIC_URL", "http://127.0.0.1:8000" if local else "").rstrip("/")
    settings = Settings(
        env=env,
        home=home_folder(values),
        database_url=_psycopg2_url(values.get("DATABASE_URL", "")),
        database_replica_url=_psycopg2_url(values.get("DATABASE_REPLICA_URL", "")),
        redis_url=redis_url,
        broker_url=values.get("CELERY_BROKER_URL", "") or redis_url,
        whop_api_key=values.get("WHOP_API_KEY", ""),
        whop_app_id=values.get("WHOP_APP_ID", "app_development" if local else ""),
        whop_webhook_secrets=_words(values.get("WHOP_WEBHOOK_SECRETS", "")),
        whop_api_url=values.get("WHOP_API_URL", WHOP_API).rstrip("/"),
        whop_jwks_url=values.get("WHOP_JWKS_URL", WHOP_JWKS),
        whop_proxy_url=_proxy_url(values.get("WHOP_PROXY_URL", ""), problems),
        public_url=public_url,
        relay_url=values.get("RELAY_URL", "http://127.0.0.1:8001" if local else "").rstrip("/"),
        encryption_keys=_encryption_keys(
            values.get("ENCRYPTION_KEYS", DEV_ENCRYPTION_KEY if local else ""), problems
        ),
        session_secrets=_words(values.get("SESSION_SECRETS", DEV_SESSION_SECRET if local else "")),
        features=frozenset(_words(values.get("FEATURES", ""))),
        operators=frozenset(_words(values.get("OPERATORS", ""))),
        allowed_origins=_words(
            values.get("ALLOWED_ORIGINS", f"{public_url},https://*.apps.whop.com")
        ),
        flower_auth=values.get("FLOWER_AUTH", ""),
        sentry_dsn=values.get("SENTRY_DSN", ""),
        otel_endpoint=values.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
        log_format=values.get("LOG_FORMAT", "console" if local else "json"),
        trusted_proxies=_count(values.get("TRUSTED_PROXIES", "0"), "TRUSTED_PROXIES", problems),
    )
    if settings.log_format not in ("json", "console"):
        problems.append(f"LOG_FORMAT must be json or console, not {settings.log_format!r}")
    if not local:
        problems += _production_problems(settings)
    if problems:
        raise UnsafeSettings(problems)
    return settings


@cache
def current() -> Settings:
    """The settings of this process, read on first use; `current.cache_clear()` forgets them."""
    return load()


def home_folder(values: Mapping[str, str]) -> Path:
    """Where the embedded installation lives: LEGENDS_HOME, else `.legends` in the project.

    A relative one, as `.env` may name it, lies in the project too; one of the environment has been
    made absolute where it was said (`cli/environment.py`).
    """
    return (PROJECT / (values.get("LEGENDS_HOME") or ".legends")).resolve()


def process_environment() -> dict[str, str]:
    """The process environment; in development `.env` beside this file fills the gaps."""
    if os.environ.get("LEGENDS_ENV", "development") != "development":
        return dict(os.environ)
    from_file = {
        name: value for name, value in dotenv_values(PROJECT / ".env").items() if value is not None
    }
    return {**from_file, **os.environ}


def _psycopg2_url(url: str) -> str:
    """Name the driver: SQLAlchemy 2.1 would open a bare postgresql:// with psycopg 3."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return POSTGRES + url.removeprefix(prefix)
    return url


def _proxy_url(url: str, problems: list[str]) -> str:
    """The way out to Whop, if there is a proxy. It may hold a password and is never repeated."""
    if url and not (url.startswith(("http://", "https://")) and _host_of(url)):
        problems.append("WHOP_PROXY_URL must be http://host:port or https://host:port")
    return url


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _words(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())


def _count(value: str, name: str, problems: list[str]) -> int:
    if value.isascii() and value.isdigit():
        return int(value)
    problems.append(f"{name} must be a whole number of zero or more, not {value!r}")
    return 0


def _encryption_keys(value: str, problems: list[str]) -> tuple[EncryptionKey, ...]:
    """Parse `id:base64,id:base64`; the first encrypts, all decrypt."""
    keys = []
    for word in _words(value):
        key_id, _, encoded = word.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not key_id or len(key) != AES_KEY_BYTES:
            problems.append(f"ENCRYPTION_KEYS: key {key_id!r} is not id:base64 of 32 bytes")
        else:
            keys.append(EncryptionKey(key_id, key))
    return tuple(keys)


def _production_problems(settings: Settings) -> list[str]:
    """What staging and production must not start with."""
    required = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "WHOP_API_KEY": settings.whop_api_key,
        "WHOP_APP_ID": settings.whop_app_id,
        "WHOP_WEBHOOK_SECRETS": settings.whop_webhook_secrets,
        "PUBLIC_URL": settings.public_url,
        "RELAY_URL": settings.relay_url,
        "ENCRYPTION_KEYS": settings.encryption_keys,
        "SESSION_SECRETS": settings.session_secrets,
        "FLOWER_AUTH": settings.flower_auth,
    }
    problems = [f"{name} is not set" for name, value in required.items() if not value]
    problems += _server_problems(settings)
    problems += _secret_problems(settings)
    problems += _address_problems(settings)
    return problems


def _server_problems(settings: Settings) -> Iterator[str]:
    if settings.database_url and not settings.database_url.startswith(POSTGRES):
        yield "DATABASE_URL must begin with postgresql:// (or postgres://, postgresql+psycopg2://)"
    if settings.redis_url and settings.redis_url == settings.broker_url:
        yield "CELERY_BROKER_URL must be another Redis than REDIS_URL (or amqp://)"


def _secret_problems(settings: Settings) -> Iterator[str]:
    """What is wrong with keys and passwords; none of them is ever part of a sentence."""
    if any(key.key == b"development-encryption-key-32byt" for key in settings.encryption_keys):
        yield "ENCRYPTION_KEYS holds the public development key"
    ids = [key.id for key in settings.encryption_keys]
    for key_id in sorted({key_id for key_id in ids if ids.count(key_id) > 1}):
        yield f"ENCRYPTION_KEYS: two keys have the id {key_id!r}"
    if any(len(secret) < MIN_SECRET_CHARS for secret in settings.session_secrets):
        yield f"SESSION_SECRETS: each needs at least {MIN_SECRET_CHARS} characters"
    if DEV_SESSION_SECRET in settings.session_secrets:
        yield "SESSION_SECRETS holds the public development secret"
    if any(not secret.startswith("ws_") for secret in settings.whop_webhook_secrets):
        yield "WHOP_WEBHOOK_SECRETS: each begins with ws_, exactly as Whop shows it"
    user, _, password = settings.flower_auth.partition(":")
    if settings.flower_auth and not (user and len(password) >= MIN_PASSWORD_CHARS):
        yield f"FLOWER_AUTH must be user:password, the password {MIN_PASSWORD_CHARS} characters up"


def _address_problems(settings: Settings) -> Iterator[str]:
    """Browsers and Whop are spoken to over TLS only; the relay's wss:// is made from its https://."""
    for name, url in {
        "PUBLIC_URL": settings.public_url,
        "RELAY_URL": settings.relay_url,
        "WHOP_API_URL": settings.whop_api_url,
        "WHOP_JWKS_URL": settings.whop_jwks_url,
    }.items():
        required_elsewhere = not url and name in {"PUBLIC_URL", "RELAY_URL"}
        if not required_elsewhere and not _is_https(url):
            yield f"{name} must begin with https:// and name a host"
    if not settings.allowed_origins:
        yield "ALLOWED_ORIGINS allows nobody"
    for origin in settings.allowed_origins:
        is_named_above = origin == settings.public_url and not _is_https(origin)
        if not is_named_above and not _ORIGIN.fullmatch(origin):
            yield (
                f"ALLOWED_ORIGINS: {origin!r} is not https://host; a leading *. needs two labels "
                "behind it"
            )


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)
