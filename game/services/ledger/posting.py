"""A unit of work on the ledger: gather what a batch posts, then write it set-wise.

A `Posting` lives for one transaction, under the turn of its companies and the locks of its
members. Everything it gathers is written by `write`, in as many statements as there are tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from game.rules.calendar_windows import Day
from game.rules.effects import LessonEffect, PaymentEffect
from game.rules.metrics import DAY_COUNTS, NEWEST_OF
from game.rules.movements import OF_COMPANY, Leg
from game.services.platform import bulk
from models.session import Transaction

MemberKey = tuple[str, int]
"""(company id, member id)."""

EFFECT_FIELDS = tuple(one.name for one in fields(PaymentEffect) if one.name != "referrer_id")
"""What of an effect is stored as it is; the referrer is stored by member id."""

EFFECT_COLUMNS = (
    "member_id",
    *(name for name in EFFECT_FIELDS if name != "payment_id"),
    "paid_minor",
    "paid_elsewhere",
    "version",
    "announced",
)
"""The columns of `payment_effect` that a new posting may change."""

Brought = tuple[MemberKey, datetime, str, int]
"""What a member brought to the guild they were in at a moment: (who, when, what, how much).

`what` is a column of `guild_share`, or of `guild_week` after `week_`."""

VALUED_ANEW = ("payment", "lesson")
"""Receipts that say what changed of an effect, whose time may have been another before."""

LESSON_FIELDS = tuple(one.name for one in fields(LessonEffect))
"""The columns of `lesson_effect` that hold a lesson's effect."""

LESSON_COLUMNS = (*(name for name in LESSON_FIELDS if name != "lesson_id"), "version")
"""Those that a new posting may change."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One fact's part in the scores of its stretch: amounts by the names in `NEWEST_OF`."""

    stretch: Day
    at: datetime
    amounts: Mapping[str, int]

    def holds(self, what: str, was: Scored) -> bool:
        """Whether it is still in that score, at the same moment."""
        same = self.at == was.at and self.stretch == was.stretch
        return same and bool(self.amounts.get(what))


def gain(figure: str) -> int:
    """A difference that is added to a figure of the member (`MemberFigures`)."""
    gained: int = field(default=0, metadata={"figure": figure})
    return gained


@dataclass(slots=True)
class MemberChange:
    """What changes for one member: differences, not new values."""

    xp: int = gain("lifetime_xp")
    referrals: int = gain("total_referrals")
    earned_usd_cents: int = gain("earned_usd_cents")
    quests_claimed: int = gain("quests_claimed")
    clicks: int = gain("clicks")
    days: dict[Day, dict[str, int]] = field(default_factory=dict)
    newest: dict[Day, dict[str, datetime]] = field(default_factory=dict)
    """By stretch: the newest of the facts that came into one of its scores."""
    newest_ever: dict[str, datetime] = field(default_factory=dict)
    left: set[Day] = field(default_factory=set)
    """Stretches from whose scores a fact went: their newest is to be looked up."""
    is_scored: bool = False
    notices: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def count(self, stretch: Day, what: str, amount: int) -> None:
        """Add to one of the counts of a stretch of local days."""
        if amount:
            counts = self.days.setdefault(stretch, dict.fromkeys(DAY_COUNTS, 0))
            counts[what] += amount

    def score(self, was: Scored | None, now: Scored | None) -> None:
        """Move a fact's part in the scores from what it was to what it is (None = none)."""
        self.is_scored = True
        for part, sign in ((was, -1), (now, 1)):
            if part is not None:
                for what, amount in part.amounts.items():
                    self.count(part.stretch, what, sign * amount)
        for what in NEWEST_OF:
            if was and was.amounts.get(what) and not (now and now.holds(what, was)):
                self.left.add(was.stretch)
            if now and now.amounts.get(what):
                newest = self.newest.setdefault(now.stretch, {})
                newest[what] = max(now.at, newest.get(what, now.at))
                self.newest_ever[what] = max(now.at, self.newest_ever.get(what, now.at))

    def tell(self, kind: str, **data: Any) -> None:
        """Note a notice for the member; numbered when everything is known."""
        self.notices.append((kind, data))

    def gains(self) -> dict[str, int]:
        """What is added to which figures; those that stay are left out."""
        return {figure: gained for name, figure in GAINS if (gained := getattr(self, name))}


