"""The model's own view of paid money: parts of payouts laid against what each sale has left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tests.model import bodies, oracle

ACCOUNTS = ("pending", "held", "payable", "paid")
Purses = dict[tuple[str, str], dict[str, int]]
Parts = Iterable[tuple[str, str, str, int]]
"""(user, currency, payment or '', amount) of every payout whose money has left."""


def purses(
    log: Iterable[tuple[Any, datetime]], codes: Mapping[str, str], parts: Parts, now: datetime
) -> Purses:
    """Work out every member's four accounts in each currency from the facts and the payouts."""
    world = oracle.World(codes=codes)
    told = bodies.Told(log)
    sales = [sale for buyer in told.buyers() for sale in oracle.credit(buyer, told, world)]
    for sale in sales:
        sale.in_rally = sale.is_conversion and oracle.is_rally(sale, sales)
        oracle.value(sale, told, world, now)
    paid: dict[tuple[str, str, str], int] = defaultdict(int)
    for user, currency, payment, amount in parts:
        paid[user, currency, payment] += amount
    answer: Purses = defaultdict(lambda: dict.fromkeys(ACCOUNTS, 0))
    for sale in sales:
        currency = sale.payment["currency"]
        out = paid.pop((sale.referrer, currency, sale.payment["id"]), 0)
        mine = answer[sale.referrer, currency]
        left = sale.kept - out
        mine[sale.account if left > 0 else "payable"] += left
        mine["paid"] += out
    for (user, currency, _), out in paid.items():  # credited to somebody else by now
        answer[user, currency]["payable"] -= out
        answer[user, currency]["paid"] += out
    return {key: mine for key, mine in answer.items() if any(mine.values())}
