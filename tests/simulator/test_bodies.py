"""Every body we render has the fields, and the kinds of value, of Whop's own examples."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from simulator.bodies import Shape, WebhookBody
from simulator.facts import Refund, RefundShape, Sale
from simulator.world import World

PAYLOADS = Path(__file__).parent.parent / "whop" / "payloads"
# Money leaving Whop and cards being saved: nothing of it happens in the twin's world.
NOT_TOLD = ("payout.", "transfer.", "setup_intent.")
EXAMPLES = sorted(
    path
    for path in PAYLOADS.glob("**/*.json")
    if "v5_old" not in path.parts and not path.name.startswith(NOT_TOLD)
)


@cache
def told() -> tuple[WebhookBody, ...]:
    return tuple(World(11, "biz_bodies", [("user_a", "AAAA2222")]).events(5000))


def rendered_like(example: dict[str, Any], name: str) -> WebhookBody:
    """An event of the same type, shape and state (status) as the example."""
    shape = Shape.FLAT if "account_id" in example else Shape.NESTED
    wants_native = name == "refund.created.native.json"
    for event in told():
        fact = event.happening.fact
        is_same = event.type == example["type"] and event.shape is shape
        if not is_same or event.body["data"].get("status") != example["data"].get("status"):
            continue
        if isinstance(fact, Refund) and shape is Shape.FLAT:
            if (fact.shape is RefundShape.NATIVE) is wants_native:
                return event
        elif not isinstance(fact, Sale) or fact.tax is not None or "eur" in name:
            return event
    raise AssertionError(f"the world never tells {name}")


def kind(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, int | float) else type(value).__name__


def differences(ours: Any, theirs: Any, where: str = "") -> list[str]:
    """Fields only one side has, and values of another kind; null fits every kind."""
    if where.endswith(".metadata") or ours is None or theirs is None:
        return []
    if kind(ours) != kind(theirs):
        return [f"{where}: {kind(ours)}, not {kind(theirs)}"]
    if isinstance(ours, list) and ours and theirs:
        return differences(ours[0], theirs[0], f"{where}[0]")
    if not isinstance(ours, dict):
        return []
    found = [f"{where}.{key}: on one side only" for key in ours.keys() ^ theirs.keys()]
    for key in ours.keys() & theirs.keys():
        found += differences(ours[key], theirs[key], f"{where}.{key}")
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_body_has_exactly_the_fields_of_whops_example(path: Path) -> None:
    example = json.loads(path.read_text())

    event = rendered_like(example, path.name)

    # Whop adds this to updates whose changes it captured, not to all.
    ignored = {"previous_attributes"}
    ours = {key: value for key, value in event.body.items() if key not in ignored}
    theirs = {key: value for key, value in example.items() if key not in ignored}
    assert differences(ours, theirs) == []


def test_the_bytes_are_the_body_and_the_id_is_the_webhook_id() -> None:
    for event in told()[:500]:
        assert json.loads(event.raw) == event.body
        assert event.body["id"] == event.webhook_id
        assert event.body["timestamp"].endswith("Z")


def test_money_is_exact_text_when_flat_and_a_number_in_major_units_when_nested() -> None:
    currencies = set()
    for event in told():
        fact, body = event.happening.fact, event.body["data"]
        if not isinstance(fact, Sale):
            continue
        currencies.add(fact.total.currency)
        if event.shape is Shape.FLAT:
            digits = len(body["total"]["amount"].partition(".")[2])
            assert digits == body["total"]["decimals"] == fact.total.exponent
        scale = 10**fact.total.exponent
        shown = body["total"]["amount"] if event.shape is Shape.FLAT else body["total"]
        assert round(float(shown) * scale) == fact.total.minor
    assert currencies == {"usd", "eur", "jpy", "kwd"}
