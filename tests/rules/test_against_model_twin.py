"""The rules and the independent model agree on what the Whop twin tells, in both shapes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from game.rules.fact_kinds import is_known
from simulator.world import World, chaos
from tests.model.oracle import Choice, books
from tests.rules.pure_books import pure_books

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MEMBERS = {"AAAA2222": "user_m1", "BBBB3333": "user_m2", "CCCC4444": "user_m3"}
DAY = timedelta(days=1)
CHOICES = [
    Choice("user_m1", "class", START + 3 * DAY, "scout"),
    Choice("user_m2", "class", START + 1 * DAY, "champion"),
    Choice("user_m3", "class", START + 2 * DAY, "sage"),
    Choice("user_m3", "prestige", START + 9 * DAY, "1"),
]


def test_a_twins_company_doubled_and_shuffled_has_the_models_books() -> None:
    world = World(7, "biz_1", [(who, code) for code, who in MEMBERS.items()], arrivals_per_day=20)
    deliveries = chaos(world.events(2500), Random(3), duplicates=0.2, shuffle=1)
    log: list[tuple[dict[str, Any], datetime]] = [
        (json.loads(d.raw, parse_float=Decimal), d.due_at) for d in deliveries if is_known(d.type)
    ]
    more: dict[str, Any] = {"clicks": {}, "owner_id": "user_owner", "zone": "Europe/Berlin"}
    now = START + 120 * DAY

    ours = pure_books(log, MEMBERS, CHOICES, now, **more)
    theirs = books([(d.raw, d.due_at) for d in deliveries], MEMBERS, CHOICES, now, **more)

    assert ours == theirs
    assert set(ours) >= set(MEMBERS.values())
    assert all(ours[who]["total_referrals"] > 50 for who in MEMBERS.values())
    assert all("payable" in ours[who]["money"]["usd"] for who in MEMBERS.values())
