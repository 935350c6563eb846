"""Settlement, a unit of work: a batch of facts becomes effects in the books, in one transaction.

Facts are recorded and merged, the buyers they touch are valued anew by the pure rules, and the
difference to what the books hold is posted. The number of queries does not depend on the size
of the batch. Who takes which batch, and what becomes of failures, is told in `drain`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from game.rules import fact_kinds
from game.services.commissions.payment_posting import Posted
from game.services.inbox.reading import Fallen, ReadBatch, read_all
from game.services.inbox.turns import OwnFact, Work
from game.services.ledger.posting import MemberKey, Posting
from game.services.members.joining import ensure_companies, ensure_members_of_many
from game.services.members.store import lock_members
from game.services.payouts.told import Told, find_told, post_told
from game.services.progress.advancing import advance
from game.services.rulesets.charter import Charter, load_charters
from game.services.settlement import rally_reach
from game.services.settlement.buyers import Batch, post_buyers, store_referrals, study
from game.services.settlement.cases import BuyerKey, buyers_of
from game.services.settlement.fact_store import (
    FactChange,
    Key,
    LessonChange,
    TransferChange,
    record,
)
from game.services.settlement.lesson_posting import post_lessons
from game.services.settlement.own_facts import buyers_after, count_facts, lessons_after
from game.services.whop.questions import note_missing, note_shares
from models.session import Transaction, pairs

_NAME_PAYMENTS = (fact_kinds.REFUNDS, fact_kinds.DISPUTES)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a batch came to."""

    handled: int
    ignored: int
    fallen: tuple[Fallen, ...]


@dataclass(slots=True)
class Touched:
    """What a batch bears on: buyers to value anew, lessons new or moved, own facts, transfers.

    `withdrawn`: what the books hold for payments of these buyers that are no facts any more.
    """

    buyers: set[BuyerKey]
    lessons: list[LessonChange] = field(default_factory=list)
    facts: Collection[OwnFact] = ()
    transfers: list[TransferChange] = field(default_factory=list)
    withdrawn: Mapping[BuyerKey, Mapping[str, Posted]] = field(default_factory=dict)


def settle_work(tx: Transaction, work: Work, now: datetime) -> Settled:
    """Settle what the deliveries and facts of `work` say. The companies' turns must be held."""
    read = read_all(tx, work.deliveries)
    ensure_companies(tx, read.companies, now)
    charters = load_charters(tx, read.companies | {fact.company_id for fact in work.facts})
    touched = _record(tx, read, now)
    touched.buyers |= buyers_after(tx, work.facts)
    touched.lessons = lessons_after(tx, work.facts) + touched.lessons
    touched.facts = work.facts
    _post(tx, charters, touched, now)
    _mark(tx, work, read, now)
    return Settled(len(read.handled), len(read.ignored), tuple(read.fallen))


def settle_buyers(tx: Transaction, keys: Collection[BuyerKey], now: datetime) -> None:
    """Value these buyers anew without a new fact: a hold that ended, a rule set that changed.

    The turns of their companies must be held.
    """
    charters = load_charters(tx, {company for company, _ in keys})
    _post(tx, charters, Touched(set(keys)), now)


def settle_withdrawn(
    tx: Transaction,
    keys: Collection[BuyerKey],
    withdrawn: Mapping[BuyerKey, Mapping[str, Posted]],
    now: datetime,
) -> None:
    """Value these buyers anew after some of their payments were withdrawn, which are taken back.

    `withdrawn` is what the books held for those. The turns of the companies must be held.
    """
    charters = load_charters(tx, {company for company, _ in keys})
    _post(tx, charters, Touched(set(keys), withdrawn=withdrawn), now)


