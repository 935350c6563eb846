"""One buyer's stage: who buys what through whose link, and how a sale of theirs is made.

`after` is the only clock: it stretches or squeezes days, so that a demo can show a renewal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from simulator.bodies import Happening
from simulator.catalogue import Ids, to_usd
from simulator.facts import (
    Buyer,
    Company,
    Fact,
    Joined,
    Membership,
    Money,
    Plan,
    Promo,
    Sale,
    Stage,
)

# Between the click on "pay" and Whop's webhook.
PAID_AFTER_SECONDS = 4
SENT_AFTER = timedelta(milliseconds=400)
# Seconds are squeezed only where a story day is shorter than ten real seconds.
SECONDS_KEPT_FROM = 10 / 86_400
TAX_RATES_BP = (0, 0, 500, 558, 840)


@dataclass
class Scene:
    """`metadata` rides on payments, `membership_metadata` on the membership (usually the same)."""

    rng: Random
    ids: Ids
    company: Company
    buyer: Buyer
    plan: Plan
    start: datetime
    pace: float
    metadata: dict[str, str]
    membership_metadata: dict[str, str]
    promo: Promo | None = None
    membership_id: str | None = None

    def chance(self, share: float) -> bool:
        """True in that share of all cases."""
        return self.rng.random() < share

    def after(self, days: float) -> datetime:
        """The moment that many days of the story after its start."""
        return self.start + timedelta(days=days) * self.pace

    def later(self, at: datetime, days: float) -> datetime:
        return at + timedelta(days=days) * self.pace

    def soon(self, seconds: float) -> timedelta:
        """The seconds between the steps of one affair, squeezed in very fast stories only."""
        return timedelta(seconds=seconds) * min(1.0, self.pace / SECONDS_KEPT_FROM)

    def tell(self, event: str, fact: Fact, at: datetime) -> Happening:
        """The event as Whop sends it, a moment after the fact itself."""
        return Happening(event, fact, at + SENT_AFTER, self.company.id)

    def sale(self, at: datetime, reason: str, price: Money | None = None) -> Sale:
        """An unpaid sale created at `at`; discount and tax as this buyer has them."""
        subtotal = price or self.plan.price
        off = self.promo.percent_off if self.promo and reason != "subscription_cycle" else 0
        net = subtotal.minor - subtotal.minor * off // 100
        tax = self._tax(subtotal.currency, net)
        total = Money(net + tax, subtotal.currency)
        return Sale(
            id=self.ids.new("pay"),
            company=self.company,
            buyer=self.buyer,
            plan=self.plan,
            reason=reason,
            stage=Stage.CREATED,
            subtotal=subtotal,
            total=total,
            tax=Money(tax, subtotal.currency) if tax else None,
            usd_total=to_usd(total),
            created_at=at,
            updated_at=at,
            membership_id=self.membership_id,
            promo=self.promo if off else None,
            metadata=self.metadata,
        )

    def _tax(self, currency: str, net: int) -> int:
        if currency not in ("usd", "eur"):
            return 0
        return net * self.rng.choice(TAX_RATES_BP) // 10_000

    def paid(self, sale: Sale) -> Sale:
        paid_at = sale.created_at + self.soon(PAID_AFTER_SECONDS)
        updated_at = paid_at + timedelta(milliseconds=300)
        return replace(sale, stage=Stage.SUCCEEDED, paid_at=paid_at, updated_at=updated_at)

    def begin_membership(self) -> None:
        self.membership_id = self.ids.new("mem")

    def membership(self, at: datetime, status: str = "active") -> Membership:
        """The membership as it stands at `at`; its period is the one that begins then."""
        period = self.plan.trial_days if status == "trialing" else self.plan.period_days
        return Membership(
            id=self.membership_id or "",
            company=self.company,
            buyer=self.buyer,
            plan=self.plan,
            status=status,
            created_at=self.start,
            updated_at=at,
            period_start=at,
            period_end=self.later(at, period) if period else None,
            metadata=self.membership_metadata,
            promo=self.promo,
        )

    def joined(self, at: datetime, spent: Money) -> Joined:
        return Joined(self.company, self.buyer, spent, at)
