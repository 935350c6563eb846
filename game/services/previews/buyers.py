"""Payments of some buyers valued twice: by the rules as they were, and by the draft."""

from __future__ import annotations

from collections.abc import Collection

from game.rules.attribution import attribute, classify
from game.rules.effects import PaymentEffect
from game.services.members.store import read_members
from game.services.previews.comparison import Changes, Comparison
from game.services.rulesets.charter import Charter
from game.services.settlement import rally_reach
from game.services.settlement.buyers import Batch, Buyers, value
from game.services.settlement.cases import BuyerKey, load_cases
from models.session import Transaction

NEXT = """
SELECT DISTINCT buyer_id FROM payment
WHERE company_id = %(company)s AND buyer_id > %(after)s AND at >= %(since)s AND at < %(until)s
ORDER BY 1 LIMIT %(most)s
"""

Worth = dict[str, tuple[int, PaymentEffect]]
"""By payment: the member it is worth something to, and what."""


def next_buyers(tx: Transaction, over: Comparison, after: str, most: int) -> list[BuyerKey]:
    """The buyers with a payment in the time, behind `after` by their id."""
    wanted = {
        "company": over.company_id,
        "after": after,
        "since": over.since,
        "until": over.until,
        "most": most,
    }
    return [(over.company_id, buyer) for (buyer,) in tx.rows(NEXT, wanted)]


def compare(tx: Transaction, over: Comparison, keys: Collection[BuyerKey]) -> Changes:
    """Value the payments of these buyers both ways and add up the difference."""
    cases = load_cases(tx, {over.company_id: over.today}, keys)
    worths = []
    for charter in (over.today, over.draft):
        buyers = Buyers(cases=cases)
        for key, case in cases.items():
            credit = attribute(case, charter.rules, charter.owner_id)
            buyers.credits[key] = credit
            buyers.kinds[key] = classify(case, credit) if credit is not None else {}
        worths.append(_worth(tx, over, charter, buyers))
    now, then = worths
    changes = Changes()
    for payment_id in sorted(now.keys() | then.keys()):
        (was_id, was), (is_id, is_then) = now.get(payment_id, NOBODY), then.get(payment_id, NOBODY)
        over.sums.payment(was, is_then)
        if was is not None:
            changes.xp[was_id].add(was.xp_kept, 0)
            changes.usd_cents[was_id].add(was.usd_kept_cents, 0)
        if is_then is not None:
            changes.xp[is_id].add(0, is_then.xp_kept)
            changes.usd_cents[is_id].add(0, is_then.usd_kept_cents)
    return changes


NOBODY: tuple[int, PaymentEffect | None] = (0, None)


def _worth(tx: Transaction, over: Comparison, charter: Charter, buyers: Buyers) -> Worth:
    ids = _member_ids(tx, buyers)
    members = read_members(tx, {(company, number) for (company, _), number in ids.items()})
    batch = Batch(tx, over.until, {charter.company_id: charter}, buyers, ids, members)
    batch.rally = rally_reach.flags(batch)
    found: Worth = {}
    for key in buyers.cases:
        member_id, effects = value(batch, key)
        for effect in effects:
            if over.since <= effect.at < over.until:
                found[effect.payment_id] = (member_id, effect)
    return found


def _member_ids(tx: Transaction, buyers: Buyers) -> dict[tuple[str, str], int]:
    """The referrers' member ids. One who never came here is nobody's member yet, and left out."""
    users = sorted(buyers.referrers())
    rows = tx.rows(
        "SELECT company_id, whop_user_id, id "
        "FROM unnest(%s::text[], %s::text[]) AS k (company_id, whop_user_id) "
        "JOIN member USING (company_id, whop_user_id)",
        ([company for company, _ in users], [user for _, user in users]),
    )
    ids = {(company, user): number for company, user, number in rows}
    for key, credit in buyers.credits.items():
        if credit is not None and (key[0], credit.referrer_id) not in ids:
            buyers.credits[key] = None
    return ids
