"""The company that is measured with: its members, and the deliveries of its busy last weeks.

Only events that carry facts are used. A company's webhook also brings others, which are stored
and ignored at the door; they would only make every figure look better.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from game.rules.fact_kinds import is_known
from simulator.world import World

COMPANY = "biz_bench"
MEMBERS = 20
CLASSES = ("", "scout", "sage", "champion")
CLASS_CHOSEN = timedelta(days=300)
STORY = timedelta(days=21)
PACE = 0.02
"""Months pass in half a day, so that renewals, refunds and disputes come within the stream."""
STREAM_DAYS = 16.0
ARRIVAL_EVENTS = 3.6
"""What one arrival tells in its life, counting only what carries facts; measured."""


@dataclass(frozen=True, slots=True)
class Referrer:
    """One member of the company, with a code of their own. Empty class = none was chosen."""

    user_id: str
    code: str
    character_class: str


@dataclass(frozen=True, slots=True)
class Event:
    """One delivery as it goes over the wire."""

    webhook_id: str
    raw: bytes


def referrers() -> list[Referrer]:
    """The members everybody buys through, with all classes among them."""
    return [
        Referrer(f"user_ref{number:02d}", f"CODE22{number + 22}", CLASSES[number % len(CLASSES)])
        for number in range(MEMBERS)
    ]


def events(count: int, now: datetime) -> list[Event]:
    """The first `count` deliveries with facts, in order, all in the past of `now`."""
    world = World(
        7,
        COMPANY,
        [(one.user_id, one.code) for one in referrers()],
        start=now - STORY,
        pace=PACE,
        arrivals_per_day=max(count / ARRIVAL_EVENTS / STREAM_DAYS, 20),
    )
    telling = (one for one in world.stream() if is_known(one.type))
    return [Event(one.webhook_id, one.raw) for one in itertools.islice(telling, count)]


def write_events(file: Path, stream: Iterable[Event]) -> None:
    """Keep deliveries for the processes that send them, one a line."""
    with file.open("wb") as out:
        for event in stream:
            out.write(event.webhook_id.encode() + b"\t" + event.raw + b"\n")


def read_events(file: Path, first: int = 0, count: int | None = None) -> list[Event]:
    """Read `count` deliveries back, from number `first` on."""
    last = None if count is None else first + count
    with file.open("rb") as lines:
        return [_event(line) for line in itertools.islice(lines, first, last)]


def paid_once(stream: Iterable[Event]) -> Iterator[tuple[str, str]]:
    """(webhook id, payment id) of each event that says a payment was paid."""
    for event in stream:
        body = json.loads(event.raw)
        if body["type"] == "payment.succeeded":
            yield event.webhook_id, body["data"]["id"]


def _event(line: bytes) -> Event:
    webhook_id, _, raw = line.rstrip(b"\n").partition(b"\t")
    return Event(webhook_id.decode(), raw)
