"""A company that lived, and what `legends verify` says once somebody changed its books by SQL."""

from __future__ import annotations

from datetime import datetime
from random import Random

from game.services.progress.acts import claim_quest, record_visit
from simulator.chaos import chaos
from tests.support.settling import (
    COMPANY,
    deliver_all,
    differences,
    drain_all,
    found_company,
    life,
)
from tests.support.telling import as_owner, pay, rows

TABLES = (
    "balance", "movement", "receipt", "achievement_unlock", "payment_effect", "payment",
    "refund", "referral", "lesson_effect", "member", "notice", "quest", "member_day", "inbox",
    "member_fact",
)  # fmt: skip
MOST_PAYMENTS = 40


def lived_company(now: datetime) -> int:
    """Live three weeks of doubled, shuffled, refunded and disputed payments; a member of it.

    The member has a bit of everything, a claimed quest too.
    """
    pairs = found_company(now)
    deliver_all(chaos(life(pairs, now, 500), Random(4), duplicates=0.4, shuffle=1), now)
    drain_all(now)
    member = _busiest()
    record_visit(COMPANY, member, now)
    _claim_something(member, now)
    return member


def found_after(sql: str, member: int, now: datetime) -> list[str]:
    """What `verify` says after a change by the owner, which is then taken back."""
    for table in TABLES:
        as_owner(f"CREATE TABLE kept_{table} AS TABLE {table}")
    as_owner(
        "SET session_replication_role = replica; "
        + sql.format(one=f"member_id = {member}", member=f"id = {member}")
    )
    found = differences(now)
    for table in TABLES:
        as_owner(
            f"SET session_replication_role = replica; DELETE FROM {table}; "
            f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept_{table}; "
            f"DROP TABLE kept_{table}; SET session_replication_role = DEFAULT"
        )
    return found


def _busiest() -> int:
    [(member,)] = rows(
        "SELECT m.id FROM member m WHERE m.character_class <> 'sage' AND level_ever > 1 "
        "AND EXISTS (SELECT FROM lesson_effect WHERE member_id = m.id) "
        "AND best_streak > 0 ORDER BY total_referrals DESC, id LIMIT 1"
    )
    return int(member)


def _claim_something(member: int, now: datetime) -> None:
    """Bring the member buyers until a quest of today is finished, and claim it."""
    [(code,)] = rows("SELECT code FROM referral_code WHERE member_id = %s", member)
    for number in range(MOST_PAYMENTS):
        done = rows("SELECT id FROM quest WHERE member_id = %s AND state = 'completed'", member)
        if done:
            claim_quest(COMPANY, member, done[0][0], now)
            return
        pay(f"pay_more_{number}", f"user_more_{number}", now, ref=code)
        drain_all(now)
    raise AssertionError("no quest was ever finished")
