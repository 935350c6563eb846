"""A company to settle for: members with codes, deliveries through the real inbox, books read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from game.services.inbox import intake
from game.services.members.joining import ensure_company, ensure_members
from game.services.settlement.drain import drain
from game.services.verifying.verify import verify
from models.session import WORKER, transaction
from simulator.bodies import WebhookBody
from simulator.world import World
from tests.model.oracle import Choice, books

COMPANY = "biz_test"
CLASSES = ("", "scout", "sage", "champion")
LIMIT = 10_000
"""Batches after which a drain that never ends is taken for a fault."""


def found_company(
    now: datetime, members: int = 8, company: str = COMPANY, chosen_days_ago: int = 300
) -> list[tuple[str, str]]:
    """Make a company whose members have a code each, and classes in turn; (user, code) pairs."""
    pairs = [(f"user_ref{number:02d}", f"CODE22{number + 22}") for number in range(members)]
    with transaction(WORKER) as tx:
        ensure_company(tx, company, now)
        ids = ensure_members(tx, company, {user: user for user, _ in pairs}, now)
        for user, code in pairs:
            tx.run(
                "INSERT INTO referral_code (company_id, code, member_id, created_at) "
                "VALUES (%s, %s, %s, %s)",
                (company, code, ids[user], now),
            )
        for choice in choices_of(pairs, now, chosen_days_ago):
            tx.run(
                "INSERT INTO member_fact (company_id, member_id, kind, key, at, value, settled) "
                "VALUES (%s, %s, 'class', '1', %s, %s, true)",
                (company, ids[choice.user_id], choice.at, choice.value),
            )
            tx.run(
                "UPDATE member SET character_class = %s WHERE company_id = %s AND id = %s",
                (choice.value, company, ids[choice.user_id]),
            )
    return pairs


def choices_of(
    pairs: Sequence[tuple[str, str]], now: datetime, days_ago: int = 300
) -> list[Choice]:
    """The classes `found_company` gives its members, as the model wants them."""
    at = now - timedelta(days=days_ago)
    return [
        Choice(user, "class", at, CLASSES[place % len(CLASSES)])
        for place, (user, _) in enumerate(pairs)
        if CLASSES[place % len(CLASSES)]
    ]


def life(
    pairs: Sequence[tuple[str, str]], now: datetime, count: int, company: str = COMPANY
) -> list[WebhookBody]:
    """`count` deliveries of a company's busy last three weeks, none older than a hold."""
    world = World(
        7, company, pairs, start=now - timedelta(days=21), pace=0.02, arrivals_per_day=120
    )
    return world.events(count)


def deliver_all(deliveries: Iterable[WebhookBody], now: datetime) -> None:
    """Put deliveries into the inbox, in this order, through the same function as the door."""
    for delivery in deliveries:
        put(delivery.webhook_id, delivery.raw, now)


def put(webhook_id: str, body: bytes, now: datetime) -> str:
    """One body into the inbox; accepted or duplicate."""
    return intake.accept(intake.read_delivery(webhook_id, body, now, now), timeout_ms=10_000)


def drain_all(now: datetime | None = None, batch: int = 200) -> int:
    """Settle until nothing waits; how many deliveries were settled."""
    settled = 0
    for _ in range(LIMIT):
        done = drain(now or datetime.now(UTC), batch)
        settled += done.settled
        if not done.more:
            return settled
    raise AssertionError("the inbox never became empty")


def figures(company: str = COMPANY) -> dict[str, dict[str, Any]]:
    """Every member's figures as the books hold them, in the shape of the independent model."""
    with transaction(WORKER) as tx:
        members: dict[int, str] = dict(
            tx.rows("SELECT id, whop_user_id FROM member WHERE company_id = %s", (company,))
        )
        answer: dict[str, dict[str, Any]] = defaultdict(
            lambda: {"money": {}, "payment_xp": 0, "lesson_xp": 0,
                     "total_referrals": 0, "earned_usd_cents": 0}
        )  # fmt: skip
        for member, currency, pending, held, payable in tx.rows(
            "SELECT member_id, currency, pending_minor, held_minor, payable_minor FROM balance "
            "WHERE company_id = %s",
            (company,),
        ):
            purse = {"pending": pending, "held": held, "payable": payable}
            kept = {account: amount for account, amount in purse.items() if amount}
            if kept:
                answer[members[member]]["money"][currency] = kept
        for member, kind, xp in tx.rows(
            "SELECT member_id, kind, sum(xp)::bigint FROM receipt WHERE company_id = %s "
            "AND kind IN ('payment', 'lesson') GROUP BY 1, 2",
            (company,),
        ):
            answer[members[member]][f"{kind}_xp"] = xp
        for member, referrals, cents in tx.rows(
            "SELECT id, total_referrals, earned_usd_cents FROM member WHERE company_id = %s",
            (company,),
        ):
            answer[members[member]]["total_referrals"] = referrals
            answer[members[member]]["earned_usd_cents"] = cents
    return without_zeros(answer)


def model_figures(
    deliveries: Iterable[WebhookBody], pairs: Sequence[tuple[str, str]], now: datetime
) -> dict[str, dict[str, Any]]:
    """What the independent model makes of the same deliveries."""
    codes = {code: user for user, code in pairs}
    log = [(delivery.raw, now) for delivery in deliveries]
    return without_zeros(books(log, codes, choices_of(pairs, now), now))


def without_zeros(answer: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Leave out members without any figure, so that both sides say nothing alike."""
    return {user: mine for user, mine in sorted(answer.items()) if any(mine.values())}


def differences(now: datetime, company: str = COMPANY) -> list[str]:
    """What `legends verify` finds."""
    return [str(found) for found in verify([company], now)]


def states() -> dict[str, int]:
    """How many deliveries are in which state."""
    with transaction(WORKER) as tx:
        return dict(tx.rows("SELECT state, count(*) FROM inbox GROUP BY 1"))


def shuffled(deliveries: Sequence[WebhookBody], seed: int) -> list[WebhookBody]:
    """The same deliveries in another order."""
    return Random(seed).sample(list(deliveries), len(deliveries))
