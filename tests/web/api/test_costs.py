"""A read costs a fixed number of statements, whatever a member owns, and never walks a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from game.services.achievements import reads
from game.services.commissions import coming
from game.services.commissions import reads as commission_reads
from game.services.guilds import reads as guild_reads
from game.services.guilds.held import Actor
from game.services.ledger import money_reads, receipts
from game.services.members import profile
from game.services.quests import reads as quest_reads
from game.services.referrals import reads as referral_reads
from models.session import MEMBER, Transaction, transaction
from tests.support.company_life import Person, code_of, pay, settle
from tests.web.api.conftest import COMPANY
from tests.web.api.test_quests import open_app

NOW = datetime.now(UTC)

# What each service says of itself: statements after the transaction's opening one.
READS: dict[str, tuple[int, Callable[[Transaction, str, int], object]]] = {
    "profile": (4, lambda tx, c, m: profile.read_member(tx, c, m, NOW)),
    "public profile": (3, lambda tx, c, m: profile.read_public_profile(tx, c, str(m), NOW)),
    "quests": (2, lambda tx, c, m: quest_reads.read_quests(tx, c, m, NOW, after=None, limit=20)),
    "receipts": (2, lambda tx, c, m: receipts.read_receipts(tx, c, m, None, 20)),
    "commissions": (1, lambda tx, c, m: commission_reads.read_commissions(tx, c, m, None, 20)),
    "balance": (1, money_reads.read_balances),
    "balance ahead": (3, lambda tx, c, m: coming.read_balances_ahead(tx, c, m, NOW)),
    "achievements": (4, lambda tx, c, m: reads.read_achievements(tx, c, m, NOW)),
    "referrals": (1, lambda tx, c, m: referral_reads.read_referrals(tx, c, m, NOW, None, 20)),
    "guilds": (
        2,
        lambda tx, c, m: guild_reads.read_guilds(
            tx, Actor(c, m, is_moderator=False), NOW, search="", only="", after=None, limit=20
        ),
    ),
    "stats": (4, lambda tx, c, m: referral_reads.read_stats(tx, c, m, NOW)),
}


class Watched(Transaction):
    """A transaction that remembers its statements as they were sent."""

    def __init__(self, inner: Transaction) -> None:
        super().__init__(inner.connection)
        self.sent: list[str] = []

    def rows(self, sql: str, params: Any = ()) -> list[tuple[Any, ...]]:
        self.sent.append(self._cursor.mogrify(sql, params).decode())
        return super().rows(sql, params)


@contextmanager
def watched(company_id: str) -> Iterator[Watched]:
    with transaction(MEMBER, company_id) as tx:
        yield Watched(tx)


def test_a_read_costs_the_same_for_a_rich_member_as_for_a_new_one(hero: Person) -> None:
    poor = {name: statements(hero, name) for name in READS}
    open_app(hero)
    code = code_of(hero)
    for number in range(6):
        pay(COMPANY, f"user_{number}", code)
    settle()

    rich = {name: statements(hero, name) for name in READS}

    assert poor == rich == {name: count for name, (count, _) in READS.items()}


def test_a_read_finds_its_rows_by_an_index(hero: Person) -> None:
    """With scans forbidden, a plan that still has one has no index to use."""
    for name, (_, read) in READS.items():
        with watched(COMPANY) as tx:
            read(tx, COMPANY, hero.member_id)
            tx.run("SET LOCAL enable_seqscan = off")
            for sql in tx.sent:
                assert "Seq Scan" not in explained(tx, sql), (name, sql)


def test_pages_come_out_of_the_index_in_their_order(hero: Person) -> None:
    """The page is not sorted, so it costs no more of a long list than of a short one."""
    for name in ("receipts", "commissions"):
        with watched(COMPANY) as tx:
            READS[name][1](tx, COMPANY, hero.member_id)
            tx.run("SET LOCAL enable_seqscan = off")
            tx.run("SET LOCAL enable_bitmapscan = off")
            plan = explained(tx, tx.sent[0])

        assert "Sort Key: receipt" not in plan
        assert "Sort Key: payment_effect" not in plan


def statements(person: Person, name: str) -> int:
    with watched(COMPANY) as tx:
        READS[name][1](tx, COMPANY, person.member_id)
        return len(tx.sent)


def explained(tx: Transaction, sql: str) -> str:
    return "\n".join(line for (line,) in Transaction.rows(tx, f"EXPLAIN {sql}"))
