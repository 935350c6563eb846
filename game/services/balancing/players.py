"""Who plays in a simulated year, and what they do on a day. Assumptions, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from game.rules.facts import Payment

YEAR = 365
MONTH = timedelta(days=30)
PRICES = (2900, 4900, 4900, 9900, 19900)
"""What communities ask for a month, in US cents."""
SUBSCRIBED, STAYS = 0.6, 0.85
"""How many buyers come by subscription, and how many of those pay another month."""


@dataclass(frozen=True, slots=True)
class Player:
    """A kind of member. Rates are a week's averages; `visits`: chance to open the app on a day."""

    name: str
    conversions: float
    clicks: float
    lessons: float
    visits: float


PLAYERS = (
    Player("casual", conversions=0.5, clicks=5, lessons=0.5, visits=0.3),
    Player("active", conversions=2, clicks=20, lessons=2, visits=0.85),
    Player("pro", conversions=8, clicks=90, lessons=3, visits=1.0),
)


@dataclass(slots=True)
class Day:
    """What a member does on one day. Payments are (buyer, payment) in the order of their times."""

    opens: bool = False
    clicks: int = 0
    lessons: list[datetime] = field(default_factory=list)
    payments: list[tuple[str, Payment]] = field(default_factory=list)


def live(player: Player, start: datetime, dice: Random, days: int = YEAR) -> list[Day]:
    """Draw a member's year, day by day: the same dice, the same year, whatever is played."""
    year = [Day() for _ in range(days)]
    for number, day in enumerate(year):
        begins = start + timedelta(days=number)
        day.opens = dice.random() < player.visits
        day.clicks = _count(dice, player.clicks / 7)
        day.lessons = sorted(_moments(dice, begins, player.lessons / 7))
        for at in _moments(dice, begins, player.conversions / 7):
            _subscribe(year, f"buyer_{number}_{at:%H%M%S%f}", at, start, dice)
    for day in year:
        day.payments.sort(key=lambda one: (one[1].at, one[0]))
    return year


def _subscribe(
    year: Sequence[Day], buyer: str, at: datetime, start: datetime, dice: Random
) -> None:
    """A buyer's first payment, and those of the months they stay."""
    price = dice.choice(PRICES)
    reason, number = "subscription_create", 0
    stays = dice.random() < SUBSCRIBED
    while (place := (at - start).days) < len(year):
        year[place].payments.append((buyer, _payment(buyer, number, at, price, reason)))
        if not stays or dice.random() >= STAYS:
            return
        at, number, reason = at + MONTH, number + 1, "subscription_cycle"


def _payment(buyer: str, number: int, at: datetime, price: int, reason: str) -> Payment:
    return Payment(
        payment_id=f"{buyer}:{number:02}",
        buyer_id=buyer,
        buyer_name="",
        at=at,
        created_at=at,
        updated_at=at,
        received_at=at,
        currency="usd",
        exponent=2,
        total_minor=price,
        tax_minor=0,
        usd_total_cents=price,
        presentment_minor=None,
        presentment_currency="",
        presentment_exponent=0,
        refunded_minor=0,
        billing_reason=reason,
        membership_id="",
        ref="",
        promo_code_id="",
        shape=2,
    )


def _moments(dice: Random, begins: datetime, mean: float) -> list[datetime]:
    return [begins + timedelta(seconds=dice.randrange(86_400)) for _ in range(_count(dice, mean))]


def _count(dice: Random, mean: float) -> int:
    """How often something of this average happens on a day (Poisson, by waiting times)."""
    count, passed = 0, dice.expovariate(mean) if mean else 2.0
    while passed < 1:
        count += 1
        passed += dice.expovariate(mean)
    return count
