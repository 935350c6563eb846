"""A member's referrals as they are shown: whom they brought, how each stands, and the counts.

`pending`: a click, a trial or a payment of nothing names the member, and nothing above zero has
been paid. `expired`: a click that was not used within the days the rules give it. `completed`: the
buyer is credited to the member, also where they only ever went on with a subscription: that earns
renewals and has no conversion. `refunded`: half of the conversion or more was taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from game.rules.ruleset import default_rules
from game.services.ledger.money_reads import Money, read_balances
from game.services.platform.keyset import Key, Page, cut
from game.services.referrals.code_match import canonical_sql
from game.services.referrals.links import TOKEN_PREFIX, Link, active_link
from models.session import Row, Transaction

CLICKS_LOOKED_AT = 200
"""What is not credited is found through the member's newest clicks: a bound on what it may cost."""

STATE = "CASE WHEN e.taken_num * 2 >= e.taken_den THEN 'refunded' ELSE 'completed' END"
CREDITED = (
    f"SELECT r.buyer_id, r.buyer_name, {STATE} AS state, r.source, r.started_at, "  # noqa: S608
    "  r.conversion_at, e.kept_minor, e.currency, e.exponent, "
    "  CASE WHEN e.account = 'pending' AND e.kept_minor > 0 THEN e.due_at END AS due_at "
    "FROM referral r LEFT JOIN payment_effect e "
    "  ON e.company_id = r.company_id AND e.payment_id = r.conversion_payment_id "
    "WHERE r.company_id = %(company)s AND r.member_id = %(member)s"
)
CLICK_DAYS = (
    "coalesce((SELECT (document -> 'attribution' ->> 'window_days')::int FROM rule_set "
    "  WHERE company_id = %(company)s AND valid_from <= %(now)s "
    "  ORDER BY valid_from DESC, version DESC LIMIT 1), %(default_days)s)"
)
"""How long a click is good by the company's present rules, read along to save a statement."""
# The name as `game.rules.facts.newest_name` finds it, of somebody who has no referral yet.
NAMED = (
    "(SELECT p.buyer_name FROM payment p "
    "  LEFT JOIN LATERAL (SELECT (one ->> 2)::bigint AS micros "
    "    FROM jsonb_array_elements(p.told) one WHERE one ->> 0 = 'buyer_name') AS mark ON true "
    "  WHERE p.company_id = %(company)s AND p.buyer_id = f.buyer_id AND p.buyer_name <> '' "
    "  ORDER BY coalesce(mark.micros, (extract(epoch FROM p.updated_at) * 1000000)::bigint) DESC, "
    '    p.payment_id COLLATE "C" DESC LIMIT 1)'
)
FREE = (
    "SELECT p.buyer_id, n.source, p.at AS started_at "  # noqa: S608 - our own constants
    "FROM codes n JOIN payment p ON p.company_id = %(company)s "
    f"  AND {canonical_sql('p.ref')} = n.ref AND p.ref <> '' AND p.total_minor <= p.tax_minor "
    "UNION ALL "
    "SELECT p.buyer_id, n.source, p.at FROM clicks n JOIN payment p "
    "  ON p.company_id = %(company)s AND p.ref = n.ref "
    f" AND starts_with(p.ref, '{TOKEN_PREFIX}') AND p.total_minor <= p.tax_minor "
    "UNION ALL "
    "SELECT t.user_id, 'membership', t.created_at FROM codes n JOIN membership t "
    "  ON t.company_id = %(company)s "
    f" AND {canonical_sql('t.ref')} = n.ref AND t.ref <> '' AND t.seen_trialing "
    "UNION ALL "
    "SELECT t.user_id, 'membership', t.created_at FROM clicks n JOIN membership t "
    "  ON t.company_id = %(company)s AND t.ref = n.ref "
    f" AND starts_with(t.ref, '{TOKEN_PREFIX}') AND t.seen_trialing"
)
UNCREDITED = (
    "WITH codes AS MATERIALIZED ("  # noqa: S608 - our own constants
    "  SELECT code AS ref, 'code' AS source FROM referral_code "
    "  WHERE company_id = %(company)s AND member_id = %(member)s), "
    "clicks AS MATERIALIZED ("
    "  SELECT token AS ref, 'click' AS source, at AS clicked_at FROM click "
    "  WHERE company_id = %(company)s AND member_id = %(member)s "
    f" ORDER BY at DESC LIMIT {CLICKS_LOOKED_AT}), "
    f"free AS ({FREE}) "
    f"SELECT f.buyer_id, {NAMED} AS buyer_name, 'pending' AS state, "
    "  min(f.source) AS source, min(f.started_at) AS started_at, "
    "  NULL::timestamptz AS conversion_at, NULL::bigint AS kept_minor, NULL::text AS currency, "
    "  NULL::int AS exponent, NULL::timestamptz AS due_at "
    "FROM free f WHERE f.buyer_id <> '' "
    "  AND NOT EXISTS (SELECT FROM referral r "
    "    WHERE r.company_id = %(company)s AND r.buyer_id = f.buyer_id) "
    "  AND NOT EXISTS (SELECT FROM member m WHERE m.company_id = %(company)s "
    "    AND m.id = %(member)s AND m.whop_user_id = f.buyer_id) "
    "  AND NOT EXISTS (SELECT FROM payment p WHERE p.company_id = %(company)s "
    "    AND p.buyer_id = f.buyer_id AND p.total_minor > p.tax_minor) "
    "GROUP BY f.buyer_id "
    "UNION ALL "
    "SELECT n.ref, '', CASE WHEN n.clicked_at < %(now)s "
    f"    - make_interval(days => {CLICK_DAYS}) THEN 'expired' ELSE 'pending' END, "
    "  n.source, n.clicked_at, NULL, NULL, NULL, NULL, NULL "
    "FROM clicks n "
    "WHERE NOT EXISTS (SELECT FROM payment p "
    "    WHERE p.company_id = %(company)s AND p.ref = n.ref "
    f"     AND starts_with(p.ref, '{TOKEN_PREFIX}')) "
    "  AND NOT EXISTS (SELECT FROM membership t "
    "    WHERE t.company_id = %(company)s AND t.ref = n.ref "
    f"     AND starts_with(t.ref, '{TOKEN_PREFIX}'))"
)
BEFORE = "(x.started_at, x.buyer_id) < (%(at)s, %(buyer)s)"
LIST = (
    f"(SELECT * FROM ({CREDITED}) x WHERE {BEFORE} "  # noqa: S608 - our own constants
    " ORDER BY x.started_at DESC, x.buyer_id DESC LIMIT %(rows)s) "
    f"UNION ALL (SELECT * FROM ({UNCREDITED}) x WHERE {BEFORE} "
    " ORDER BY x.started_at DESC, x.buyer_id DESC LIMIT %(rows)s) "
    "ORDER BY started_at DESC, buyer_id DESC LIMIT %(rows)s"
)
COUNTS = (
    f"SELECT x.state, count(*), count(x.conversion_at) FROM ({CREDITED}) x GROUP BY x.state "  # noqa: S608
    f"UNION ALL SELECT x.state, count(*), 0 FROM ({UNCREDITED}) x GROUP BY x.state"
)
NEWEST = ("infinity", "")


