"""A registry of what Whop tells us: one row a kind of fact, by which its events are read.

A row says which events carry a fact, how their body is read, how two tellings of one object become
one, where it is kept, and whose books it bears on. Reading, storing and settling go by the rows; an
event that no row names is stored and ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from game.rules import merging
from game.rules.bodies.disputes import read_dispute
from game.rules.bodies.envelope import Arrival, Envelope, company_of, stand_in
from game.rules.bodies.fields import Json
from game.rules.bodies.lessons import read_lesson
from game.rules.bodies.memberships import read_membership
from game.rules.bodies.payments import read_payment
from game.rules.bodies.refunds import read_refund
from game.rules.bodies.transfers import read_transfer
from game.rules.facts import Dispute, Lesson, Membership, Payment, Refund, Transfer
from game.rules.money import Nonsense

Fact = Payment | Refund | Dispute | Membership | Lesson | Transfer

LISTS = ("told", "tellings")
"""Fields that hold a list of lists, kept as JSON; the last ones of their fact."""


class Mergeable(Protocol):
    """A fact of any kind."""

    @property
    def bearing(self) -> object:
        """What of it the rules look at; () = nothing."""


F = TypeVar("F", bound=Mergeable)


class UnknownEvent(LookupError):
    """No row names events of this type: they carry no fact."""


@dataclass(frozen=True, eq=False)
class FactKind(Generic[F]):
    """One kind of fact. The columns of its table are the fields of its class.

    `events`: types of events that carry it; one that ends with a dot stands for all that begin so.
    `key`: the fields that, within a company, say which object it is; all of them texts.
    `unkept`: fields the table has no column for; read back they are empty.
    `payment`, `membership`, `buyer`: the field that names whose payments are valued anew when the
    fact changes. A kind with none of them is posted by a function of its own.
    `may_overtake`: it may come before the fact that tells how many decimals its currency has.
    """

    fact: type[F]
    events: tuple[str, ...]
    read: Callable[[Json, Arrival], F | None]
    merge: Callable[[F, F], F]
    table: str
    key: tuple[str, ...]
    unkept: tuple[str, ...] = ()
    payment: str = ""
    membership: str = ""
    buyer: str = ""
    may_overtake: bool = False

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """All fields of the fact, in their order."""
        return tuple(field.name for field in fields(self.fact))  # type: ignore[arg-type]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The fields that are stored."""
        return tuple(name for name in self.fields if name not in self.unkept)

    @cached_property
    def plain(self) -> int:
        """How many fields are stored as they are: all but the lists, nearly always empty."""
        return sum(name not in LISTS for name in self.fields)

    @cached_property
    def families(self) -> tuple[str, ...]:
        """Those of the events that stand for all that begin so."""
        return tuple(event for event in self.events if event.endswith("."))

    def carries(self, event_type: str) -> bool:
        """Say whether events of this type carry facts of this kind."""
        return event_type in self.events or event_type.startswith(self.families)


PAYMENTS = FactKind(
    Payment,
    ("payment.succeeded",),
    read_payment,
    merging.merge_payment,
    table="payment",
    key=("payment_id",),
    membership="membership_id",
    buyer="buyer_id",
)
REFUNDS = FactKind(
    Refund,
    ("refund.",),
    read_refund,
    merging.merge_refund,
    table="refund",
    key=("refund_id",),
    payment="payment_id",
    may_overtake=True,
)
DISPUTES = FactKind(
    Dispute,
    ("dispute.",),
    read_dispute,
    merging.merge_dispute,
    table="dispute",
    key=("dispute_id",),
    payment="payment_id",
)
MEMBERSHIPS = FactKind(
    Membership,
    ("membership.",),
    read_membership,
    merging.merge_membership,
    table="membership",
    key=("membership_id",),
    membership="membership_id",
)
LESSONS = FactKind(
    Lesson,
    ("course_lesson_interaction.completed",),
    read_lesson,
    merging.merge_lesson,
    table="lesson",
    key=("user_id", "lesson_id"),
    unkept=("user_name",),
)

TRANSFERS = FactKind(
    Transfer,
    ("transfer.",),
    read_transfer,
    merging.merge_transfer,
    table="transfer",
    key=("transfer_id",),
)

KINDS: tuple[FactKind[Any], ...] = (
    PAYMENTS,
    REFUNDS,
    DISPUTES,
    MEMBERSHIPS,
    LESSONS,
    TRANSFERS,
)
"""In the order in which a batch stores them."""


def is_known(event_type: str) -> bool:
    """Say whether events of this type carry facts; all others are stored and ignored."""
    return any(kind.carries(event_type) for kind in KINDS)


def kind_of(event_type: str) -> FactKind[Any]:
    """Give the row of an event's type. Raises UnknownEvent where no row names it."""
    for kind in KINDS:
        if kind.carries(event_type):
            return kind
    raise UnknownEvent(event_type)


def may_overtake(event_type: str) -> bool:
    """Say whether an event may come before the fact that tells its currency's decimals."""
    return any(kind.may_overtake and kind.carries(event_type) for kind in KINDS)


def read_event(
    envelope: Envelope,
    data: object,
    received_at: datetime,
    exponents: Mapping[str, int] | None = None,
) -> Fact | None:
    """Read the fact in an event; None = a type we store and ignore. Raises Nonsense.

    `exponents` are the decimals of currencies outside ISO 4217, as their first body gave them.
    """
    if not is_known(envelope.type):
        return None
    kind = kind_of(envelope.type)
    company_of(envelope)
    if not isinstance(data, dict):
        raise Nonsense("is not an object", "data")
    arrival = Arrival(received_at, stand_in(envelope, received_at), exponents)
    fact: Fact | None = kind.read(data, arrival)
    return fact
