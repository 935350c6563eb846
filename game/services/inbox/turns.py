"""A fair queue with advisory locks: whose turn it is, and the oldest of what waits.

A company is settled by one process at a time. Its turn is an advisory lock of the transaction,
taken before its rows are read in a second statement, so that the rows are those of after the
lock. Companies go round: each batch begins behind the last company of the batch before.

With the turns goes a shared lock on the journal's key (`run_journal`): it says that the process
lives for as long as its batch does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.session import Transaction

COMPANIES_A_BATCH = 50
TURN_SPACE = 7_465_102
"""First part of the two-part advisory lock; the second is a hash of the company."""

# A loose walk over the two partial indexes: one probe per company, whatever the backlog.
WAITING = """
WITH RECURSIVE
in_inbox AS (
  (SELECT coalesce(company_id, '') AS c FROM inbox
   WHERE state = 'waiting' AND coalesce(company_id, '') >= %(after)s ORDER BY 1 LIMIT 1)
  UNION ALL
  SELECT (SELECT coalesce(i.company_id, '') FROM inbox i
          WHERE i.state = 'waiting' AND coalesce(i.company_id, '') > w.c ORDER BY 1 LIMIT 1)
  FROM in_inbox w WHERE w.c IS NOT NULL
),
in_facts AS (
  (SELECT company_id AS c FROM member_fact
   WHERE NOT settled AND aside = '' AND company_id >= %(after)s ORDER BY 1 LIMIT 1)
  UNION ALL
  SELECT (SELECT f.company_id FROM member_fact f
          WHERE NOT f.settled AND f.aside = '' AND f.company_id > w.c ORDER BY 1 LIMIT 1)
  FROM in_facts w WHERE w.c IS NOT NULL
),
candidates AS MATERIALIZED (
  SELECT c FROM (
    (SELECT c FROM in_inbox WHERE c <> ALL(%(without)s::text[]) LIMIT %(most)s)
    UNION
    (SELECT c FROM in_facts WHERE c <> ALL(%(without)s::text[]) LIMIT %(most)s)
  ) AS both_kinds ORDER BY c LIMIT %(most)s
)
SELECT c, pg_advisory_xact_lock_shared(%(alive)s::bigint)
FROM candidates WHERE pg_try_advisory_xact_lock(%(space)s, hashtext(c)) ORDER BY c
"""
ONE_TURN = """
SELECT pg_advisory_xact_lock_shared(%(alive)s::bigint)
WHERE pg_try_advisory_xact_lock(%(space)s, hashtext(%(company)s::text))
"""

# Ordered by all columns of the index that holds the waiting rows, or a long backlog would be read
# and sorted whole for each batch.
OLDEST = """
SELECT i.seq, i.webhook_id, i.company_id, i.type, i.received_at, i.attempts, i.alone, b.sealed
FROM unnest(%(companies)s::text[]) AS k (c)
CROSS JOIN LATERAL (
  SELECT * FROM inbox
  WHERE state = 'waiting' AND coalesce(company_id, '') = k.c
  ORDER BY coalesce(company_id, ''), seq LIMIT %(share)s
) i
LEFT JOIN inbox_body b ON b.seq = i.seq AND b.received_at = i.received_at
ORDER BY i.seq
"""

OWN_FACTS = """
SELECT f.id, f.company_id, f.member_id, f.kind, f.key, f.at, f.value, f.attempts, f.alone
FROM unnest(%(companies)s::text[]) AS k (c)
CROSS JOIN LATERAL (
  SELECT * FROM member_fact
  WHERE NOT settled AND aside = '' AND company_id = k.c ORDER BY company_id, id LIMIT %(share)s
) f
ORDER BY f.id
"""

CHOSEN = """
SELECT i.seq, i.webhook_id, i.company_id, i.type, i.received_at, i.attempts, i.alone, b.sealed
FROM inbox i
LEFT JOIN inbox_body b ON b.seq = i.seq AND b.received_at = i.received_at
WHERE i.seq = ANY(%s) AND i.state = 'waiting' ORDER BY i.seq
"""

CHOSEN_FACTS = """
SELECT id, company_id, member_id, kind, key, at, value, attempts, alone FROM member_fact
WHERE id = ANY(%s) AND NOT settled AND aside = '' ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class WaitingDelivery:
    """One waiting row of the inbox. `sealed` is None where the raw body is gone."""

    seq: int
    webhook_id: str
    company_id: str | None
    type: str
    received_at: datetime
    attempts: int
    alone: bool
    sealed: memoryview | None


