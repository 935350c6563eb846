"""Members as they are shown: to themselves with their money, to others without it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from game.rules import levels
from game.rules.refusals import Refusal
from game.rules.ruleset import RuleSet
from game.rules.streaks import Streak
from game.services.achievements.reads import Badge, read_badges
from game.services.ledger.money_reads import CurrencyBalance, read_balances_main_first
from game.services.members.streaks import read_streak
from game.services.rulesets.charter import load_charter
from models.session import Transaction

LARGEST_ID = 2**63 - 1
LONGEST_ID = len(str(LARGEST_ID))

ANONYMOUS = "Anonymous"
"""What a member is called to others who does not want to be named."""

COLUMNS = (
    "m.id, m.whop_user_id, m.username, m.avatar_url, m.character_class, m.lifetime_xp, "
    "m.prestige_level, m.total_referrals, m.created_at"
)


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """What other members of the company may see. XP and levels are those of this run."""

    id: int
    username: str
    avatar_url: str | None
    character_class: str | None
    level: int
    experience_points: int
    lifetime_xp: int
    prestige_level: int
    total_referrals: int
    achievements: list[Badge]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member as they see themselves.

    `experience_points` never shows less than zero; a debt is earned back first, so
    `xp_to_next_level` counts it in. `class_change_at`: None = the class may be changed now.
    """

    id: int
    whop_user_id: str
    username: str
    avatar_url: str | None
    character_class: str | None
    level: int
    experience_points: int
    lifetime_xp: int
    xp_to_next_level: int
    level_xp: int
    next_level_xp: int
    prestige_level: int
    total_referrals: int
    streak: Streak
    commission: list[CurrencyBalance]
    class_change_at: datetime | None
    silent_kinds: list[str]
    created_at: datetime
    last_notice: int
    """Number of their newest notice, read before everything else here."""


def read_member(tx: Transaction, company_id: str, member_id: int, now: datetime) -> MemberView:
    """A member's own profile, in six queries. Raises the refusal `not_found`."""
    rows = tx.rows(
        f"SELECT {COLUMNS}, (SELECT max(f.at) FROM member_fact f "  # noqa: S608 - our own names
        "  WHERE f.company_id = m.company_id AND f.member_id = m.id AND f.kind = 'class'), "
        "m.notice_seq, m.silent_kinds, m.best_streak "
        "FROM member m WHERE m.company_id = %s AND m.id = %s",
        (company_id, member_id),
    )
    if not rows:
        raise no_such_member(member_id)
    charter = load_charter(tx, company_id)
    balances = read_balances_main_first(tx, company_id, member_id)
    *row, best = rows[0]
    streak = read_streak(tx, charter, member_id, best, now)
    return _own_view(row, balances, streak, charter.rules.at(now), now)


def read_public_profile(
    tx: Transaction, company_id: str, named: str, now: datetime, *, sees_all: bool = False
) -> PublicProfile:
    """Another member's profile by member id or Whop user id, in five queries.

    Raises the refusal `not_found`; a member of another company is as unknown as nobody. One who
    wants to stay unnamed has no name or picture, and is not found by the Whop user id, unless
    whoever looks `sees_all`: the team, and they themselves.
    """
    column, value = _named_by(named)
    rows = tx.rows(
        f"SELECT {COLUMNS}, m.anonymous FROM member m "  # noqa: S608 - our own names
        f"WHERE m.company_id = %s AND m.{column} = %s",
        (company_id, value),
    )
    if not rows:
        raise no_such_member(named)
    *shown, is_anonymous = rows[0]
    is_hidden = is_anonymous and not sees_all
    if is_hidden and column != "id":
        raise no_such_member(named)
    charter = load_charter(tx, company_id)
    member_id, _, username, avatar, character_class, lifetime, prestige, referrals, made = shown
    run = levels.run_xp(lifetime, prestige, charter.rules.at(now))
    return PublicProfile(
        id=member_id,
        username=ANONYMOUS if is_hidden else username,
        avatar_url=None if is_hidden else avatar or None,
        character_class=character_class,
        level=levels.level_of(run, charter.rules.at(now)),
        experience_points=max(run, 0),
        lifetime_xp=lifetime,
        prestige_level=prestige,
        total_referrals=referrals,
        achievements=read_badges(tx, company_id, member_id, charter.rules),
        created_at=made,
    )


def no_such_member(named: object) -> Refusal:
    return Refusal("not_found", "There is no such member.", {"member": str(named)})


def _named_by(named: str) -> tuple[str, int | str]:
    """Digits are a member id, everything else a Whop user id."""
    is_number = len(named) <= LONGEST_ID and named.isascii() and named.isdigit()
    if is_number and int(named) <= LARGEST_ID:
        return "id", int(named)
    return "whop_user_id", named


def _own_view(
    row: Sequence[Any],
    balances: Collection[CurrencyBalance],
    streak: Streak,
    rules: RuleSet,
    now: datetime,
) -> MemberView:
    (
        member_id, user, name, avatar, character_class, lifetime, prestige, referrals, made,
        chosen, last_notice, silent,
    ) = row  # fmt: skip
    level = levels.level_now(lifetime, prestige, rules)
    opens_at = chosen + timedelta(days=rules.class_change_days) if chosen else None
    return MemberView(
        id=member_id,
        whop_user_id=user,
        username=name,
        avatar_url=avatar or None,
        character_class=character_class,
        level=level,
        experience_points=max(levels.run_xp(lifetime, prestige, rules), 0),
        lifetime_xp=lifetime,
        xp_to_next_level=levels.xp_to_next_level(lifetime, prestige, rules),
        level_xp=levels.xp_for_level(level, rules),
        next_level_xp=levels.xp_for_level(level + 1, rules),
        prestige_level=prestige,
        total_referrals=referrals,
        streak=streak,
        commission=list(balances),
        class_change_at=opens_at if opens_at is not None and opens_at > now else None,
        silent_kinds=list(silent),
        created_at=made,
        last_notice=last_notice,
    )
