"""What the rules call for: the outputs, ready to be compared with the books and posted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from game.rules.requirements import Requirement

Account = Literal["pending", "held", "payable"]
Kind = Literal["conversion", "renewal"]
Source = Literal["code", "click", "membership", "promo", "affiliate", "manual"]
State = Literal["pending", "payable", "held", "cancelled", "paid"]


NoticeDraft = tuple[str, Mapping[str, Any]]
"""A notice that has no number yet: (type, data)."""
NoticeDrafts = list[NoticeDraft]
"""Those of one member, in order."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """One buyer credited to one referrer. `payment_id` is the payment whose claim it is.

    `source`: what named the referrer; `manual` = the creator did.
    """

    referrer_id: str
    payment_id: str
    started_at: datetime
    source: Source


@dataclass(frozen=True, slots=True)
class PaymentEffect:
    """What one payment is worth to its referrer now.

    `commission_minor` is the formula's full amount, `kept_minor` what is left after taking back.
    `usd_value_cents` is the USD value of the full commission (quests count it), `usd_kept_cents`
    that of the kept one. `counts`: a conversion big enough to be counted anywhere; `counted`:
    also not half or more taken back (profile and boards). `taken_num / taken_den` is the exact
    share taken back (`r`, 0..1). `day` and `part` name the stretch of local days it counts in.
    """

    payment_id: str
    buyer_id: str
    referrer_id: str
    kind: Kind
    at: datetime
    day: date
    part: int
    rule_version: int
    character_class: str
    prestige_level: int
    currency: str
    exponent: int
    base_minor: int
    usd_base_cents: int
    commission_minor: int
    kept_minor: int
    account: Account
    due_at: datetime
    usd_value_cents: int
    usd_kept_cents: int
    points: int
    multiplier_bp: int
    xp_awarded: int
    xp_kept: int
    taken_num: int
    taken_den: int
    counts: bool
    counted: bool
    reason: str
    """Why the figures are what they are now: conversion, renewal, refund, dispute, banned. What a
    later posting changed is another question: see `pricing.what_changed`."""


@dataclass(frozen=True, slots=True)
class LessonEffect:
    """XP of one lesson: zero beyond the day's first ten. `day` and `part` as for payments."""

    lesson_id: str
    at: datetime
    day: date
    part: int
    rule_version: int
    multiplier_bp: int
    xp: int


@dataclass(frozen=True, slots=True)
class QuestOffer:
    """One quest to assign, its numbers fixed from now on. `[starts_at, ends_at)` in UTC.

    Late facts of that window count until `closes_at`. Of a special quest, `entry` is the number of
    the version that a creator wrote and `terms` what it asks of this member.
    """

    template: str
    window: Literal["daily", "weekly", "monthly", "special"]
    slot: str
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    first_day: date
    last_day: date
    target_type: str
    target: int
    reward_xp: int
    rule_version: int
    entry: int | None = None
    terms: Requirement | None = None


@dataclass(frozen=True, slots=True)
class Unlock:
    """One achievement that has just become true."""

    key: str
    reward_xp: int
    xp: int
    multiplier_bp: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures achievements look at: metric name → value now."""

    metrics: Mapping[str, int]
