"""From waiting deliveries to facts: open the seal, read the body, sort by kind.

What a delivery's content breaks is caught here, and only that delivery falls out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from game.rules.bodies import Fact, Nonsense, read_envelope, read_event
from game.rules.facts import Dispute, Lesson, Membership, Payment, Refund
from game.rules.money import ISO_EXPONENTS, ExponentUnknown
from game.services.inbox.turns import Delivery
from game.services.platform import bulk, strict_json
from game.services.platform.sealing import SealBroken, open_sealed
from models.session import Transaction

REFUNDS = "refund."


@dataclass(frozen=True, slots=True)
class Fallen:
    """A delivery that cannot be settled. `permanent`: trying again would not help."""

    delivery: Delivery
    group: str
    error: str
    permanent: bool


@dataclass(slots=True)
class News:
    """What a batch's deliveries say, by kind; (company id, fact) each."""

    payments: list[tuple[str, Payment]] = field(default_factory=list)
    refunds: list[tuple[str, Refund]] = field(default_factory=list)
    disputes: list[tuple[str, Dispute]] = field(default_factory=list)
    memberships: list[tuple[str, Membership]] = field(default_factory=list)
    lessons: list[tuple[str, Lesson]] = field(default_factory=list)
    handled: list[int] = field(default_factory=list)
    ignored: list[int] = field(default_factory=list)
    fallen: list[Fallen] = field(default_factory=list)

    def take(self, delivery: Delivery, company_id: str, fact: Fact | None) -> None:
        """File one delivery's fact; None = its type means nothing to us."""
        if fact is None:
            self.ignored.append(delivery.seq)
            return
        self.handled.append(delivery.seq)
        match fact:
            case Payment():
                self.payments.append((company_id, fact))
            case Refund():
                self.refunds.append((company_id, fact))
            case Dispute():
                self.disputes.append((company_id, fact))
            case Membership():
                self.memberships.append((company_id, fact))
            case Lesson():
                self.lessons.append((company_id, fact))


def read_all(tx: Transaction, deliveries: Collection[Delivery]) -> News:
    """Read every delivery. Currencies outside ISO 4217 keep their first exponent for ever."""
    news = News()
    known: dict[str, int] = dict(tx.rows("SELECT currency, exponent FROM currency"))
    exponents = dict(known)
    for delivery in deliveries:
        _read_one(news, delivery, exponents)
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
    return news


def _read_one(news: News, delivery: Delivery, exponents: dict[str, int]) -> None:
    if delivery.sealed is None:
        news.fallen.append(
            Fallen(delivery, "body_gone", "the raw body was dropped", permanent=True)
        )
        return
    try:
        body = strict_json.reread(open_sealed(delivery.webhook_id, bytes(delivery.sealed)))
        envelope = read_envelope(body)
        fact = read_event(envelope, body.get("data"), delivery.received_at, exponents)
    except Nonsense as nonsense:
        # A refund may have overtaken the payment that tells how many decimals its currency has.
        is_early = isinstance(nonsense, ExponentUnknown) and delivery.type.startswith(REFUNDS)
        news.fallen.append(
            Fallen(delivery, _group(nonsense), str(nonsense), permanent=not is_early)
        )
    except SealBroken as broken:
        news.fallen.append(Fallen(delivery, "seal_broken", str(broken), permanent=False))
    except Exception as error:  # noqa: BLE001 - a bug in reading must not stop the others
        text = f"{type(error).__name__}: {error}"
        news.fallen.append(Fallen(delivery, f"bug:{type(error).__name__}", text, permanent=False))
    else:
        _remember_exponent(fact, exponents)
        news.take(delivery, envelope.company_id, fact)


def _remember_exponent(fact: Fact | None, exponents: dict[str, int]) -> None:
    if (
        isinstance(fact, Payment | Refund)
        and fact.currency not in exponents
        and fact.currency not in ISO_EXPONENTS
    ):
        exponents[fact.currency] = fact.exponent


def _group(nonsense: Nonsense) -> str:
    return f"nonsense:{nonsense.field}"
