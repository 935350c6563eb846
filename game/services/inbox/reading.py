"""From waiting deliveries to facts: open the seal, read the body, sort by kind.

What a delivery's content breaks is caught here, and only that delivery falls out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from game.rules.bodies import Envelope, Nonsense, read_envelope
from game.rules.fact_kinds import Fact, may_overtake, read_event
from game.rules.money import ISO_EXPONENTS, ExponentUnknown
from game.services.inbox.turns import OwnFact, WaitingDelivery
from game.services.platform import bulk, strict_json
from game.services.platform.sealing import SealBroken, open_sealed
from models.session import Transaction


@dataclass(frozen=True, slots=True)
class Fallen:
    """What cannot be settled. `permanent`: trying again would not help."""

    work: WaitingDelivery | OwnFact
    group: str
    error: str
    permanent: bool


@dataclass(slots=True)
class ReadBatch:
    """What a batch's deliveries say: (company id, fact) each, by the class of the fact."""

    facts: dict[type[Fact], list[tuple[str, Fact]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    handled: list[int] = field(default_factory=list)
    ignored: list[int] = field(default_factory=list)
    fallen: list[Fallen] = field(default_factory=list)

    @property
    def companies(self) -> set[str]:
        """The companies that any of the facts is of."""
        return {company for told in self.facts.values() for company, _ in told}

    def take(self, delivery: WaitingDelivery, envelope: Envelope, fact: Fact | None) -> None:
        """File one delivery's fact; None = its type means nothing to us."""
        if fact is None:
            self.ignored.append(delivery.seq)
            return
        self.facts[type(fact)].append((envelope.company_id, fact))
        self.handled.append(delivery.seq)


def read_all(tx: Transaction, deliveries: Collection[WaitingDelivery]) -> ReadBatch:
    """Read every delivery. Currencies outside ISO 4217 keep their first exponent for ever."""
    batch = ReadBatch()
    known: dict[str, int] = dict(tx.rows("SELECT currency, exponent FROM currency"))
    exponents = dict(known)
    for delivery in deliveries:
        _read_one(batch, delivery, exponents)
    bulk.insert(
        tx,
        "currency",
        [
            {"currency": currency, "exponent": exponent}
            for currency, exponent in exponents.items()
            if currency not in known
        ],
        key="currency",
    )
    return batch


def _read_one(batch: ReadBatch, delivery: WaitingDelivery, exponents: dict[str, int]) -> None:
    if delivery.sealed is None:
        batch.fallen.append(
            Fallen(delivery, "body_gone", "the raw body was dropped", permanent=True)
        )
        return
    try:
        body = strict_json.reread(open_sealed(delivery.webhook_id, bytes(delivery.sealed)))
        envelope = read_envelope(body)
        fact = read_event(envelope, body.get("data"), delivery.received_at, exponents)
    except Nonsense as nonsense:
        # It may have overtaken the fact that tells how many decimals its currency has.
        is_early = isinstance(nonsense, ExponentUnknown) and may_overtake(delivery.type)
        group = f"nonsense:{nonsense.field}"
        batch.fallen.append(Fallen(delivery, group, str(nonsense), permanent=not is_early))
    except SealBroken as broken:
        batch.fallen.append(Fallen(delivery, "seal_broken", str(broken), permanent=False))
    except Exception as error:  # noqa: BLE001 - a bug in reading must not stop the others
        text = f"{type(error).__name__}: {error}"
        batch.fallen.append(Fallen(delivery, f"bug:{type(error).__name__}", text, permanent=False))
    else:
        _remember_exponent(fact, exponents)
        batch.take(delivery, envelope, fact)


def _remember_exponent(fact: Any, exponents: dict[str, int]) -> None:
    """Note the decimals of a fact's currency, where it is of a kind that names one."""
    currency = getattr(fact, "currency", "")
    if currency and currency not in exponents and currency not in ISO_EXPONENTS:
        exponents[currency] = fact.exponent
