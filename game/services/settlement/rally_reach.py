"""Rally reaches across buyers: a conversion counts for those of the member's next 168 hours.

Only members who ever played a class with that ability cost anything here. Of the conversions
beside a changed one only the nearest few can matter: a window that already holds enough others
is decided without it, so each look reads at most `conversions - 1` rows.
"""

from __future__ import annotations

from datetime import datetime

from game.rules.rally import rally_flags, rally_window
from game.rules.ruleset import Rules
from game.services.ledger.posting import MemberKey
from game.services.members.store import MemberState
from game.services.settlement.buyers import Batch, conversions
from game.services.settlement.cases import BuyerKey
from game.services.settlement.fact_store import Key
from models.session import Row

Moments = dict[MemberKey, set[datetime]]

NEAREST = """
SELECT k.company_id, k.member_id, e.buyer_id, e.payment_id, e.at
FROM unnest(%(companies)s::text[], %(members)s::bigint[], %(earliest)s::timestamptz[],
            %(latest)s::timestamptz[]) AS k (company_id, member_id, earliest, latest)
CROSS JOIN LATERAL (
  SELECT buyer_id, payment_id, at FROM payment_effect
  WHERE company_id = k.company_id AND member_id = k.member_id AND kind = 'conversion'
    AND at BETWEEN k.earliest AND k.latest
    AND (company_id || E'\n' || buyer_id) <> ALL (%(known)s)
  ORDER BY at {direction} LIMIT %(most)s
) e
"""


def neighbours(batch: Batch) -> set[BuyerKey]:
    """The other buyers whose conversions may now be in a rally, or no longer are."""
    rows = _nearest(batch, _changed(batch), "ASC")
    return {(row[0], row[2]) for row in rows}


def flags(batch: Batch) -> dict[Key, bool]:
    """Which conversions of these buyers are in a rally, by (company, payment id)."""
    times: dict[MemberKey, list[tuple[str, datetime]]] = {}
    for (company, user), found in conversions(batch.buyers).items():
        key = (company, batch.ids[company, user])
        if _can_rally(batch.charters[company].rules, batch.members[key]):
            times[key] = [(payment_id, at) for at, payment_id in found]
    moments = {key: {at for _, at in found} for key, found in times.items()}
    for company, member_id, _, payment_id, at in _nearest(batch, moments, "DESC"):
        times[company, member_id].append((payment_id, at))
    return {
        (key[0], payment_id): flag
        for key, found in times.items()
        for payment_id, flag in rally_flags(
            list(dict(found).items()), batch.charters[key[0]].rules
        ).items()
    }


def _changed(batch: Batch) -> Moments:
    """The moments at which a member's set of conversions is not what the books hold."""
    now = {
        (company, batch.ids[company, user]): set(found)
        for (company, user), found in conversions(batch.buyers).items()
    }
    was: dict[MemberKey, set[tuple[datetime, str]]] = {}
    for (company, _), its in batch.buyers.posted.items():
        for payment_id, posted in its.items():
            if posted.effect.kind == "conversion":
                was.setdefault((company, posted.member_id), set()).add(
                    (posted.effect.at, payment_id)
                )
    return {
        key: {at for at, _ in now.get(key, set()) ^ was.get(key, set())}
        for key in now.keys() | was.keys()
        if _can_rally(batch.charters[key[0]].rules, batch.members[key])
    }


def _can_rally(rules: Rules, member: MemberState) -> bool:
    played = {change.value for change in member.history.classes}
    return any(
        name in version.classes
        and (ability := version.classes[name].ability) is not None
        and ability.kind == "rally"
        for version in rules.all()
        for name in played
    )


def _nearest(batch: Batch, moments: Moments, direction: str) -> list[Row]:
    """The nearest conversions of other buyers: after each moment (ASC) or up to it (DESC)."""
    looks = [(key, at) for key, found in sorted(moments.items()) for at in sorted(found)]
    if not looks:
        return []
    reach = max(rally_window(batch.charters[key[0]].rules) for key, _ in looks)
    most = max(
        version.rally.conversions for b in batch.charters.values() for version in b.rules.all()
    )
    after = direction == "ASC"
    return batch.tx.rows(
        NEAREST.format(direction=direction),
        {
            "companies": [key[0] for key, _ in looks],
            "members": [key[1] for key, _ in looks],
            "earliest": [at if after else at - reach for _, at in looks],
            "latest": [at + reach if after else at for _, at in looks],
            # One and the same user may be a buyer of several companies of a batch.
            "known": ["\n".join(key) for key in sorted(batch.buyers.cases)],
            "most": most - 1,
        },
    )
