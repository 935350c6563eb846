"""Promo codes tied to members: who buys with one is credited to whose it was at that moment.

A tie is a fact of the company with its own time, and holds from the second it was recorded until
the next one of the same code.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from game.rules.refusals import Refusal
from game.services.crediting.deciding import check_may_earn, turn_of
from game.services.platform.audit import Hand, note
from game.services.settlement.settle import settle_buyers
from models.session import Transaction

MOST_TIES = 1_000
"""Promo codes of one company that are somebody's at a time."""

STANDING = """
SELECT f.subject, f.details ->> 'code' AS code, f.value, m.username, f.at,
  (SELECT count(*) FROM payment p WHERE p.company_id = f.company_id
    AND p.promo_code_id = f.subject AND p.at >= f.at),
  (SELECT count(*) FROM payment p JOIN referral r ON r.company_id = p.company_id
      AND r.payment_id = p.payment_id AND r.source = 'promo'
    WHERE p.company_id = f.company_id AND p.promo_code_id = f.subject AND p.at >= f.at)
FROM (SELECT DISTINCT ON (subject) * FROM company_fact
      WHERE company_id = %(company)s AND kind = 'promo_tie' AND subject <> ''
      ORDER BY subject, at DESC, key DESC) f
LEFT JOIN member m ON m.company_id = f.company_id AND m.whop_user_id = f.value
WHERE f.value <> '' AND %(user)s IN ('', f.value) ORDER BY f.at DESC, f.subject
"""


@dataclass(frozen=True, slots=True)
class Tie:
    """A promo code that is a member's since `since`, and what came of it since then.

    `id` is Whop's id of the code, `code` the word buyers type, empty where nobody said. `payments`
    were made with it; `referrals` began with one of them.
    """

    id: str
    code: str
    user_id: str
    username: str
    since: datetime
    payments: int
    referrals: int


def read_ties(tx: Transaction, company_id: str, user_id: str = "") -> list[Tie]:
    """The promo codes that are somebody's now, or this user's, newest tie first."""
    rows = tx.rows(STANDING, {"company": company_id, "user": user_id})
    return [Tie(row[0], row[1] or "", row[2], row[3] or "", *row[4:]) for row in rows]


def tie(hand: Hand, promo_code_id: str, code: str, user_id: str, now: datetime) -> Tie:
    """Tie a promo code to a member from this second on. The same again changes nothing.

    Refuses `not_found`, `cannot_be_credited` and `too_many_ties`.
    """
    with turn_of(hand.company_id) as tx:
        check_may_earn(tx, hand.company_id, user_id)
        standing = {one.id: one for one in read_ties(tx, hand.company_id)}
        same = standing.get(promo_code_id)
        if same is not None and (same.user_id, same.code) == (user_id, code):
            return same
        if same is None and len(standing) >= MOST_TIES:
            words = f"{MOST_TIES} promo codes are tied, which is as many as there can be."
            raise Refusal("too_many_ties", words, {"most": MOST_TIES})
        _record(tx, hand, promo_code_id, code, user_id, now)
        [made] = [one for one in read_ties(tx, hand.company_id) if one.id == promo_code_id]
        return made


def untie(hand: Hand, promo_code_id: str, now: datetime) -> None:
    """Let a promo code be nobody's from this second on. Refuses `not_found`."""
    with turn_of(hand.company_id) as tx:
        standing = {one.id: one for one in read_ties(tx, hand.company_id)}
        if promo_code_id not in standing:
            raise Refusal("not_found", "This promo code is tied to nobody.", {"id": promo_code_id})
        _record(tx, hand, promo_code_id, standing[promo_code_id].code, "", now)


def _record(  # noqa: PLR0913, PLR0917 - the columns of a fact
    tx: Transaction, hand: Hand, promo_code_id: str, code: str, user_id: str, now: datetime
) -> None:
    """Write the fact, and settle payments of its very second that were faster."""
    second = now.replace(microsecond=0)
    tx.run(
        "INSERT INTO company_fact "
        "(company_id, kind, key, at, value, actor_user_id, subject, details) "
        "VALUES (%s, 'promo_tie', %s, %s, %s, %s, %s, %s::jsonb)",
        (
            hand.company_id,
            f"{promo_code_id}:{now.isoformat()}",
            second,
            user_id,
            hand.user_id,
            promo_code_id,
            json.dumps({"code": code}),
        ),
    )
    note(tx, hand, "promo_code.tie", promo_code_id, {"user_id": user_id, "code": code}, now)
    touched = tx.rows(
        "SELECT DISTINCT company_id, buyer_id FROM payment "
        "WHERE company_id = %s AND promo_code_id = %s AND promo_code_id <> '' AND at >= %s "
        "AND buyer_id <> ''",
        (hand.company_id, promo_code_id, second),
    )
    if touched:
        settle_buyers(tx, [(company, buyer) for company, buyer in touched], now)
