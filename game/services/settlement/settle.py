"""Settlement: a batch of waiting facts becomes effects in the books, in one transaction.

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
from game.services.inbox.reading import Fallen, ReadBatch, read_all
from game.services.inbox.turns import OwnFact, Work
from game.services.ledger.posting import MemberKey, Posting
from game.services.members.joining import ensure_companies, ensure_members_of_many
from game.services.members.store import lock_members
from game.services.progress.advancing import advance
from game.services.rulesets.book import CompanyBook, load_books
from game.services.settlement import rally_reach
from game.services.settlement.buyers import Batch, post_buyers, store_referrals, study
from game.services.settlement.cases import BuyerKey, buyers_of
from game.services.settlement.fact_store import FactChange, Key, LessonChange, record
from game.services.settlement.lesson_posting import post_lessons
from game.services.settlement.own_facts import buyers_after, count_facts, lessons_after
from models.session import Transaction, pairs


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch came to."""

    handled: int
    ignored: int
    fallen: tuple[Fallen, ...]


@dataclass(slots=True)
class Touched:
    """What a batch bears on: buyers to value anew, lessons new or moved, members' own facts."""

    buyers: set[BuyerKey]
    lessons: list[LessonChange] = field(default_factory=list)
    facts: Collection[OwnFact] = ()


def settle_work(tx: Transaction, work: Work, now: datetime) -> Outcome:
    """Settle what the deliveries and facts of `work` say. The companies' turns must be held."""
    read = read_all(tx, work.deliveries)
    ensure_companies(tx, read.companies, now)
    books = load_books(tx, read.companies | {fact.company_id for fact in work.facts})
    buyers, lessons = _record(tx, read)
    buyers |= buyers_after(tx, work.facts)
    lessons = lessons_after(tx, work.facts) + lessons
    _post(tx, books, Touched(buyers, lessons, work.facts), now)
    _mark(tx, work, read, now)
    return Outcome(len(read.handled), len(read.ignored), tuple(read.fallen))


def settle_buyers(tx: Transaction, keys: Collection[BuyerKey], now: datetime) -> None:
    """Value these buyers anew without a new fact: a hold that ended, a rule set that changed.

    The turns of their companies must be held.
    """
    books = load_books(tx, {company for company, _ in keys})
    _post(tx, books, Touched(set(keys)), now)


def _record(tx: Transaction, read: ReadBatch) -> tuple[set[BuyerKey], list[LessonChange]]:
    """Store the facts; the buyers they bear on, and the lessons that are new or moved."""
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
    return buyers_of(tx, payments, memberships) | buyers, changes[fact_kinds.LESSONS.table]


def _post(
    tx: Transaction, books: Mapping[str, CompanyBook], touched: Touched, now: datetime
) -> None:
    batch = Batch(tx, now, books, study(tx, books, touched.buyers))
    _lock_members(batch, touched)
    _take_neighbours_in(batch)
    posting = Posting(now)
    post_buyers(posting, batch)
    post_lessons(tx, posting, books, batch.members, _by_member(touched.lessons, batch.ids))
    count_facts(posting, books, touched.facts)
    store_referrals(batch)
    advance(tx, posting, books, batch.members)


def _lock_members(batch: Batch, touched: Touched) -> None:
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
    batch.members = lock_members(batch.tx, keys)
    # Also those the books credit so far: a rally they lose may reach further buyers of theirs.
    batch.ids = {
        (company, one.whop_user_id): number for (company, number), one in batch.members.items()
    }


def _take_neighbours_in(batch: Batch) -> None:
    """Take in the buyers a rally reaches; then it is known which conversions are in one."""
    reached = rally_reach.neighbours(batch)
    if reached:
        batch.buyers.extend(study(batch.tx, batch.books, reached))
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
