"""How far people got who followed a link: click, checkout, conversion, renewal, and what it earned.

A referral belongs to the link whose code or click its claim named; those that came another way (a
promo code, Whop's affiliate, the creator's decision) belong to no link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from game.services.ledger.money_reads import Money
from game.services.platform.keyset import Key, Page, cut
from game.services.referrals.campaigns import Campaign, read_campaigns
from game.services.referrals.code_match import canonical_sql
from game.services.referrals.links import Link, url_of
from models.session import Transaction

MOST_SOURCES = 10
NEWEST = ("infinity", "")

# `link` names the codes looked at, each with the place (a code, a campaign) it is counted under.
NUMBERS = """
WITH link AS MATERIALIZED ({link}),
ours AS MATERIALIZED (
  SELECT l.place, r.buyer_id, r.conversion_at
  FROM (SELECT DISTINCT member_id FROM link) AS m
  JOIN referral r ON r.company_id = %(company)s AND r.member_id = m.member_id
    AND r.source IN ('code', 'click', 'membership')
  JOIN payment p ON p.company_id = r.company_id AND p.payment_id = r.payment_id
  LEFT JOIN membership s ON s.company_id = p.company_id AND s.membership_id = p.membership_id
  CROSS JOIN LATERAL (SELECT CASE r.source WHEN 'membership' THEN s.ref ELSE p.ref END AS ref) x
  LEFT JOIN click c ON c.company_id = r.company_id AND c.token = x.ref
  JOIN link l ON l.code = coalesce(c.code, {canonical})),
paid AS (
  SELECT o.place, e.kind, e.currency, e.exponent, e.kept_minor
  FROM ours o
  JOIN payment p ON p.company_id = %(company)s AND p.buyer_id = o.buyer_id
  JOIN payment_effect e ON e.company_id = p.company_id AND e.payment_id = p.payment_id)
SELECT 'clicks', l.place, '', 0, count(*), count(DISTINCT c.visitor),
  count(*) FILTER (WHERE c.to_checkout)
FROM link l JOIN click c ON c.company_id = %(company)s AND c.code = l.code GROUP BY l.place
UNION ALL
SELECT 'referrals', place, '', 0, count(*), count(conversion_at), 0 FROM ours GROUP BY place
UNION ALL
SELECT 'renewals', place, '', 0, count(*), 0, 0 FROM paid WHERE kind = 'renewal' GROUP BY place
UNION ALL
SELECT 'money', place, currency, exponent, sum(kept_minor)::bigint, 0, 0
FROM paid WHERE kept_minor > 0 GROUP BY place, currency, exponent
ORDER BY 1, 3
""".replace("{canonical}", canonical_sql("x.ref"))

OF_CODES = (
    "SELECT code, code AS place, member_id FROM referral_code "
    "WHERE company_id = %(company)s AND code = ANY(%(places)s)"
)
OF_CAMPAIGNS = (
    "SELECT code, campaign_id::text AS place, member_id FROM referral_code "
    "WHERE company_id = %(company)s AND campaign_id = ANY(%(places)s::bigint[]) "
    "AND (%(member)s::bigint IS NULL OR member_id = %(member)s)"
)
VISITS = """
SELECT grouping(device) AS g1, grouping(country) AS g2, device, country, utm ->> 'source', count(*)
FROM click WHERE company_id = %(company)s AND code = %(code)s
GROUP BY GROUPING SETS ((device), (country), (utm ->> 'source')) ORDER BY 6 DESC, 3, 4, 5
"""


@dataclass(slots=True)
class Funnel:
    """Numbers of a link or a campaign.

    `clicks` counts every click, `visitors` each visitor once, `checkouts` the clicks that were sent
    to a checkout of the link's own. `earned`: commission left after taking back, by currency.
    """

    clicks: int = 0
    visitors: int = 0
    checkouts: int = 0
    referrals: int = 0
    conversions: int = 0
    renewals: int = 0
    earned: list[Money] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LinkView:
    """A member's link with its numbers."""

    link: Link
    created_at: datetime
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign with the numbers of its links: the member's, or everybody's for the creator."""

    campaign: Campaign
    links: int
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class Part:
    """How many clicks came so; `name` empty = not known."""

    name: str
    clicks: int


@dataclass(frozen=True, slots=True)
class Visits:
    """How a link was followed: by device, country and `utm_source`, most first."""

    devices: list[Part]
    countries: list[Part]
    sources: list[Part]


def read_links(
    tx: Transaction, company_id: str, member_id: int, after: Key | None, limit: int
) -> Page[LinkView]:
    """The member's links with their numbers, newest first, in two queries."""
    at, code = after or NEWEST
    rows = tx.rows(
        "SELECT code, expires_at, name, campaign_id, plan_id, created_at FROM referral_code "
        "WHERE company_id = %s AND member_id = %s AND (created_at, code) < (%s, %s) "
        "ORDER BY created_at DESC, code DESC LIMIT %s",
        (company_id, member_id, at, code, limit + 1),
    )
    found = _numbers(tx, OF_CODES, {"company": company_id, "places": [row[0] for row in rows]})
    views = [
        LinkView(Link(row[0], url_of(row[0]), *row[1:5]), row[5], found.get(row[0], Funnel()))
        for row in rows
    ]
    return cut(views, limit, lambda one: (one.created_at.isoformat(), one.link.code))


def read_campaign_views(
    tx: Transaction, company_id: str, member_id: int | None
) -> list[CampaignView]:
    """Campaigns with their numbers, newest first, in three queries.

    Of a member: theirs and the company's, with their own links. None: the company's, with all.
    """
    campaigns = read_campaigns(tx, company_id, member_id)
    values = {
        "company": company_id,
        "places": [one.id for one in campaigns],
        "member": member_id,
    }
    found = _numbers(tx, OF_CAMPAIGNS, values)
    links: dict[str, int] = dict(
        tx.rows(f"SELECT place, count(*) FROM ({OF_CAMPAIGNS}) x GROUP BY 1", values)  # noqa: S608
    )
    return [
        CampaignView(one, links.get(str(one.id), 0), found.get(str(one.id), Funnel()))
        for one in campaigns
    ]


def read_visits(tx: Transaction, company_id: str, member_id: int, code: str) -> Visits | None:
    """How one of the member's links was followed; None for a link that is not theirs."""
    if not tx.rows(
        "SELECT FROM referral_code WHERE company_id = %s AND code = %s AND member_id = %s",
        (company_id, code, member_id),
    ):
        return None
    visits = Visits([], [], [])
    for no_device, no_country, device, country, source, count in tx.rows(
        VISITS, {"company": company_id, "code": code}
    ):
        if not no_device:
            visits.devices.append(Part(device, count))
        elif not no_country:
            visits.countries.append(Part(country, count))
        else:
            visits.sources.append(Part(source or "", count))
    del visits.countries[MOST_SOURCES:], visits.sources[MOST_SOURCES:]
    return visits


def _numbers(tx: Transaction, link: str, values: Mapping[str, Any]) -> dict[str, Funnel]:
    """The funnel of each place, in one query; none where there are no places."""
    found: dict[str, Funnel] = {}
    if not values["places"]:
        return found
    for what, place, currency, exponent, first, second, third in tx.rows(
        NUMBERS.replace("{link}", link), values
    ):
        funnel = found.setdefault(place, Funnel())
        if what == "clicks":
            funnel.clicks, funnel.visitors, funnel.checkouts = first, second, third
        elif what == "referrals":
            funnel.referrals, funnel.conversions = first, second
        elif what == "renewals":
            funnel.renewals = first
        else:
            funnel.earned.append(Money(first, currency, exponent))
    return found
