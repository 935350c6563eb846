"""Achievements as they are shown: all there are, how far a member is, what is unlocked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from game.rules.achievements import asked, reachable
from game.rules.metrics import BADGE_METRICS
from game.rules.money import WHOLE_BP
from game.rules.requirements import (
    Reach,
    leaves,
    progress_of,
    reached,
    told,
    told_part,
)
from game.rules.ruleset import Rules
from game.rules.ruleset_parts import Achievement
from game.services.rulesets import wording
from game.services.rulesets.charter import load_charter
from models.session import Transaction

FIGURES = (
    f"SELECT {', '.join(metric.sql for metric in BADGE_METRICS.values())} "  # noqa: S608
    "FROM member WHERE company_id = %s AND id = %s"
)


@dataclass(frozen=True, slots=True)
class BadgePart:
    """One thing of several that an achievement asks for; `progress` stops at the target."""

    metric: str
    words: str
    target: int
    progress: int


@dataclass(frozen=True, slots=True)
class AchievementView:
    """One badge and the way to it. `progress` stops at the threshold; None = still locked."""

    key: str
    title: str
    description: str
    metric: str
    threshold: int
    reward_xp: int
    rarity: str
    progress: int
    unlocked_at: datetime | None
    words: str
    """What it asks for, told plainly."""
    parts: list[BadgePart]
    hidden: bool
    is_next: bool
    """Locked, and the nearest of those about the same thing."""
    share_bp: int | None
    """Of 10,000 members, how many have it; None = not counted yet."""


@dataclass(frozen=True, slots=True)
class Badge:
    """An unlocked achievement, as everybody in the company may see it."""

    key: str
    title: str
    rarity: str
    unlocked_at: datetime


def read_achievements(
    tx: Transaction, company_id: str, member_id: int, now: datetime
) -> list[AchievementView]:
    """Every achievement of the present rules that can be reached, and all that are unlocked.

    Six queries. In the order of the rules, so that steps of one metric stand together. A hidden
    one is not there before it is unlocked.
    """
    rules = load_charter(tx, company_id).rules
    unlocked = _unlocked(tx, company_id, member_id)
    figures = _figures(tx, company_id, member_id)
    shares = _shares(tx, company_id)
    present = [one for one in reachable(rules.at(now)) if not one.hidden or one.key in unlocked]
    gone = [
        found
        for key in unlocked
        if all(key != one.key for one in present) and (found := wording.achievement(rules, key))
    ]
    nearest: dict[str, str] = {}
    for one in present:
        if one.key not in unlocked:
            nearest.setdefault(one.key if one.requirement else one.metric, one.key)
    return [
        replace(
            _view(one, rules.at(now).rarity_of(one.reward_xp), figures, unlocked.get(one.key)),
            is_next=one.key in nearest.values(),
            share_bp=_share_bp(one.key, shares),
        )
        for one in (*present, *gone)
    ]


def read_badges(tx: Transaction, company_id: str, member_id: int, rules: Rules) -> list[Badge]:
    """What a member has unlocked, newest first, in one query."""
    return [
        Badge(
            key=key,
            title=found.title if (found := wording.achievement(rules, key)) else key,
            rarity=rules.all()[-1].rarity_of(found.reward_xp if found else 0),
            unlocked_at=at,
        )
        for key, at in sorted(
            _unlocked(tx, company_id, member_id).items(),
            key=lambda one: (one[1], one[0]),
            reverse=True,
        )
    ]


def _unlocked(tx: Transaction, company_id: str, member_id: int) -> dict[str, datetime]:
    return dict(
        tx.rows(
            "SELECT key, unlocked_at FROM achievement_unlock "
            "WHERE company_id = %s AND member_id = %s ORDER BY unlocked_at, key",
            (company_id, member_id),
        )
    )


def _shares(tx: Transaction, company_id: str) -> dict[str, int]:
    return dict(
        tx.rows("SELECT key, members FROM achievement_share WHERE company_id = %s", (company_id,))
    )


def _share_bp(key: str, shares: Mapping[str, int]) -> int | None:
    everybody = shares.get("", 0)
    return min(shares.get(key, 0) * WHOLE_BP // everybody, WHOLE_BP) if everybody else None


def _figures(tx: Transaction, company_id: str, member_id: int) -> Mapping[str, int]:
    rows = tx.rows(FIGURES, (company_id, member_id))
    return dict(zip(BADGE_METRICS, rows[0], strict=True)) if rows else {}


def _view(
    one: Achievement, rarity: str, figures: Mapping[str, int], unlocked_at: datetime | None
) -> AchievementView:
    requirement = asked(one)
    way = progress_of(requirement, figures)
    parts = []
    if not isinstance(requirement, Reach):
        parts = [
            BadgePart(
                leaf.metric,
                told_part(leaf),
                leaf.target,
                leaf.target if unlocked_at else reached(leaf, figures),
            )
            for leaf in leaves(requirement)
        ]
    return AchievementView(
        key=one.key,
        title=one.title,
        description=one.description,
        metric=one.metric,
        threshold=one.threshold,
        reward_xp=one.reward_xp,
        rarity=rarity,
        # For good once unlocked, even where what it was unlocked with was taken back.
        progress=one.threshold if unlocked_at else way,
        unlocked_at=unlocked_at,
        words=told(requirement),
        parts=parts,
        hidden=one.hidden,
        is_next=False,
        share_bp=None,
    )
