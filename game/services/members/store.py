"""A repository of members: locked and loaded for a transaction, with what they chose over time.

Lock order of the whole system: the company's turn, then members by (company, id), all in one
statement, `FOR NO KEY UPDATE`; balances follow under the member's lock.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from game.rules.facts import Change, MemberHistory
from game.rules.metrics import FIGURES, MemberFigures
from game.services.ledger.posting import MemberKey
from game.services.platform import bulk
from models.session import Transaction


@dataclass(slots=True)
class MemberState(MemberFigures):
    """One locked member; the figures are changed in memory and written once at the end."""

    company_id: str
    id: int
    whop_user_id: str
    history: MemberHistory = field(default_factory=lambda: MemberHistory(""))

    @property
    def key(self) -> MemberKey:
        return (self.company_id, self.id)


def lock_members(
    tx: Transaction, keys: Collection[MemberKey], *, skip_locked: bool = False
) -> dict[MemberKey, MemberState]:
    """Lock these members in one sorted statement, then load them with their histories.

    `skip_locked`: leave out those somebody else holds, for jobs that cross companies and come
    again; nobody's lock may keep them from all the others.
    """
    return _load(tx, keys, "FOR NO KEY UPDATE OF m" + " SKIP LOCKED" * skip_locked)


def read_members(tx: Transaction, keys: Collection[MemberKey]) -> dict[MemberKey, MemberState]:
    """Load these members without a lock, for readers that change nothing."""
    return _load(tx, keys, "")


def _load(
    tx: Transaction, keys: Collection[MemberKey], locking: str
) -> dict[MemberKey, MemberState]:
    if not keys:
        return {}
    arrays = bulk.pairs(sorted(keys))
    figures = ", ".join(f"m.{name}" for name in FIGURES)
    found = (
        MemberState(*row)
        for row in tx.rows(
            f"SELECT {figures}, m.company_id, m.id, m.whop_user_id "  # noqa: S608
            "FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, id) "
            "JOIN member m USING (company_id, id) "
            f"ORDER BY m.company_id, m.id {locking}",
            arrays,
        )
    )
    members = {member.key: member for member in found}
    _load_histories(tx, members, arrays)
    return members


def _load_histories(
    tx: Transaction,
    members: dict[MemberKey, MemberState],
    arrays: tuple[list[str], list[int]],
) -> None:
    changes: dict[tuple[MemberKey, str], list[Change]] = {}
    for company, member_id, kind, at, value in tx.rows(
        "SELECT f.company_id, f.member_id, f.kind, f.at, f.value "
        "FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, member_id) "
        "JOIN member_fact f USING (company_id, member_id) "
        "WHERE f.kind IN ('class', 'prestige', 'ban', 'guild') ORDER BY f.at, f.id",
        arrays,
    ):
        changes.setdefault(((company, member_id), kind), []).append(Change(at, value))
    for key, member in members.items():
        member.history = MemberHistory(
            whop_user_id=member.whop_user_id,
            classes=changes.get((key, "class"), ()),
            prestiges=changes.get((key, "prestige"), ()),
            bans=changes.get((key, "ban"), ()),
            guilds=changes.get((key, "guild"), ()),
        )


def store_members(tx: Transaction, members: Collection[MemberState]) -> None:
    """Write the figures of these members back, in one statement."""
    rows = [
        {
            "company_id": member.company_id,
            "id": member.id,
            **{name: getattr(member, name) for name in FIGURES},
        }
        for member in members
    ]
    bulk.update(tx, "member", rows, key="company_id id", columns=" ".join(FIGURES))