GAINS = tuple(
    (one.name, one.metadata["figure"]) for one in fields(MemberChange) if "figure" in one.metadata
)


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """One receipt: who, how much XP, why, from which fact."""

    member: MemberKey
    key: str
    kind: str
    source_id: str
    reason: str
    xp: int
    at: datetime
    rule_version: int
    inputs: Mapping[str, Any]


@dataclass(slots=True)
class Posting:
    """All that one transaction posts. `now` is the moment of posting."""

    now: datetime
    changes: defaultdict[MemberKey, MemberChange] = field(
        default_factory=lambda: defaultdict(MemberChange)
    )
    effects: list[dict[str, Any]] = field(default_factory=list)
    lesson_effects: list[dict[str, Any]] = field(default_factory=list)
    unlocks: list[dict[str, Any]] = field(default_factory=list)
    brought: list[Brought] = field(default_factory=list)
    granted: list[tuple[MemberKey, datetime, int]] = field(default_factory=list)
    """XP of receipts that are no effect's: (who, as of when, how much)."""
    _receipts: list[dict[str, Any]] = field(default_factory=list)
    _movements: list[dict[str, Any]] = field(default_factory=list)
    _balances: dict[tuple[str, int, str], dict[str, Any]] = field(default_factory=dict)

    def add(self, receipt: NewReceipt) -> None:
        """Write a receipt and give its XP to the member."""
        company, member_id = receipt.member
        self._receipts.append(
            {
                "company_id": company,
                "member_id": member_id,
                "key": receipt.key,
                "kind": receipt.kind,
                "source_id": receipt.source_id,
                "reason": receipt.reason,
                "xp": receipt.xp,
                "at": receipt.at,
                "posted_at": self.now,
                "rule_version": receipt.rule_version,
                "inputs": receipt.inputs,
            }
        )
        self.changes[receipt.member].xp += receipt.xp
        if receipt.kind not in VALUED_ANEW and receipt.xp:
            self.bring(receipt.member, receipt.at, "xp", receipt.xp)
            self.granted.append((receipt.member, receipt.at, receipt.xp))

    def bring(self, member: MemberKey, at: datetime, what: str, amount: int) -> None:
        """Note what a member brought at `at`, for the guild they were in then."""
        if amount:
            self.brought.append((member, at, what, amount))

    def move(
        self,
        receipt: NewReceipt,
        legs: list[Leg],
        currency: str,
        exponent: int,
        payment_id: str | None,
    ) -> None:
        """Move money under `receipt` and keep the member's balance in step.

        `payment_id` is the payment whose commission moves; None where it is no single one's.
        """
        company, member_id = receipt.member
        for number, leg in enumerate(legs):
            self._movements.append(
                {
                    "company_id": company,
                    "member_id": member_id,
                    "key": receipt.key,
                    "leg": number,
                    "debit": leg.debit,
                    "credit": leg.credit,
                    "currency": currency,
                    "amount_minor": leg.amount_minor,
                    "payment_id": payment_id,
                    "posted_at": self.now,
                }
            )
            balance = self._balance(company, member_id, currency, exponent)
            if leg.debit not in OF_COMPANY:
                balance[f"{leg.debit}_minor"] -= leg.amount_minor
            if leg.credit not in OF_COMPANY:
                balance[f"{leg.credit}_minor"] += leg.amount_minor

    def write_books(self, tx: Transaction) -> None:
        """Write what was gathered, set-wise. Members and their days are written elsewhere."""
        bulk.insert(
            tx,
            "payment_effect",
            self.effects,
            key="company_id payment_id",
            update=" ".join(EFFECT_COLUMNS),
        )
        bulk.insert(
            tx,
            "lesson_effect",
            self.lesson_effects,
            key="company_id member_id lesson_id",
            update=" ".join(LESSON_COLUMNS),
        )
        bulk.insert(tx, "achievement_unlock", self.unlocks)
        bulk.insert(tx, "receipt", self._receipts)
        bulk.insert(tx, "movement", self._movements)
        bulk.insert(
            tx,
            "balance",
            sorted(self._balances.values(), key=lambda b: (b["company_id"], b["member_id"])),
            key="company_id member_id currency",
            add="pending_minor held_minor payable_minor paid_minor",
        )

    def _balance(
        self, company: str, member_id: int, currency: str, exponent: int
    ) -> dict[str, Any]:
        return self._balances.setdefault(
            (company, member_id, currency),
            {
                "company_id": company,
                "member_id": member_id,
                "currency": currency,
                "exponent": exponent,
                "pending_minor": 0,
                "held_minor": 0,
                "payable_minor": 0,
                "paid_minor": 0,
            },
        )
