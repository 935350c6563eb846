"""A kind of fact is one row: an added one is let in, read, merged and stored like all others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from game.rules import fact_kinds
from game.rules.bodies.envelope import Arrival
from game.rules.bodies.fields import Json, text_of
from game.rules.fact_kinds import KINDS, FactKind, UnknownEvent, is_known, kind_of
from game.services.inbox.turns import WaitingDelivery, Work
from game.services.platform.sealing import seal
from game.services.settlement.settle import settle_work
from models.base import Base
from models.session import WORKER, transaction
from tests.support.settling import COMPANY, put
from tests.support.telling import rows
from tests.support.web import event

pytestmark = pytest.mark.usefixtures("settings")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LIT = "lantern.lit"


@dataclass(frozen=True, slots=True)
class Lantern:
    """A lantern somebody lit in a street."""

    street: str
    number: str
    oil: int
    smell: str

    @property
    def bearing(self) -> object:
        """What of it the rules look at."""
        return self.oil


def read_lantern(data: Json, arrival: Arrival) -> Lantern:
    """Read a lantern that was lit."""
    street, number = (text_of(data, name, "data") for name in ("street", "number"))
    return Lantern(street, number, int(data["oil"]), f"{arrival.received_at:%H:%M}")


def fuller(old: Lantern, new: Lantern) -> Lantern:
    """The fuller of two."""
    return max(old, new, key=lambda lantern: lantern.oil)


ROW = FactKind(
    Lantern,
    ("lantern.",),
    read_lantern,
    fuller,
    table="lantern",
    key=("street", "number"),
    unkept=("smell",),
)
TABLE = (
    "CREATE TEMP TABLE lantern (company_id text, street text, number text, oil int, "
    "PRIMARY KEY (company_id, street, number)) ON COMMIT DROP"
)


@pytest.fixture
def _added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fact_kinds, "KINDS", (*KINDS, ROW))


def delivery(seq: int, number: str, oil: int) -> WaitingDelivery:
    """One waiting delivery that tells of a lantern in Mill Lane."""
    webhook_id = f"msg_{seq}"
    data = {"street": "Mill Lane", "number": number, "oil": oil}
    sealed = seal(webhook_id, event(webhook_id, LIT, account_id=COMPANY, data=data))
    return WaitingDelivery(
        seq, webhook_id, COMPANY, LIT, NOW, 0, alone=False, sealed=memoryview(sealed)
    )


@pytest.mark.usefixtures("_added")
def test_a_fact_of_an_added_row_is_read_merged_and_stored() -> None:
    first = [delivery(1, "one", 3), delivery(2, "one", 5), delivery(3, "two", 1)]
    second = [delivery(4, "one", 4), delivery(5, "two", 7)]
    with transaction(WORKER) as tx:
        tx.run(TABLE)

        outcomes = [settle_work(tx, Work([COMPANY], part, []), NOW) for part in (first, second)]

        stored = tx.rows("SELECT company_id, street, number, oil FROM lantern ORDER BY number")
    assert [(one.handled, one.ignored, one.fallen) for one in outcomes] == [(3, 0, ()), (2, 0, ())]
    assert stored == [(COMPANY, "Mill Lane", "one", 5), (COMPANY, "Mill Lane", "two", 7)]


@pytest.mark.usefixtures("_added")
def test_an_event_of_an_added_row_waits_to_be_settled() -> None:
    put("msg_lit", event("msg_lit", LIT), NOW)
    put("msg_sold", event("msg_sold", "lamp.sold"), NOW)

    states = rows("SELECT type, state FROM inbox ORDER BY type")

    assert states == [("lamp.sold", "ignored"), (LIT, "waiting")]


@pytest.mark.parametrize("unknown", ["lantern.lit", "payment.failed", "membership", "lesson.done"])
def test_an_event_of_no_row_is_of_no_kind(unknown: str) -> None:
    assert not is_known(unknown)
    with pytest.raises(UnknownEvent):
        kind_of(unknown)


def test_no_event_and_no_table_belongs_to_two_rows() -> None:
    words = [word for kind in KINDS for word in kind.events]

    for one in (*words, *(f"{word}x" for word in words if word.endswith("."))):
        assert sum(kind.carries(one) for kind in KINDS) == 1
    assert len({kind.table for kind in KINDS}) == len({kind.fact for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.table)
def test_the_columns_of_a_kinds_table_are_the_fields_of_its_fact(kind: FactKind[Lantern]) -> None:
    table = Base.metadata.tables[kind.table]

    assert {column.name for column in table.columns} == {"company_id", *kind.columns}
    assert [column.name for column in table.primary_key] == ["company_id", *kind.key]
    assert {kind.payment, kind.membership, kind.buyer} <= {"", *kind.fields}
    lists = [name for name in kind.fields if name in fact_kinds.LISTS]
    assert kind.fields[kind.plain :] == tuple(lists)
