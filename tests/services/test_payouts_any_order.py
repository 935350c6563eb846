"""Whatever happens in whatever order, doubled and split: balances are those of the model."""

from __future__ import annotations

import itertools
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from game.rules.refusals import Refusal
from game.services.payouts import deciding, requesting
from game.services.payouts.deciding import Decider
from game.services.scheduled import holds
from tests.model.payouts import Purses, purses
from tests.rules.making import dispute_body, event, iso, money, native_refund
from tests.support.paying import PAID, creator
from tests.support.settling import differences
from tests.support.telling import payment_data, referrer, rows, settle, tell

CODES = {"AAAA2222": "user_aaaa2222", "BBBB3333": "user_bbbb3333"}
MONEY = (("usd", "100.00", ""), ("usd", "333.33", ""), ("eur", "250.00", "270.00"),
         ("jpy", "40000", "260.00"))  # fmt: skip
DAY = timedelta(days=1)
_companies = itertools.count(1)
slots = st.integers(0, 5)

acts = st.one_of(
    st.tuples(st.just("pay"), slots, st.sampled_from(sorted(CODES)), st.sampled_from(MONEY)),
    st.tuples(st.just("pay"), slots, st.sampled_from(sorted(CODES)), st.sampled_from(MONEY)),
    st.tuples(st.just("refund"), slots, st.sampled_from([3, 2, 1])),
    st.tuples(st.just("dispute"), slots, st.sampled_from(["needs_response", "won", "lost"])),
    st.tuples(st.just("ask"), st.sampled_from(sorted(CODES))),
    st.tuples(st.just("batch")),
    st.tuples(st.just("end"), slots, st.sampled_from(["paid", "rejected", "failed", "after_all"])),
    st.tuples(st.just("settle")),
    st.tuples(st.just("wait"), st.sampled_from([1, 20, 31])),
)


