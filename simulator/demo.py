"""The demo: members go through the app's real door, then their company's life is streamed to it.

Everything a run sends carries ids of that run; the people are the same every time.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import httpx

from settings import Settings
from simulator import checkouts
from simulator.bodies import WebhookBody
from simulator.cast import Cast, cast
from simulator.chaos import chaos, is_lost
from simulator.door import AppRefused, Visit, click, new_client, peek, unwrap
from simulator.record import introduce, record
from simulator.sender import Sender
from simulator.store import Store
from simulator.tokens import TokenMint
from simulator.world import World

CLASSES = ("scout", "sage", "champion")
# Measured over long runs of the world: what one arrival tells in its whole life.
EVENTS_PER_ARRIVAL = 6.6
# How long a month of the story takes: short enough to see renewals, long enough to follow.
ENDLESS_MONTH_SECONDS = 120.0
MONTH_DAYS = 30
LEAD_MONTHS = 1.5
HERO_SHARE = 8
CLICKERS = 6
CLICKS_AT_FIRST = 3
DOUBLED, DISORDER = 0.08, 0.5
CHUNK_SECONDS = 5
LIFE_PAUSE_SECONDS = 4.0
SETTLE_SECONDS = 180.0
HURRY_SECONDS = 2.0
START_SECONDS = 60.0
# The app asks Whop for checkouts in the background: a matter of a second, or of its next sweep.
CHECKOUT_SECONDS = 45.0
# A local app that was away is back in seconds: Whop's 30 s become 0.6 s.
RETRY_SCALE = 0.02
Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What the command line asked for. `seconds` 0 = until stopped.

    `lost` is the share of webhooks about money that Whop never delivers, and shows when asked.
    """

    company_id: str
    members: int
    rate: float
    seconds: float
    seed: int
    lost: float = 0.0


@dataclass
class Figures:
    """What the run came to. `settled` is None where the app would not tell us."""

    sent: int = 0
    accepted: int = 0
    duplicate: int = 0
    refused: int = 0
    settled: int | None = None
    claimed: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return self.refused == 0 and self.settled is not None