@dataclass(frozen=True, slots=True)
class OwnFact:
    """One fact of a member that is not in the books yet."""

    id: int
    company_id: str
    member_id: int
    kind: str
    key: str
    at: datetime
    value: str
    attempts: int
    alone: bool

    @property
    def type(self) -> str:
        """What it is called where it stands beside deliveries."""
        return f"member_fact.{self.kind}"


@dataclass(frozen=True, slots=True)
class Work:
    """What one batch settles, and the companies whose turns it holds."""

    companies: Sequence[str]
    deliveries: Sequence[WaitingDelivery]
    facts: Sequence[OwnFact]

    @property
    def size(self) -> int:
        return len(self.deliveries) + len(self.facts)

    @property
    def owners(self) -> list[str]:
        """The companies that something in it belongs to; '' for deliveries that name none."""
        named = {one.company_id or "" for one in self.deliveries}
        return sorted(named | {fact.company_id for fact in self.facts})

    def oldest(self, most: int) -> Work:
        """The part of it that has waited longest, of both kinds alike."""
        if self.size <= most:
            return self
        ages = [(one.received_at, 0, one.seq) for one in self.deliveries]
        ages += [(fact.at, 1, fact.id) for fact in self.facts]
        chosen = {(kind, number) for _, kind, number in sorted(ages)[:most]}
        return Work(
            self.companies,
            [one for one in self.deliveries if (0, one.seq) in chosen],
            [fact for fact in self.facts if (1, fact.id) in chosen],
        )


def take_turns(
    tx: Transaction, after: str, alive: int, *, without: Sequence[str] = ()
) -> list[str]:
    """Take the turns of up to 50 companies with something waiting, from `after` on.

    '' stands for deliveries that name no company. Turns another process holds are left out, and
    those of `without`. `alive` is the journal's key.
    """
    params = {
        "after": after,
        "most": COMPANIES_A_BATCH,
        "space": TURN_SPACE,
        "without": list(without),
        "alive": alive,
    }
    return [company for company, _ in tx.rows(WAITING, params)]


def try_turn(tx: Transaction, company_id: str, alive: int) -> bool:
    """Take one company's turn if no other process holds it; False where one does."""
    params = {"company": company_id, "space": TURN_SPACE, "alive": alive}
    return bool(tx.rows(ONE_TURN, params))


def take_turn(tx: Transaction, company_id: str) -> None:
    """Wait for and take one company's turn until the end of the transaction."""
    tx.run("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (TURN_SPACE, company_id))


def oldest_work(
    tx: Transaction, companies: Sequence[str], batch: int, *, suspect_first: bool = False
) -> Work:
    """The oldest waiting rows of these companies, up to `batch`, shared evenly between them.

    What is marked `alone` comes alone: where nothing else waits, or with `suspect_first`.
    """
    share = max(batch // max(len(companies), 1), 1)
    params = {"companies": list(companies), "share": share}
    deliveries = [WaitingDelivery(*row) for row in tx.rows(OLDEST, params)][:batch]
    facts = [OwnFact(*row) for row in tx.rows(OWN_FACTS, params)][: max(batch - len(deliveries), 1)]
    together = Work(
        companies,
        [delivery for delivery in deliveries if not delivery.alone],
        [fact for fact in facts if not fact.alone],
    )
    suspects = Work(
        companies,
        [delivery for delivery in deliveries if delivery.alone],
        [fact for fact in facts if fact.alone],
    )
    if suspects.size and (suspect_first or not together.size):
        return suspects.oldest(1)
    return together


def chosen_work(
    tx: Transaction, companies: Sequence[str], seqs: Sequence[int], fact_ids: Sequence[int]
) -> Work:
    """Exactly these rows, as far as they still wait; the companies' turns must be held."""
    deliveries = [WaitingDelivery(*row) for row in tx.rows(CHOSEN, (list(seqs),))]
    facts = [OwnFact(*row) for row in tx.rows(CHOSEN_FACTS, (list(fact_ids),))]
    return Work(companies, deliveries, facts)
