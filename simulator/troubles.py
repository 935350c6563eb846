"""What can happen to a payment afterwards: refunds in part, in full or in vain, and disputes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from simulator.bodies import Happening
from simulator.facts import Dispute, DisputeAlert, Money, Refund, RefundShape, Sale
from simulator.scene import Scene

Trouble = Callable[[Scene, Sale], list[Happening]]


def trouble(scene: Scene, sale: Sale) -> list[Happening]:
    """Usually nothing; else one of the troubles below. Whop refunds no zero payment."""
    if sale.total.minor == 0 or sale.paid_at is None:
        return []
    kinds, weights = zip(*TROUBLES, strict=True)
    kind: Trouble = scene.rng.choices(kinds, weights=weights)[0]
    return kind(scene, sale)


def none(_scene: Scene, _sale: Sale) -> list[Happening]:
    return []


def partly_refunded(scene: Scene, sale: Sale) -> list[Happening]:
    return _refund(scene, sale, _part(scene, sale), days=3)


def refunded(scene: Scene, sale: Sale) -> list[Happening]:
    return _refund(scene, sale, sale.total.minor, days=2)


def refunded_in_two(scene: Scene, sale: Sale) -> list[Happening]:
    part = _part(scene, sale)
    first = _refund(scene, sale, part, days=3)
    return first + _refund(scene, sale, sale.total.minor - part, days=9)


def refund_failed(scene: Scene, sale: Sale) -> list[Happening]:
    return _refund(scene, sale, sale.total.minor, days=4, end="failed")


def dispute_won(scene: Scene, sale: Sale) -> list[Happening]:
    return _dispute(scene, sale, ("needs_response", "under_review", "won"))


def dispute_lost(scene: Scene, sale: Sale) -> list[Happening]:
    return _dispute(scene, sale, ("needs_response", "lost"))


def dispute_overturned(scene: Scene, sale: Sale) -> list[Happening]:
    """Lost at first, won on appeal: the newest word counts."""
    return _dispute(scene, sale, ("needs_response", "lost", "won"))


def dispute_prevented(scene: Scene, sale: Sale) -> list[Happening]:
    return _dispute(scene, sale, ("needs_response", "prevented"))


def dispute_still_open(scene: Scene, sale: Sale) -> list[Happening]:
    return _dispute(scene, sale, ("needs_response",))


def inquiry(scene: Scene, sale: Sale) -> list[Happening]:
    return _dispute(scene, sale, ("warning_needs_response", "warning_closed"))


def alerted(scene: Scene, sale: Sale) -> list[Happening]:
    """The bank warns, Whop refunds by itself, no dispute follows."""
    at = scene.later(sale.updated_at, 6)
    alert = DisputeAlert(scene.ids.new("dspa"), sale, auto_refunded=True, created_at=at)
    told = [scene.tell("dispute_alert.created", alert, at + scene.soon(4))]
    return told + _refund(scene, sale, sale.total.minor, days=6.01, reason="dispute_alert")


def _part(scene: Scene, sale: Sale) -> int:
    """Some of the total, never nothing; of a total of one unit, all of it."""
    return max(sale.total.minor * scene.rng.randint(10, 90) // 100, 1)


def _refund(  # noqa: PLR0913 - the four words of one refund, all by keyword
    scene: Scene,
    sale: Sale,
    minor: int,
    *,
    days: float,
    end: str = "succeeded",
    reason: str = "requested_by_customer",
) -> list[Happening]:
    """Created as `pending`, updated to its end half a minute later."""
    if minor == 0:
        return []
    at = scene.later(sale.updated_at, days)
    done = at + scene.soon(30)
    refund_id = scene.ids.new("rf")
    shape = scene.rng.choice(tuple(RefundShape))
    amount = Money(minor, sale.total.currency)
    pending = Refund(refund_id, sale, amount, "pending", at, at, shape, reason)
    ended = Refund(refund_id, sale, amount, end, at, done, shape, reason)
    return [
        scene.tell("refund.created", pending, at),
        scene.tell("refund.updated", ended, done),
    ]


def _dispute(scene: Scene, sale: Sale, statuses: tuple[str, ...]) -> list[Happening]:
    """One dispute through its statuses, eight days apart."""
    dispute_id = scene.ids.new("dspt")
    opened = scene.later(sale.updated_at, 5)
    told = []
    for turn, status in enumerate(statuses):
        at = scene.later(opened, 8 * turn) + timedelta(seconds=turn)
        event = "dispute.updated" if turn else "dispute.created"
        told.append(scene.tell(event, Dispute(dispute_id, sale, status, opened, at), at))
    return told


# One payment in six: more than a healthy company sees, so that a short run shows everything.
TROUBLES: tuple[tuple[Trouble, float], ...] = (
    (none, 84),
    (partly_refunded, 4),
    (refunded, 3),
    (refunded_in_two, 1.5),
    (refund_failed, 1),
    (dispute_won, 1.5),
    (dispute_lost, 1.5),
    (dispute_overturned, 0.7),
    (dispute_prevented, 0.7),
    (dispute_still_open, 0.6),
    (inquiry, 0.7),
    (alerted, 0.8),
)
