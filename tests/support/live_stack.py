"""The whole system as real processes: twin, web, relay, worker and poll over servers of the test.

For journeys in a browser. Each journey plays a person of the twin's demo company whom no other
plays, so that they share one start.
"""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from cli.local.installation import Installation, own_part, plan
from cli.local.processes import Part, await_ready, end, free_port, kill_group, spawn
from cli.local.state import State
from simulator.cast import DEMO_COMPANY
from simulator.frame import COOKIE
from simulator.signing import headers as signed_headers
from tests.rules.making import event, iso
from tests.support.company_life import payment_data

START_SECONDS = 150.0
PAGE = "/experiences/exp_demo"
LIVE = "/health/live"
_numbers = itertools.count(1)


@dataclass
class LiveStack:
    """Addresses of a running system; `relay` changes when it is started again."""

    installation: Installation
    environment: Mapping[str, str]
    relay_part: Part
    relay: subprocess.Popen[bytes]

    @property
    def web(self) -> str:
        """The app itself, as a browser outside Whop sees it."""
        return self.installation.url("web")

    @property
    def page(self) -> str:
        """The member's page inside the local Whop."""
        return self.installation.url("twin") + PAGE

    def door_of(self, user_id: str) -> str:
        """The address that signs a browser in as this person and leads to their page."""
        return f"{self.installation.url('twin')}/open?user={user_id}&to={PAGE}"

    def code_of(self, user_id: str) -> str:
        """The person's referral code, asked for through the frame as their page would."""
        api = f"{self.installation.url('twin')}/api/v1"
        with httpx.Client(cookies={COOKIE: user_id}, trust_env=False, timeout=30) as client:
            opened = client.post(f"{api}/auth", json={"experience_id": PAGE.rpartition("/")[2]})
            bearer = {"Authorization": f"Bearer {opened.json()['data']['token']}"}
            made = client.post(f"{api}/referrals/generate", json={}, headers=bearer)
        return str(made.json()["data"]["code"])

    def buys(self, buyer: str, code: str, total: str = "44.10") -> None:
        """A buyer pays through a member's link, and Whop tells the app so."""
        self.tells("payment.succeeded", payment_data(buyer, code, total, payment_id=f"pay_{buyer}"))

    def tells(self, kind: str, data: Mapping[str, Any]) -> None:
        """Sign a webhook and post it to the real door."""
        now = datetime.now(UTC)
        webhook_id = f"msg_live_{next(_numbers)}"
        told = event(kind, data, id=webhook_id, account_id=DEMO_COMPANY, timestamp=iso(now))
        body = json.dumps(told).encode()
        secret = self.environment["WHOP_WEBHOOK_SECRETS"]
        signed = signed_headers(secret, webhook_id, int(now.timestamp()), body)
        door = f"{self.web}/webhooks/whop"
        answer = httpx.post(door, content=body, headers=signed, trust_env=False, timeout=30)
        assert answer.json() == {"status": "accepted"}

    def kill_relay(self) -> None:
        """The relay and its workers die at once, without a word to anybody."""
        kill_group(self.relay.pid)
        self.relay.wait()

    def start_relay(self) -> None:
        """Start it again where it was."""
        self.relay = spawn(self.relay_part)
        await_ready(self.relay_part, self.relay, START_SECONDS)


@contextmanager
def running_stack(home: Path, environment: Mapping[str, str]) -> Iterator[LiveStack]:
    """Start every part side by side, wait until all answer, and end them after the block."""
    installation = plan(State(home), environment, free_port())
    everything = {**environment, **installation.environment}
    web = own_part(installation, "web", "--workers", "1", health=(LIVE, "/health/ready"))
    relay = own_part(installation, "relay", health=(LIVE,))
    others = [
        own_part(installation, "twin", health=(LIVE,)),
        own_part(installation, "worker", "--concurrency", "1"),
        own_part(installation, "poll"),
    ]
    parts = [replace(part, env={**everything, **part.env}) for part in (web, *others, relay)]
    with ExitStack() as stack:
        processes = [spawned(stack, part) for part in parts[:-1]]
        live = LiveStack(installation, everything, parts[-1], spawn(parts[-1]))
        stack.callback(lambda: end(live.relay_part, live.relay))
        for part, process in zip(parts, [*processes, live.relay], strict=True):
            await_ready(part, process, START_SECONDS)
        yield live


def spawned(stack: ExitStack, part: Part) -> subprocess.Popen[bytes]:
    process = spawn(part)
    stack.callback(lambda: end(part, process))
    return process
