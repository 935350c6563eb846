"""What members bring to their guilds, by the guild they were in at each fact's own time.

Rows of the member, written under the member's lock alone: a batch knows no guild. Two projections
of the same facts, `guild_share` for good and `guild_week` for what a week's quest counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from game.rules.facts import MemberHistory
from game.rules.guilds import guild_at
from game.services.ledger.posting import Brought, MemberKey, Posting
from game.services.members.store import MemberState
from game.services.platform import bulk
from game.services.rulesets.charter import Charter
from models.outgoing import RunTask
from models.session import Transaction

SHARES = ("xp", "referrals", "earned_usd_cents")
WEEKS = ("referrals", "clicks")
OF_WEEK = "week_"

# Everything a member brought since a moment, as it stands in the books: (when, what, how much).
SINCE = """
SELECT at, xp_kept, counted::int, usd_kept_cents, counts::int, 0 FROM payment_effect
WHERE company_id = %(company)s AND member_id = %(member)s AND at >= %(since)s AND kind <> 'none'
UNION ALL
SELECT at, xp, 0, 0, 0, 0 FROM lesson_effect
WHERE company_id = %(company)s AND member_id = %(member)s AND at >= %(since)s
UNION ALL
SELECT at, xp, 0, 0, 0, 0 FROM receipt
WHERE company_id = %(company)s AND member_id = %(member)s AND at >= %(since)s
  AND kind NOT IN ('payment', 'lesson')
UNION ALL
SELECT at, 0, 0, 0, 0, 1 FROM member_fact
WHERE company_id = %(company)s AND member_id = %(member)s AND at >= %(since)s
  AND kind = 'click' AND settled
"""
BROUGHT = ("xp", "referrals", "earned_usd_cents", "week_referrals", "week_clicks")

ShareKey = tuple[str, int, int]
"""(company, guild, member)."""
WeekKey = tuple[str, int, datetime, int]
"""(company, guild, the week's start, member)."""


class Sums:
    """Differences gathered for the two projections."""

    def __init__(self) -> None:
        self.shares: defaultdict[ShareKey, Counter[str]] = defaultdict(Counter)
        self.weeks: defaultdict[WeekKey, Counter[str]] = defaultdict(Counter)

    def add(  # noqa: PLR0913, PLR0917 - one fact for one guild
        self,
        charter: Charter,
        guild_id: int,
        member_id: int,
        at: datetime,
        what: str,
        amount: int,
    ) -> None:
        """Add what one fact is worth to the guild; to none (0) nothing."""
        if not guild_id or not amount:
            return
        company = charter.company_id
        if what.startswith(OF_WEEK):
            starts_at = charter.zones.window("weekly", at).starts_at
            place = (company, guild_id, starts_at, member_id)
            self.weeks[place][what.removeprefix(OF_WEEK)] += amount
        else:
            self.shares[company, guild_id, member_id][what] += amount

    def write(self, tx: Transaction) -> None:
        """Add the differences to the rows, one statement for each projection."""
        shares = [
            {"company_id": company, "guild_id": guild, "member_id": member}
            | {name: sums[name] for name in SHARES}
            for (company, guild, member), sums in sorted(self.shares.items())
            if any(sums.values())
        ]
        bulk.insert(
            tx, "guild_share", shares, key="company_id guild_id member_id", add=" ".join(SHARES)
        )
        weeks = [
            {"company_id": company, "guild_id": guild, "starts_at": at, "member_id": member}
            | {name: sums[name] for name in WEEKS}
            for (company, guild, at, member), sums in sorted(self.weeks.items())
            if any(sums.values())
        ]
        bulk.insert(
            tx,
            "guild_week",
            weeks,
            key="company_id guild_id starts_at member_id",
            add=" ".join(WEEKS),
        )
        self._ask_to_look(tx)

    def _ask_to_look(self, tx: Transaction) -> None:
        """Have somebody see, after the commit, how far the quests of these guilds are."""
        guilds: defaultdict[str, set[int]] = defaultdict(set)
        for (company, guild, _, _), sums in self.weeks.items():
            if any(sums.values()):
                guilds[company].add(guild)
        for company, ids in sorted(guilds.items()):
            tx.send(RunTask("guilds.look", {"company_id": company, "guild_ids": sorted(ids)}))


def store_shares(
    tx: Transaction,
    posting: Posting,
    charters: Mapping[str, Charter],
    members: Mapping[MemberKey, MemberState],
) -> None:
    """Give what was gathered to the guilds of its own times. The members must be locked."""
    brought = [one for one in posting.brought if members[one[0]].history.guilds]
    posting.brought.clear()
    if brought:
        sums = Sums()
        _gather(sums, charters, brought, lambda key, at: guild_at(members[key].history, at))
        sums.write(tx)


def move_shares(
    tx: Transaction, charter: Charter, member: MemberState, was: MemberHistory, since: datetime
) -> None:
    """Move what the member brought from `since` on to the guild they were in by their history now.

    A change holds from the beginning of its second, and a fact of that second may have been
    faster. `was`: the history those facts were given by. The member must be locked.
    """
    values = {"company": member.company_id, "member": member.id, "since": since}
    rows = tx.rows(SINCE, values)
    brought = [
        (member.key, at, what, amount)
        for at, *amounts in rows
        for what, amount in zip(BROUGHT, amounts, strict=True)
    ]
    if not brought:
        return
    charters = {member.company_id: charter}
    sums = Sums()
    _gather(sums, charters, _negated(brought), lambda _, at: guild_at(was, at))
    _gather(sums, charters, brought, lambda _, at: guild_at(member.history, at))
    sums.write(tx)


def _gather(
    sums: Sums,
    charters: Mapping[str, Charter],
    brought: Iterable[Brought],
    guild_of: Callable[[MemberKey, datetime], int],
) -> None:
    for key, at, what, amount in brought:
        company, member_id = key
        sums.add(charters[company], guild_of(key, at), member_id, at, what, amount)


def _negated(brought: Iterable[Brought]) -> Iterable[Brought]:
    return [(key, at, what, -amount) for key, at, what, amount in brought]
