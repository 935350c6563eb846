"""Whatever is done to a body, only a fact, nothing, or Nonsense comes out, and it can be stored."""

from __future__ import annotations

import copy
import json
from dataclasses import asdict
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from game.rules.bodies import Nonsense, read_envelope
from game.rules.fact_kinds import read_event
from tests.rules import making as make
from tests.rules.making import DAY, PAID_AT, event

BODIES = [
    event("payment.succeeded", make.flat_payment()),
    event("payment.succeeded", make.nested_payment()),
    event("refund.updated", make.nested_refund()),
    event("refund.updated", make.native_refund()),
    event("dispute.updated", make.dispute_body()),
    event("membership.updated", make.membership_body()),
    event("course_lesson_interaction.completed", make.lesson_body()),
]
STRANGE: list[Any] = [
    None, True, False, 0, -1, 10**30, Decimal("NaN"), Decimal("1E+400"), Decimal("1E-400"),
    Decimal("-0.5"), 1.5, "", "\0", "\ud800", "x" * 10_000, "-5.00", "1e5", "2026-02-30T00:00:00Z",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-W10-1", "24:00", [], {}, [[]],
    {"id": None}, {"amount": None}, {"amount": "1", "currency": "\0\0\0", "decimals": 99},
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the path of everything inside a body."""
    if isinstance(value, dict):
        return [path] + [p for key, inner in value.items() for p in places(inner, (*path, key))]
    return [path]


def mutate(body: dict[str, Any], dice: Random) -> Any:
    """Replace or remove one to three things inside a body."""
    body = copy.deepcopy(body)
    for _ in range(dice.randrange(1, 4)):
        path = dice.choice([p for p in places(body) if p])
        holder: Any = body
        for key in path[:-1]:
            holder = holder[key]
        if dice.random() < 0.2:
            del holder[path[-1]]
        else:
            holder[path[-1]] = copy.deepcopy(dice.choice(STRANGE))
        if not body:
            return body
    return body


@pytest.mark.parametrize("seed", range(len(BODIES)))
def test_only_nonsense_ever_comes_out_of_a_broken_body(seed: int) -> None:
    dice = Random(seed)
    refused = read = 0
    for _ in range(1200):
        body = mutate(BODIES[seed], dice)
        try:
            fact = read_event(read_envelope(body), body.get("data"), PAID_AT + 2 * DAY)
        except Nonsense:
            refused += 1
            continue
        if fact is not None:
            stored = json.dumps(asdict(fact), default=str, ensure_ascii=False)
            assert "\\u0000" not in stored
            assert stored.encode()
            read += 1

    assert refused > 50
    assert read > 50