@dataclass(frozen=True, slots=True)
class ReferralView:
    """One buyer credited to the member or about to be, or a click that nobody used.

    `id` is the buyer's Whop user id, or the click's token. `conversion_at` None = no conversion.
    `commission` is what is left of the conversion's; it is pending until `due_at`, None = no more.
    """

    id: str
    buyer_username: str | None
    state: str
    source: str
    started_at: datetime
    conversion_at: datetime | None
    commission: Money | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReferralStats:
    """Counts of a member's referrals by state; clicks are unique visitors a day, summed up.

    `pending` and `expired` look at the newest 200 clicks only. `link` None = the member has not
    asked for one yet.
    """

    link: Link | None
    clicks: int
    pending: int
    completed: int
    reversed: int
    refunded: int
    expired: int
    conversions: int
    earned: list[Money]


def read_referrals(  # noqa: PLR0913, PLR0917 - whose, when, which page
    tx: Transaction, company_id: str, member_id: int, now: datetime, after: Key | None, limit: int
) -> Page[ReferralView]:
    """The member's referrals as they stand `now`, newest first, in one query."""
    at, buyer = after or NEWEST
    page = {"at": at, "buyer": buyer, "rows": limit + 1}
    rows = tx.rows(LIST, _values(company_id, member_id, now) | page)
    views = [_view(row) for row in rows]
    return cut(views, limit, lambda one: (one.started_at.isoformat(), one.id))


def _view(row: Row) -> ReferralView:
    buyer, name, state, source, started, converted, kept, currency, exponent, due = row
    money = None if currency is None else Money(kept, currency, exponent)
    return ReferralView(buyer, name or None, state, source, started, converted, money, due)


def read_stats(tx: Transaction, company_id: str, member_id: int, now: datetime) -> ReferralStats:
    """The member's link, their counts and what they earned by currency, in four queries."""
    states = {"pending": 0, "completed": 0, "refunded": 0, "expired": 0}
    conversions = 0
    for state, count, converted in tx.rows(COUNTS, _values(company_id, member_id, now)):
        states[state] += count
        conversions += converted
    [(clicks,)] = tx.rows(
        "SELECT coalesce(max(clicks), 0) FROM member WHERE company_id = %s AND id = %s",
        (company_id, member_id),
    )
    return ReferralStats(
        link=active_link(tx, company_id, member_id, now),
        clicks=clicks,
        pending=states["pending"],
        completed=states["completed"],
        # A referral is reversed by a decision about fraud, and then has no row here any more.
        reversed=0,
        refunded=states["refunded"],
        expired=states["expired"],
        conversions=conversions,
        earned=[balance.earned for balance in read_balances(tx, company_id, member_id)],
    )


def _values(company_id: str, member_id: int, now: datetime) -> dict[str, object]:
    days = default_rules().attribution.window_days
    return {"company": company_id, "member": member_id, "now": now, "default_days": days}
