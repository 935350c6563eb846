"""Settlement: a batch of waiting facts becomes effects in the books, in one transaction.

Facts are recorded and merged, the buyers they touch are valued anew by the pure rules, and the
difference to what the books hold is posted. The number of queries does not depend on the size
of the batch. Who takes which batch, and what becomes of failures, is told in `drain`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from game.services.inbox.reading import Fallen, News, read_all
from game.services.inbox.turns import OwnFact, Work
from game.services.ledger.posting import MemberKey, Posting
from game.services.members.joining import ensure_companies, ensure_members_of_many
from game.services.members.store import MemberState, lock_members
from game.services.progress.advancing import advance
from game.services.rulesets.book import CompanyBook, load_books
from game.services.settlement import fact_store, rally_reach
from game.services.settlement.buyers import Buyers, post_buyers, store_referrals, study
from game.services.settlement.cases import BuyerKey, buyers_of
from game.services.settlement.fact_store import LessonMove
from game.services.settlement.lesson_posting import post_lessons
from game.services.settlement.own_facts import buyers_after, count_facts, lessons_after
from models.session import Transaction


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch came to."""

    handled: int
    ignored: int
    fallen: tuple[Fallen, ...]


def settle_work(tx: Transaction, work: Work, now: datetime) -> Outcome:
    """Settle what the deliveries and facts of `work` say. The companies' turns must be held."""
    news = read_all(tx, work.deliveries)
    ensure_companies(tx, _companies(news), now)
    books = load_books(tx, _companies(news) | {fact.company_id for fact in work.facts})
    touched, moves = _record(tx, news)
    touched |= buyers_after(tx, work.facts)
    moves = lessons_after(tx, work.facts) + moves
    _post(tx, books, touched, moves, work.facts, now)
    _mark(tx, work, news, now)
    return Outcome(len(news.handled), len(news.ignored), tuple(news.fallen))


def settle_buyers(tx: Transaction, keys: Collection[BuyerKey], now: datetime) -> None:
    """Value these buyers anew without a new fact: a hold that ended, a rule set that changed.

    The turns of their companies must be held.
    """
    books = load_books(tx, {company for company, _ in keys})
    _post(tx, books, set(keys), [], (), now)


def _record(tx: Transaction, news: News) -> tuple[set[BuyerKey], list[LessonMove]]:
    """Store the facts; the buyers they bear on, and the lessons that are new or moved."""
    payments = fact_store.record(tx, fact_store.PAYMENTS, news.payments)
    refunds = fact_store.record(tx, fact_store.REFUNDS, news.refunds)
    disputes = fact_store.record(tx, fact_store.DISPUTES, news.disputes)
    memberships = fact_store.record(tx, fact_store.MEMBERSHIPS, news.memberships)
    moves = fact_store.record_lessons(tx, news.lessons)
    named = {(company, fact.payment_id) for company, fact in refunds}
    named |= {(company, fact.payment_id) for company, fact in disputes}
    joined = {(company, fact.membership_id) for company, fact in payments if fact.membership_id}
    joined |= {(company, fact.membership_id) for company, fact in memberships}
    buyers = buyers_of(tx, named, joined)
    buyers |= {(company, fact.buyer_id) for company, fact in payments if fact.buyer_id}
    return buyers, moves


def _post(  # noqa: PLR0913, PLR0917 - the parts of one batch
    tx: Transaction,
    books: Mapping[str, CompanyBook],
    touched: set[BuyerKey],
    moves: Collection[LessonMove],
    facts: Collection[OwnFact],
    now: datetime,
) -> None:
    buyers = study(tx, books, touched)
    learners = {(move.company_id, move.lesson.user_id): move.lesson.user_name for move in moves}
    users = dict.fromkeys(buyers.referrers(), "") | learners
    ids = ensure_members_of_many(tx, users, now)
    keys = {(company, member_id) for (company, _), member_id in ids.items()}
    keys |= buyers.posted_members() | {(fact.company_id, fact.member_id) for fact in facts}
    members = lock_members(tx, keys)
    # Also those the books credit so far: a rally they lose may reach further buyers of theirs.
    ids = {(company, one.whop_user_id): number for (company, number), one in members.items()}
    rally = _with_neighbours(tx, books, members, ids, buyers)
    posting = Posting(now)
    post_buyers(posting, books, members, ids, buyers, rally)
    post_lessons(tx, posting, books, members, _by_member(moves, ids))
    count_facts(posting, books, facts)
    store_referrals(tx, ids, buyers)
    advance(tx, posting, books, members)


def _with_neighbours(
    tx: Transaction,
    books: Mapping[str, CompanyBook],
    members: Mapping[MemberKey, MemberState],
    ids: Mapping[tuple[str, str], int],
    buyers: Buyers,
) -> dict[tuple[str, str], bool]:
    """Take in the buyers a rally reaches; the conversions that are in one."""
    reached = rally_reach.neighbours(tx, books, members, ids, buyers)
    if reached:
        buyers.extend(study(tx, books, reached))
    return rally_reach.flags(tx, books, members, ids, buyers)


def _mark(tx: Transaction, work: Work, news: News, now: datetime) -> None:
    """Mark what is settled; what fell out is left for the caller."""
    tx.put(
        "UPDATE inbox SET state = CASE WHEN seq = ANY(%s) THEN 'ignored' ELSE 'handled' END, "
        "settled_at = %s, next_attempt_at = NULL WHERE seq = ANY(%s)",
        (news.ignored, now, news.handled + news.ignored),
    )
    if work.facts:
        tx.put(
            "UPDATE member_fact SET settled = true WHERE id = ANY(%s)",
            ([fact.id for fact in work.facts],),
        )


def _companies(news: News) -> set[str]:
    kinds = (news.payments, news.refunds, news.disputes, news.memberships, news.lessons)
    return {company for kind in kinds for company, _ in kind}


def _by_member(
    moves: Collection[LessonMove], ids: Mapping[tuple[str, str], int]
) -> dict[MemberKey, list[LessonMove]]:
    grouped: dict[MemberKey, list[LessonMove]] = defaultdict(list)
    for move in moves:
        grouped[move.company_id, ids[move.company_id, move.lesson.user_id]].append(move)
    return grouped