@dataclass
class Life:
    """One company, living one list of acts. Facts wait unsettled until something settles them."""

    company: str
    who: Decider
    members: dict[str, int]
    now: datetime = PAID
    dice: Random = field(default_factory=lambda: Random(1))
    log: list[tuple[dict[str, Any], datetime]] = field(default_factory=list)
    waiting: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    sold: dict[int, tuple[str, str]] = field(default_factory=dict)
    refunds: int = 0
    payments: int = 0

    def hear(self, kind: str, data: dict[str, Any]) -> None:
        """Whop has something to tell; it may come late, doubled and in another order."""
        self.waiting.append((kind, data))

    def settle(self) -> None:
        told = self.waiting + self.dice.sample(self.waiting, len(self.waiting) // 2)
        self.dice.shuffle(told)
        self.waiting = []
        for kind, data in told:
            tell(kind, data, self.now, company=self.company)
            self.log.append((event(kind, data, timestamp=iso(self.now)), self.now))
        settle(self.now)
        progress: dict[str, Any] | None = {}
        while progress is not None:
            progress = holds.release_step(progress, self.now, self.now)

    def pay(self, slot: int, code: str, amount: tuple[str, str, str]) -> None:
        currency, total, usd = amount
        buyer = f"user_buyer{slot}"
        self.payments += 1
        data = payment_data(
            f"pay_{slot}_{self.payments}", buyer, self.now, ref=code, total=total, tax="0",
            currency=currency, usd=usd,
        )  # fmt: skip
        self.sold[slot] = (data["id"], data["total"]["amount"])
        self.hear("payment.succeeded", data)

    def refund(self, slot: int, share: int) -> None:
        if slot not in self.sold:
            return
        payment_id, total = self.sold[slot]
        [currency] = [
            data["currency"]
            for kind, data in [*self.waiting, *((b["type"], b["data"]) for b, _ in self.log)]
            if kind == "payment.succeeded" and data["id"] == payment_id
        ][:1]
        self.refunds += 1
        whole, _, part = total.partition(".")
        back = f"{int(whole) // share}" + (f".{part}" if part else "")
        self.hear(
            "refund.updated",
            native_refund(
                id=f"rf_{self.refunds}",
                payment_id=payment_id,
                amount=money(back, currency, len(part)),
                original_amount=money(back, currency, len(part)),
                created_at=iso(self.now),
                updated_at=iso(self.now),
            ),
        )

    def dispute(self, slot: int, status: str) -> None:
        if slot in self.sold:
            self.now += timedelta(seconds=1)
            payment_id = self.sold[slot][0]
            body = dispute_body(
                id=f"dspt_{payment_id}", payment={"id": payment_id}, status=status,
                created_at=iso(self.now), updated_at=iso(self.now),
            )  # fmt: skip
            self.hear("dispute.updated", body)

    def ask(self, code: str) -> None:
        self.now += timedelta(seconds=1)
        with suppress(Refusal):
            requesting.request_mine(self.company, self.members[code], CODES[code], "", self.now)

    def batch(self) -> None:
        self.now += timedelta(seconds=1)
        actor = (self.company, self.who.member_id)
        with suppress(Refusal):
            requesting.request_batch(
                self.company, None, "", None, actor, self.who.user_id, self.now
            )

    def end(self, slot: int, how: str) -> None:
        """Decide one of the payouts, or let Whop say what became of its transfer."""
        found = rows(
            "SELECT id, key, state FROM payout WHERE company_id = %s ORDER BY id", self.company
        )
        if not found:
            return
        payout, key, state = found[slot % len(found)]
        self.now += timedelta(seconds=1)
        with suppress(Refusal):
            if state == "requested":
                deciding.approve(self.who, payout, self.now)
            if how == "paid":
                deciding.mark_paid(self.who, payout, "", self.now)
            elif how == "rejected":
                deciding.reject(self.who, payout, "", self.now)
            else:
                status = "failed" if how == "failed" else "succeeded"
                kind = "transfer.failed" if how == "failed" else "transfer.completed"
                self.hear(kind, transfer(key, status, self.now))

    def wait(self, days: int) -> None:
        self.now += days * DAY

    def books(self) -> Purses:
        """The four accounts as they are stored."""
        found = rows(
            "SELECT m.whop_user_id, b.currency, b.pending_minor, b.held_minor, b.payable_minor, "
            "b.paid_minor FROM balance b JOIN member m ON m.company_id = b.company_id "
            "AND m.id = b.member_id WHERE b.company_id = %s",
            self.company,
        )
        names = ("pending", "held", "payable", "paid")
        purses = {(user, cur): dict(zip(names, sums, strict=True)) for user, cur, *sums in found}
        return {key: mine for key, mine in purses.items() if any(mine.values())}

    def model(self) -> Purses:
        parts = rows(
            "SELECT m.whop_user_id, o.currency, p.payment_id, p.amount_minor FROM payout o "
            "JOIN payout_part p ON p.company_id = o.company_id AND p.payout_id = o.id "
            "JOIN member m ON m.company_id = o.company_id AND m.id = o.member_id "
            "WHERE o.company_id = %s AND o.state NOT IN ('failed', 'rejected')",
            self.company,
        )
        facts = [(body, at) for body, at in self.log if not body["type"].startswith("transfer")]
        return purses(facts, CODES, [(a, b, c, d) for a, b, c, d in parts], self.now)


def transfer(key: str, status: str, at: datetime) -> dict[str, Any]:
    return {
        "id": f"ctt_{key}",
        "status": status,
        "amount": None,
        "created_at": iso(at),
        "status_changed_at": iso(at),
        "destination": None,
        "failure_code": "refused" if status == "failed" else None,
        "metadata": {"wl_payout": key},
    }


def new_life() -> Life:
    company = f"biz_life{next(_companies)}"
    who = creator(company=company)
    members = {code: referrer(code, PAID - DAY, company=company) for code in CODES}
    return Life(company, who, members)


@pytest.mark.usefixtures("settings")
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(acts, min_size=4, max_size=24), st.integers(0, 9))
def test_any_life_ends_at_the_balances_of_the_model(
    life_of: list[tuple[Any, ...]], seed: int
) -> None:
    life = new_life()
    life.dice = Random(seed)
    for act, *arguments in life_of:
        getattr(life, act)(*arguments)
    life.settle()

    assert life.books() == life.model()
    assert differences(life.now, life.company) == []

    for slot in life.sold:
        life.refund(slot, 1)
    for kind, data in [(b["type"], b["data"]) for b, _ in life.log]:
        if kind == "payment.succeeded":
            life.refunds += 1
            life.hear("refund.updated", full_refund(data, life.refunds, life.now))
    life.settle()

    for mine in life.books().values():  # what was paid is owed, and nothing else is left
        assert mine == {"pending": 0, "held": 0, "payable": -mine["paid"], "paid": mine["paid"]}
    assert differences(life.now, life.company) == []


def full_refund(payment: dict[str, Any], number: int, at: datetime) -> dict[str, Any]:
    return native_refund(
        id=f"rf_all_{number}",
        payment_id=payment["id"],
        amount=payment["total"],
        original_amount=payment["total"],
        created_at=iso(at),
        updated_at=iso(at),
    )