class Demo:
    """One run. `stopping` ends it early from anywhere."""

    def __init__(self, settings: Settings, plan: Plan, now: datetime) -> None:
        self.plan = plan
        self.stopping = threading.Event()
        self._settings = settings
        self._run = now.isoformat()
        # A demo wants repeatable, not secret, randomness.
        self._rng = Random(f"{plan.seed}:{self._run}")  # noqa: S311
        self.cast: Cast = cast(plan.company_id, plan.members)
        self._mint = TokenMint(settings.home)
        self._client = new_client(settings.public_url)
        self._store = Store(settings.home)
        self._sender = Sender(
            f"{settings.public_url}/webhooks/whop",
            settings.whop_webhook_secrets[0],
            time_scale=RETRY_SCALE,
        )
        self._visits = {p.id: self._visit(p.id) for p in self.cast.everybody}
        self._codes: dict[str, str] = {}
        self._claimed = 0
        self._interrupted = False

    def close(self) -> None:
        self._sender.close()
        self._client.close()
        self._store.close()

    def people_arrive(self, say: Say) -> None:
        """Everybody signs in; the members choose classes, make links, and get first clicks."""
        introduce(self._store, self.cast, datetime.now(UTC), self._settings.whop_app_id)
        self._await_app()
        for person in (self.cast.hero, *self.cast.members):
            visit = self._visits[person.id]
            visit.sign_in()
            self._codes[person.id] = visit.link_code()
            if person is not self.cast.hero:
                visit.choose(CLASSES[len(self._codes) % len(CLASSES)])
        say(f"{len(self._codes)} members of {self.cast.company.id} are signed in")
        waiting = self._await_checkouts()
        if waiting:
            say(f"{waiting} of their links have no checkout yet and earn nothing in this run")

    def interrupt(self) -> None:
        """End early: nothing more is sent, and the settling is not waited for."""
        self._interrupted = True
        self.stopping.set()

    def stream(self, progress: Callable[[Sender], None]) -> None:
        """Send the company's life at the planned rate until the plan's end."""
        life = threading.Thread(target=self._live, name="demo-life", daemon=True)
        life.start()
        begun = time.monotonic()
        limit = int(self.plan.rate * self.plan.seconds) if self.plan.seconds else None
        for number, delivery in enumerate(itertools.islice(self._deliveries(), limit)):
            due = begun + number / self.plan.rate
            wait = max(due - time.monotonic(), _seconds_until(delivery.due_at))
            if self.stopping.wait(max(wait, 0)) or self._is_over(begun):
                break
            # Whop's API knows a thing before its webhook leaves.
            record(self._store, [delivery.happening])
            if is_lost(delivery, self._rng, self.plan.lost):
                continue
            self._sender.send(delivery.webhook_id, delivery.raw)
            progress(self._sender)
        self.stopping.set()
        life.join(LIFE_PAUSE_SECONDS)

    def settle(self, before: int | None, seconds: float = SETTLE_SECONDS) -> Figures:
        """Wait until the app has answered and settled everything, and count."""
        seconds = min(seconds, HURRY_SECONDS) if self._interrupted else seconds
        self._sender.drain(seconds)
        counts = self._sender.outcomes
        after = self.settled_rows(seconds) if before is not None else None
        return Figures(
            sent=counts["sent"],
            accepted=counts["accepted"] + counts["spooled"],
            duplicate=counts["duplicate"],
            refused=counts["given_up"] + self._sender.open_jobs,
            settled=None if after is None or before is None else after - before,
            claimed=self._claimed,
            outcomes=dict(counts),
        )

    def settled_rows(self, seconds: float) -> int | None:
        """Rows the app is done with, once none waits; None if it will not say or not finish."""
        deadline = time.monotonic() + seconds
        operator = self._visits[self._operator()]
        while True:
            try:
                inbox = unwrap(operator.call("GET", "/ops/queues"))["inbox"]
            except (AppRefused, httpx.HTTPError):
                inbox = None
            if inbox and not inbox["waiting"] + inbox["retrying"] + inbox["spooled"]:
                return int(inbox["handled"] + inbox["ignored"] + inbox["dead"])
            if time.monotonic() > deadline:
                return None
            time.sleep(0.25)

    def _operator(self) -> str:
        """Whoever the settings name as operator; the demo's own where they name nobody."""
        named = sorted(self._settings.operators)
        user_id = self.cast.operator.id
        if named and user_id not in named:
            user_id = named[0]
            self._visits.setdefault(user_id, self._visit(user_id))
        return user_id

    def _visit(self, user_id: str) -> Visit:
        return Visit(
            client=self._client,
            mint=self._mint,
            app_id=self._settings.whop_app_id,
            user_id=user_id,
            experience_id=self.cast.company.experience_id,
        )

    def _await_app(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.stopping.is_set():
            try:
                if self._client.get("/health/live").is_success:
                    return
            except httpx.HTTPError:
                pass
            if time.monotonic() > deadline:
                raise AppRefused(f"{self._settings.public_url} does not answer")
            time.sleep(0.5)

    def _await_checkouts(self) -> int:
        """Wait until the links lead to checkouts; how many do not when the time is up."""
        waiting = set(self._codes.values())
        deadline = time.monotonic() + CHECKOUT_SECONDS
        while waiting and time.monotonic() < deadline and not self.stopping.is_set():
            waiting = {code for code in waiting if not self._carried(peek(self._client, code))}
            if waiting:
                time.sleep(0.5)
        return len(waiting)

    def _references(self) -> list[tuple[str, str]]:
        """What buyers' payments will carry: the metadata of the checkouts that links lead to.

        The hero's link is followed more often than the others'.
        """
        found: list[tuple[str, str]] = []
        for user_id, code in self._codes.items():
            visitors = CLICKS_AT_FIRST if len(found) < CLICKERS else 1
            places = [
                click(self._client, code, f"{self._run}-{user_id}-{turn}")
                for turn in range(visitors)
            ]
            if carried := self._carried(places[-1]):
                found.append((user_id, carried))
        heros = [pair for pair in found if pair[0] == self.cast.hero.id]
        return found + heros * HERO_SHARE

    def _carried(self, place: str) -> str:
        """The reference that Whop will copy to a payment made at this address; empty for none.

        What stands in the address itself is nothing to Whop.
        """
        checkout = checkouts.find(self._store, place)
        return str(checkout["metadata"].get("wl_ref", "")) if checkout else ""

    def _deliveries(self) -> Iterator[WebhookBody]:
        """The world from now on, doubled and disordered a few seconds at a time."""
        month = max(self.plan.seconds / 3, 5.0) if self.plan.seconds else ENDLESS_MONTH_SECONDS
        people = {person.id: person for person in self.cast.everybody}
        world = World(
            self.plan.seed,
            self.cast.company.id,
            self._references(),
            # The story began a while ago, so that renewals are due soon.
            start=datetime.now(UTC) - timedelta(seconds=month * LEAD_MONTHS),
            pace=month / (MONTH_DAYS * 86_400),
            arrivals_per_day=86_400 * self.plan.rate / EVENTS_PER_ARRIVAL * (1 + DOUBLED),
            run=self._run,
            people=people,
            company=self.cast.company,
        )
        stream = world.stream()
        size = max(min(int(self.plan.rate * CHUNK_SECONDS), 500), 4)
        while True:
            chunk = list(itertools.islice(stream, size))
            self._store.forget_old(self.cast.company.id)
            yield from chaos(chunk, self._rng, DOUBLED, DISORDER)

    def _is_over(self, begun: float) -> bool:
        return bool(self.plan.seconds) and time.monotonic() - begun > self.plan.seconds

    def _live(self) -> None:
        """What members do meanwhile: look in, claim what they finished, get clicks."""
        others = list(self.cast.members)
        rng = Random(self._run)  # noqa: S311
        for turn in itertools.count():
            if self.stopping.wait(LIFE_PAUSE_SECONDS) or not others:
                return
            person = rng.choice(others)
            clicked = rng.choice([self.cast.hero, *others])
            try:
                self._claimed += self._visits[person.id].claim_finished_quests()
                click(self._client, self._codes[clicked.id], f"{self._run}-{turn}")
            except (AppRefused, httpx.HTTPError):
                # The app may be restarting; the next turn tries again.
                continue


def _seconds_until(at: datetime) -> float:
    return (at - datetime.now(UTC)).total_seconds()
