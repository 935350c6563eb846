"""Transfers as their webhooks tell of them: in the batch, after everything else of it is booked.

A payout's end is Whop's last word, whichever way it came; what a later word changes is posted as
the difference.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog

from game.rules.facts import Transfer
from game.rules.payouts import FOLLOWS, told_state
from game.services.ledger.posting import MemberKey
from game.services.members.store import MemberState
from game.services.payouts.store import WHOP, Changes, Payout, PayoutKey, lock_payouts
from game.services.platform import bulk
from game.services.rulesets.charter import Charter
from models.session import Transaction

log = structlog.get_logger(__name__)


class TransferChange(Protocol):
    """A transfer that is told otherwise than before."""

    @property
    def company_id(self) -> str: ...
    @property
    def now(self) -> Transfer: ...


@dataclass(slots=True)
class Told:
    """Which payouts a batch's transfers are about, and who has to be locked for them."""

    transfers: dict[PayoutKey, Transfer] = field(default_factory=dict)
    users: dict[PayoutKey, str] = field(default_factory=dict)
    payees: set[MemberKey] = field(default_factory=set)
    creators: set[MemberKey] = field(default_factory=set)

    @property
    def members(self) -> set[MemberKey]:
        return self.payees | self.creators


def find_told(tx: Transaction, changes: Collection[TransferChange]) -> Told:
    """The payouts of these transfers and their members, in one query; none without transfers."""
    told = Told()
    if not changes:
        return told
    of_key = {(one.company_id, one.now.payout_key): one.now for one in changes}
    for company, key, payout_id, member_id, user_id, creators in tx.rows(
        "SELECT p.company_id, p.key, p.id, p.member_id, m.whop_user_id, "
        "  ARRAY(SELECT c.id FROM member c WHERE c.company_id = p.company_id "
        "    AND c.role = 'creator' AND c.banned_at IS NULL) "
        "FROM unnest(%s::text[], %s::text[]) AS k (company_id, key) "
        "JOIN payout p USING (company_id, key) "
        "JOIN member m ON m.company_id = p.company_id AND m.id = p.member_id",
        bulk.pairs(of_key),
    ):
        told.transfers[company, payout_id] = of_key[company, key]
        told.users[company, payout_id] = user_id
        told.payees.add((company, member_id))
        told.creators |= {(company, creator) for creator in creators}
    return told


def post_told(
    tx: Transaction,
    told: Told,
    members: Mapping[MemberKey, MemberState],
    charters: Mapping[str, Charter],
    now: datetime,
) -> None:
    """Book the ends of these payouts. Turns and members must be held, their figures written."""
    if not told.transfers:
        return
    payouts = lock_payouts(tx, told.transfers)
    mine = {key: members[key] for key in told.members}
    changes = Changes(now, mine, told.creators, charters)
    for place, payout in payouts.items():
        _take_in(changes, payout, told.transfers[place], told.users[place])
    changes.write(tx)


def _take_in(changes: Changes, payout: Payout, told: Transfer, user_id: str) -> None:
    if not _is_its_own(payout, told, user_id):
        log.error(
            "transfer_differs",
            company_id=payout.company_id,
            payout_id=payout.id,
            transfer_id=told.transfer_id,
        )
        payout.problem = "transfer_differs"
        changes.touch(payout)
        return
    payout.transfer_id = told.transfer_id
    changes.touch(payout)
    state = told_state(told.status)
    if state is None or state == payout.state:
        return
    if payout.state == "approved":
        changes.step(payout, "sending", WHOP)  # its own commit said so and was lost, or is not yet
    if state in FOLLOWS[payout.state]:
        changes.step(payout, state, WHOP, told.problem)


def _is_its_own(payout: Payout, told: Transfer, user_id: str) -> bool:
    """Whether the transfer can be what this payout asked for."""
    is_other = payout.transfer_id not in ("", told.transfer_id)
    is_amount = not told.currency or (told.currency, told.amount_minor * 10**payout.exponent) == (
        payout.currency,
        payout.amount_minor * 10**told.exponent,
    )
    return not is_other and is_amount and told.destination_id in ("", user_id)
