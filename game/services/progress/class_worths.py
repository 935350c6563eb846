"""What a member's last thirty days would have brought in each class, from the books; a read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from game.rules.class_comparison import COMPARED, ClassWorth, Recorded, Reward, compare
from game.rules.multipliers import prestige_at
from game.rules.rally import rally_flags, rally_window
from game.services.commissions.payment_posting import NOBODYS, posted_from_row, select_posted
from game.services.ledger.money_reads import Money
from game.services.members.profile import no_such_member
from game.services.members.store import MemberState, read_members
from game.services.rulesets.charter import Charter, load_charter
from models.session import Transaction

REWARDED = """
SELECT at, 0, rule_version FROM lesson_effect
WHERE company_id = %(company)s AND member_id = %(member)s AND day >= %(day)s AND xp > 0
  AND at > %(since)s AND at <= %(now)s
UNION ALL
SELECT claimed_at, reward_xp, 0 FROM quest
WHERE company_id = %(company)s AND member_id = %(member)s AND ends_at > %(since)s
  AND claimed_at > %(since)s AND claimed_at <= %(now)s
UNION ALL
SELECT unlocked_at, reward_xp, 0 FROM achievement_unlock
WHERE company_id = %(company)s AND member_id = %(member)s
  AND unlocked_at > %(since)s AND unlocked_at <= %(now)s
"""


@dataclass(frozen=True, slots=True)
class ClassOutcome:
    """One class: its XP, the part of it that its ability adds, and its commission."""

    key: str
    xp: int
    ability_xp: int
    commission: list[Money]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`(since, until]` in each class. `conversions`: how many new referrals lie in it."""

    since: datetime
    until: datetime
    conversions: int
    classes: list[ClassOutcome]


def read_comparison(tx: Transaction, company_id: str, member_id: int, now: datetime) -> Comparison:
    """Compare the classes for one member. Raises the refusal `not_found`."""
    charter = load_charter(tx, company_id)
    members = read_members(tx, [(company_id, member_id)])
    if not members:
        raise no_such_member(member_id)
    since = now - COMPARED
    recorded = _recorded(tx, charter, members[company_id, member_id], since, now)
    exponents = {one.currency: one.exponent for one in recorded.payments}
    return Comparison(
        since=since,
        until=now,
        conversions=sum(one.kind == "conversion" for one in recorded.payments),
        classes=[_outcome(one, exponents) for one in compare(recorded, charter.rules, now)],
    )


def _outcome(worth: ClassWorth, exponents: dict[str, int]) -> ClassOutcome:
    money = [
        Money(amount, currency, exponents[currency])
        for currency, amount in sorted(worth.commission.items())
    ]
    return ClassOutcome(worth.key, worth.xp, worth.ability_xp, money)


def _recorded(
    tx: Transaction, charter: Charter, member: MemberState, since: datetime, now: datetime
) -> Recorded:
    reach = rally_window(charter.rules)
    posted = [
        posted_from_row(row)[2].effect
        for row in tx.rows(
            f"SELECT {select_posted('e')} FROM payment_effect e "  # noqa: S608 - our own names
            "WHERE e.company_id = %s AND e.member_id = %s AND e.kind <> %s "
            "AND e.at > %s AND e.at <= %s ORDER BY e.at, e.payment_id",
            (*member.key, NOBODYS, since - reach, now),
        )
    ]
    conversions = [(one.payment_id, one.at) for one in posted if one.kind == "conversion"]
    return Recorded(
        payments=[one for one in posted if one.at > since],
        rewards=_rewards(tx, charter, member, since, now),
        in_rally=rally_flags(conversions, charter.rules),
    )


def _rewards(
    tx: Transaction, charter: Charter, member: MemberState, since: datetime, now: datetime
) -> list[Reward]:
    company, member_id = member.key
    asked = {
        "company": company,
        "member": member_id,
        "since": since,
        "day": charter.zones.day(since).date,
        "now": now,
    }
    return [
        Reward(
            points or charter.rules.numbered(version).lesson_xp.points,
            prestige_at(member.history, at),
        )
        for at, points, version in tx.rows(REWARDED, asked)
    ]
