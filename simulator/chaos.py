"""What the network does to a stream: doubles and disorder, drawn from a given generator."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from simulator.bodies import WebhookBody, deliver, shapes_for
from simulator.catalogue import Ids

# Of the doubles, how many are the same fact under a new id: a replay, or a second endpoint.
NEW_ID_SHARE = 0.4
# What a read of Whop's lists tells as well as the webhook did.
ASKED_FOR = ("payment.succeeded", "refund.", "dispute.")


def chaos(
    events: Sequence[WebhookBody],
    rng: Random,
    duplicates: float = 0.1,
    shuffle: float = 0.05,
) -> list[WebhookBody]:
    """Return the events with `duplicates` (share of them doubled) and disordered.

    `shuffle` is how far an event may slip back, as a share of the whole; 0 keeps the order and
    1 is a full shuffle. A double is the very same delivery, or the same fact under a new id,
    then perhaps in the other shape, as from a second endpoint with another pin.
    """
    copies = [_double(event, rng) for event in events if rng.random() < duplicates]
    everything = sorted([*events, *copies], key=lambda event: event.due_at)
    if shuffle >= 1:
        rng.shuffle(everything)
        return everything
    reach = shuffle * len(everything)
    slipped = [(place + rng.uniform(0, reach), place) for place in range(len(everything))]
    return [everything[place] for _, place in sorted(slipped)]


def is_lost(delivery: WebhookBody, rng: Random, share: float) -> bool:
    """Whether a webhook is never delivered: that share of those which Whop can be asked for."""
    return delivery.type.startswith(ASKED_FOR) and rng.random() < share


def _double(event: WebhookBody, rng: Random) -> WebhookBody:
    if rng.random() >= NEW_ID_SHARE:
        return event
    return deliver(event.happening, rng.choice(shapes_for(event.happening)), Ids(rng).message())
