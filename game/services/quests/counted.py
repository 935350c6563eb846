"""Each fact that counted for a quest, newest first, so that its progress explains itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from game.rules.metrics import QUEST_METRICS
from models.session import Transaction

MOST = 100
"""Facts shown of one metric; more are told by the progress alone."""

_OF_PAYMENTS = (
    "SELECT at, {amount}, kind FROM payment_effect WHERE company_id = %(company)s "
    "AND member_id = %(member)s AND at >= %(since)s AND at < %(until)s AND {which}"
)
_OF_FACTS = (
    "SELECT at, 1, '' FROM member_fact WHERE company_id = %(company)s "
    "AND member_id = %(member)s AND kind = '{kind}' AND at >= %(since)s AND at < %(until)s"
)
FACTS = {
    "referrals": _OF_PAYMENTS.format(amount="1", which="counts"),
    "commission": _OF_PAYMENTS.format(amount="usd_value_cents", which="usd_value_cents > 0"),
    "lessons": (
        "SELECT at, 1, lesson_id FROM lesson_effect WHERE company_id = %(company)s "
        "AND member_id = %(member)s AND at >= %(since)s AND at < %(until)s"
    ),
    "visits": _OF_FACTS.format(kind="visit"),
    "clicks": _OF_FACTS.format(kind="click"),
    "quests": (
        "SELECT claimed_at, 1, template FROM quest WHERE company_id = %(company)s "
        "AND member_id = %(member)s AND claimed_at >= %(since)s AND claimed_at < %(until)s"
    ),
    "achievements": (
        "SELECT unlocked_at, 1, key FROM achievement_unlock WHERE company_id = %(company)s "
        "AND member_id = %(member)s AND unlocked_at >= %(since)s AND unlocked_at < %(until)s"
    ),
    "level": (
        "SELECT at, 1, data ->> 'level' FROM notice WHERE company_id = %(company)s "
        "AND member_id = %(member)s AND type = 'level_up' AND at >= %(since)s AND at < %(until)s"
    ),
}
"""By metric: (its own time, what it counted, which one) of a member's facts in a window."""


@dataclass(frozen=True, slots=True)
class CountedFact:
    """One fact of a quest's window: what it counted for `metric`, in that metric's unit.

    `what`: a lesson, a quest's template, a badge or a level by name; of a payment, whether it was a
    conversion or a renewal.
    """

    metric: str
    at: datetime
    amount: int
    what: str


def read_counted(  # noqa: PLR0913, PLR0917 - of whom, what, when
    tx: Transaction,
    company_id: str,
    member_id: int,
    metrics: frozenset[str],
    since: datetime,
    until: datetime,
) -> list[CountedFact]:
    """The facts of a window that count for these metrics, a query a metric."""
    values = {"company": company_id, "member": member_id, "since": since, "until": until}
    found = [
        CountedFact(metric, at, amount, what)
        for metric in sorted(metrics & FACTS.keys() & QUEST_METRICS.keys())
        for at, amount, what in tx.rows(
            f"{FACTS[metric]} ORDER BY 1 DESC LIMIT {MOST}",
            values,
        )
    ]
    return sorted(found, key=lambda fact: fact.at, reverse=True)