def _record(tx: Transaction, read: ReadBatch, now: datetime) -> Touched:
    """Store the facts; what they bear on."""
    payments: set[Key] = set()
    memberships: set[Key] = set()
    buyers: set[BuyerKey] = set()
    changes: dict[str, list[FactChange[Any]]] = {}
    for kind in fact_kinds.KINDS:
        changes[kind.table] = record(tx, kind, read.facts.get(kind.fact, ()))
        touching = ((kind.payment, payments), (kind.membership, memberships), (kind.buyer, buyers))
        for name, touched in touching:
            if name:
                touched.update(*(change.named(name) for change in changes[kind.table]))
    told = [change for kind in _NAME_PAYMENTS for change in changes[kind.table]]
    note_missing(tx, {(one.company_id, one.now.payment_id) for one in told}, now)
    return Touched(
        buyers_of(tx, payments, memberships) | buyers,
        changes[fact_kinds.LESSONS.table],
        transfers=changes[fact_kinds.TRANSFERS.table],
    )


def _post(
    tx: Transaction, charters: Mapping[str, Charter], touched: Touched, now: datetime
) -> None:
    batch = Batch(tx, now, charters, study(tx, charters, touched.buyers))
    for key, posted in touched.withdrawn.items():
        batch.buyers.posted[key] |= posted
    note_shares(tx, ((company, case) for (company, _), case in batch.buyers.cases.items()), now)
    told = find_told(tx, touched.transfers)
    _lock_members(batch, touched, told)
    _take_neighbours_in(batch)
    posting = Posting(now)
    post_buyers(posting, batch)
    post_lessons(tx, posting, charters, batch.members, _by_member(touched.lessons, batch.ids))
    count_facts(posting, charters, touched.facts)
    store_referrals(batch)
    advance(tx, posting, charters, batch.members)
    post_told(tx, told, batch.members, charters, now)


def _lock_members(batch: Batch, touched: Touched, told: Told) -> None:
    """Lock everybody who may gain or lose, and make members of those who are none yet."""
    in_order = sorted(touched.lessons, key=lambda one: (bool(one.now.user_name), one.now.at))
    newest = {(one.company_id, one.now.user_id): one.now for one in in_order}
    learners = {key: lesson.user_name for key, lesson in newest.items()}
    users = dict.fromkeys(batch.buyers.referrers(), "") | learners
    told_at = {key: lesson.at for key, lesson in newest.items()}
    ids = ensure_members_of_many(batch.tx, users, batch.now, told_at)
    keys = {(company, member_id) for (company, _), member_id in ids.items()}
    keys |= batch.buyers.posted_members()
    keys |= {(fact.company_id, fact.member_id) for fact in touched.facts}
    keys |= told.members
    batch.members = lock_members(batch.tx, keys)
    # Also those the books credit so far: a rally they lose may reach further buyers of theirs.
    batch.ids = {
        (company, one.whop_user_id): number for (company, number), one in batch.members.items()
    }


def _take_neighbours_in(batch: Batch) -> None:
    """Take in the buyers a rally reaches; then it is known which conversions are in one."""
    reached = rally_reach.neighbours(batch)
    if reached:
        batch.buyers.extend(study(batch.tx, batch.charters, reached))
    batch.rally = rally_reach.flags(batch)


def _mark(tx: Transaction, work: Work, read: ReadBatch, now: datetime) -> None:
    """Mark what is settled; what fell out is left for the caller."""
    tx.put(
        "UPDATE inbox SET state = CASE WHEN seq = ANY(%s) THEN 'ignored' ELSE 'handled' END, "
        "settled_at = %s, next_attempt_at = NULL WHERE seq = ANY(%s)",
        (read.ignored, now, read.handled + read.ignored),
    )
    if work.facts:
        tx.put(
            "UPDATE member_fact f SET settled = true "
            "FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, id) "
            "WHERE f.company_id = k.company_id AND f.id = k.id",
            pairs((fact.company_id, fact.id) for fact in work.facts),
        )


def _by_member(
    lessons: Collection[LessonChange], ids: Mapping[tuple[str, str], int]
) -> dict[MemberKey, list[LessonChange]]:
    grouped: dict[MemberKey, list[LessonChange]] = defaultdict(list)
    for one in lessons:
        grouped[one.company_id, ids[one.company_id, one.now.user_id]].append(one)
    return grouped
