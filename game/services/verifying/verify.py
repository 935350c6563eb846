"""Proving the books: every projection from its ledger, every ledger from the facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from game.services.rulesets.charter import Charter, load_charters
from game.services.verifying.boards import wrong_boards
from game.services.verifying.credits import wrong_credits
from game.services.verifying.days import wrong_days
from game.services.verifying.differences import Difference
from game.services.verifying.facts import wrong_effects, wrong_lessons
from game.services.verifying.guilds import wrong_guild_rewards, wrong_guilds
from game.services.verifying.lessons import wrong_lesson_receipts
from game.services.verifying.members import wrong_levels, wrong_streaks
from game.services.verifying.notices import wrong_notices
from game.services.verifying.payments import wrong_amounts
from game.services.verifying.payouts import wrong_payouts
from game.services.verifying.pool import wrong_pool
from game.services.verifying.quests import Calendars, wrong_quests
from game.services.verifying.receipts import wrong_receipts
from game.services.verifying.rewards import wrong_rewards
from game.services.verifying.rows import wrong_rows
from game.services.verifying.special_quests import wrong_rerolls
from game.services.verifying.stories import stories
from game.services.verifying.sums import wrong_sums
from game.services.verifying.whop import wrong_runs
from models.session import WORKER, Transaction, transaction

COMPANY_SECONDS = 600
"""How long one query of a very large company may take."""


def companies() -> list[str]:
    """Every company there is, in order."""
    with transaction(WORKER) as tx:
        return [company for (company,) in tx.rows("SELECT company_id FROM company ORDER BY 1")]


def verify(company_ids: Sequence[str], now: datetime) -> Iterator[Difference]:
    """Every difference in the books of these companies.

    Each company is read in one snapshot, so a running system is no disturbance; nothing is
    written and nobody waits.
    """
    for company in company_ids:
        with transaction(WORKER, timeout_ms=COMPANY_SECONDS * 1000, snapshot=True) as tx:
            charters = load_charters(tx, [company])
            yield from wrong_amounts(tx, company)
            yield from wrong_effects(tx, charters, company, now)
            yield from wrong_lessons(tx, charters, company)
            yield from wrong_sums(tx, company)
            yield from wrong_days(tx, charters[company], company)
            yield from wrong_boards(tx, charters[company])
            yield from wrong_rows(tx, company)
            yield from wrong_credits(tx, company)
            yield from wrong_payouts(tx, company)
            yield from wrong_pool(tx, company)
            yield from wrong_receipts(tx, charters[company])
            yield from wrong_lesson_receipts(tx, charters[company])
            yield from _wrong_stories(tx, charters[company], now)
            yield from wrong_levels(tx, charters[company], company, now)
            yield from wrong_streaks(tx, charters[company])
            yield from wrong_runs(tx, company)
            yield from wrong_guilds(tx, charters[company])


def _wrong_stories(tx: Transaction, charter: Charter, now: datetime) -> Iterator[Difference]:
    """Every quest, reward and notice that is wrong, member by member."""
    calendars = Calendars(tx, charter)
    for story in stories(tx, charter.company_id):
        yield from wrong_quests(tx, charter, calendars, story, now)
        yield from wrong_rerolls(charter, story)
        yield from wrong_rewards(charter, story)
        yield from wrong_guild_rewards(charter, story)
        yield from wrong_notices(charter, story)
