"""The settings and parts of one local installation: what is set wins, the rest is embedded.

Secrets are made once and remembered; ports are the same as last time where they are still free.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from cli.addresses import trouble_with
from cli.environment import python
from cli.health import forget_signs, silence_of
from cli.local import postgres, valkey
from cli.local.ports import claim_port
from cli.local.postgres import Postgres
from cli.local.processes import NotReady, Part, PartFailed, trouble_at
from cli.local.state import State

HOST = "127.0.0.1"
WEB_PORT = 8000
LISTENING = ("web", "relay", "flower", "twin")
OPERATOR = "user_demo_operator"
FLOWER_USER = "legends"


@dataclass(frozen=True)
class Installation:
    """What `legends up` runs. `twin` says whether Whop is simulated.

    `notes` are lines for the operator: what is not as last time.
    """

    servers: tuple[Part, ...]
    postgres: Postgres | None
    environment: dict[str, str]
    ports: dict[str, int]
    twin: bool
    logs: Path
    notes: tuple[str, ...] = ()

    def url(self, name: str) -> str:
        """The address of one of our own web servers."""
        return f"http://127.0.0.1:{self.ports[name]}"


def plan(state: State, values: Mapping[str, str], web_port: int | None) -> Installation:
    """Prepare the embedded servers that are needed and settle every setting."""
    ports = choose_ports(state, web_port)
    environment = {"LEGENDS_HOME": str(state.home)}
    servers: list[Part] = []
    database = None
    if not values.get("DATABASE_URL"):
        database = postgres.prepare(state)
        servers.append(database.part)
        environment["DATABASE_URL"] = database.url()
    if not values.get("REDIS_URL"):
        cache = valkey.prepare(state, "cache")
        servers.append(cache.part)
        environment["REDIS_URL"] = cache.url()
        if not values.get("CELERY_BROKER_URL"):
            broker = valkey.prepare(state, "broker")
            servers.append(broker.part)
            environment["CELERY_BROKER_URL"] = broker.url()
    # A Whop that somebody named, or a key for the real one, is never replaced by the twin.
    twin = not values.get("WHOP_API_URL") and not values.get("WHOP_API_KEY")
    environment |= unset(values, own_settings(state, ports))
    if twin:
        environment |= unset(values, twin_settings(state, ports))
    logs, notes = state.home / "logs", tuple(state.notes)
    return Installation(tuple(servers), database, environment, ports, twin, logs, notes)


def choose_ports(state: State, web_port: int | None) -> dict[str, int]:
    """A free port for each web server. The asked one is not replaced.

    The last port stays remembered while another program has it, for the sake of bookmarks.
    """
    why = trouble_with(HOST, web_port) if web_port else ""
    if why:
        raise PartFailed(why)
    first = {"web": web_port or state.port("web") or WEB_PORT}
    return {
        name: claim_port(state, name, first.get(name, 0), lasting=bool(web_port) and name == "web")
        for name in LISTENING
    }


def own_settings(state: State, ports: Mapping[str, int]) -> dict[str, str]:
    """Addresses and secrets of this installation."""
    return {
        "PUBLIC_URL": f"http://127.0.0.1:{ports['web']}",
        "RELAY_URL": f"http://127.0.0.1:{ports['relay']}",
        "FLOWER_AUTH": f"{FLOWER_USER}:{state.text('flower_password', secrets.token_urlsafe)}",
        "SESSION_SECRETS": state.text("session_secret", lambda: secrets.token_urlsafe(48)),
        "ENCRYPTION_KEYS": state.text("encryption_key", new_encryption_key),
        "WHOP_WEBHOOK_SECRETS": state.text("webhook_secret", new_webhook_secret),
    }


def twin_settings(state: State, ports: Mapping[str, int]) -> dict[str, str]:
    """What makes the system talk to the simulated Whop, and the simulated Whop to be let in."""
    public, twin = (f"http://127.0.0.1:{ports[name]}" for name in ("web", "twin"))
    return {
        "WHOP_API_URL": f"{twin}/api/v1",
        "WHOP_JWKS_URL": f"{twin}/.well-known/jwks.json",
        "WHOP_API_KEY": state.text("twin_api_key", lambda: f"apik_{secrets.token_hex(24)}"),
        "WHOP_APP_ID": "app_development",
        "ALLOWED_ORIGINS": f"{public},{twin}",
        "OPERATORS": OPERATOR,
    }


def unset(values: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    """Those of our settings that nobody set."""
    return {name: value for name, value in ours.items() if not values.get(name)}


def new_encryption_key() -> str:
    """One AES-256 key as ENCRYPTION_KEYS wants it."""
    return f"k{secrets.token_hex(3)}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def new_webhook_secret() -> str:
    """A webhook secret of the form that Whop gives out."""
    return f"ws_{secrets.token_hex(32)}"


def own_part(plan: Installation, name: str, *arguments: str, health: tuple[str, ...] = ()) -> Part:
    """One of our own programs: `legends <name> <arguments>`, ready when its pages answer."""
    listens = name in plan.ports
    where = ("--port", str(plan.ports[name])) if listens else ()
    return Part(
        name=name,
        command=python("-m", "cli.main", name, *where, *arguments),
        log=plan.logs / f"{name}.log",
        env=plan.environment,
        port=plan.ports.get(name, 0),
        ready=lambda: all_answer([plan.url(name) + path for path in health]),
    )


def silent_part(plan: Installation, name: str, *arguments: str) -> Part:
    """One of our own programs that listens nowhere, ready when it has given its signs of life."""
    home = Path(plan.environment["LEGENDS_HOME"])
    return replace(
        own_part(plan, name, *arguments),
        before=partial(forget_signs, home, name),
        ready=lambda: gives_signs(home, name),
    )


def gives_signs(home: Path, name: str) -> bool:
    """True when the part's signs of life are fresh. Raises NotReady, why not."""
    why = silence_of(home, name)
    if why:
        raise NotReady(why)
    return True


def all_answer(urls: Sequence[str]) -> bool:
    """True when each of the URLs answers. Raises NotReady with what the first other one says."""
    for url in urls:
        why = trouble_at(url)
        if why:
            raise NotReady(why)
    return True
