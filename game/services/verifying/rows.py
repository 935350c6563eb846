"""Rows that need another row beside them: one query a promise, as in `sums`."""

from __future__ import annotations

import json
from collections.abc import Iterator

from game.rules.money import ISO_EXPONENTS
from game.services.verifying.differences import Difference
from models.session import Transaction

ROWS = {
    "receipt.kind": """
        SELECT concat_ws(' ', member_id, key), kind,
          'payment, lesson, quest, achievement, payout or guild_quest'
        FROM receipt WHERE company_id = %(company)s
          AND kind NOT IN
            ('payment', 'lesson', 'quest', 'achievement', 'payout', 'guild_quest')""",
    "newest receipt of a payment": """
        SELECT e.payment_id, 'missing', 'pay:' || e.payment_id || ':' || e.version
        FROM payment_effect e LEFT JOIN receipt r ON r.company_id = e.company_id
          AND r.member_id = e.member_id AND r.kind = 'payment'
          AND r.key = 'pay:' || e.payment_id || ':' || e.version
        WHERE e.company_id = %(company)s AND r.key IS NULL""",
    "first receipt of a lesson": """
        SELECT concat_ws(' ', e.member_id, e.lesson_id), 'missing', 'lesson:' || e.lesson_id || ':1'
        FROM lesson_effect e LEFT JOIN receipt r ON r.company_id = e.company_id
          AND r.member_id = e.member_id AND r.kind = 'lesson'
          AND r.key = 'lesson:' || e.lesson_id || ':1'
        WHERE e.company_id = %(company)s AND r.key IS NULL""",
    "movement and its receipt": """
        SELECT concat_ws(' ', member_id, key, leg), moved::text, coalesce(wanted::text, 'a receipt')
        FROM (
          SELECT m.member_id, m.key, m.leg, (m.payment_id, m.currency, m.posted_at) AS moved,
            (CASE r.kind WHEN 'payment' THEN r.source_id END,
             coalesce(r.inputs ->> 'currency', m.currency), r.posted_at) AS wanted
          FROM movement m LEFT JOIN receipt r ON r.company_id = m.company_id
            AND r.member_id = m.member_id AND r.key = m.key
          WHERE m.company_id = %(company)s) AS pairs
        WHERE moved IS DISTINCT FROM wanted""",
    "movement between accounts": """
        SELECT concat_ws(' ', m.member_id, m.key, m.leg), m.debit || ' to ' || m.credit,
          CASE r.kind WHEN 'payout' THEN 'between payable and paid'
                      ELSE 'between expense, pending, held and payable' END
        FROM movement m LEFT JOIN receipt r ON r.company_id = m.company_id
          AND r.member_id = m.member_id AND r.key = m.key
        WHERE m.company_id = %(company)s AND NOT (
          m.debit = ANY(CASE r.kind WHEN 'payout' THEN '{payable,paid}'::text[]
                                    ELSE '{expense,pending,held,payable}' END)
          AND m.credit = ANY(CASE r.kind WHEN 'payout' THEN '{payable,paid}'::text[]
                                         ELSE '{expense,pending,held,payable}' END))""",
    "payment_effect against movements by account": """
        WITH sides AS (
          SELECT member_id, payment_id, currency, credit AS account, amount_minor AS amount
          FROM movement WHERE company_id = %(company)s AND payment_id IS NOT NULL
          UNION ALL
          SELECT member_id, payment_id, currency, debit, -amount_minor
          FROM movement WHERE company_id = %(company)s AND payment_id IS NOT NULL),
        moved AS (
          SELECT member_id, payment_id, currency,
            coalesce(sum(amount) FILTER (WHERE account = 'pending'), 0) AS pending,
            coalesce(sum(amount) FILTER (WHERE account = 'held'), 0) AS held,
            coalesce(sum(amount) FILTER (WHERE account = 'payable'), 0) AS payable,
            coalesce(sum(amount) FILTER (WHERE account = 'paid'), 0) AS paid
          FROM sides GROUP BY 1, 2, 3),
        effect AS (
          SELECT member_id, payment_id, currency, account, paid_minor,
            kept_minor - paid_minor AS left_minor
          FROM payment_effect WHERE company_id = %(company)s),
        compared AS (
          SELECT payment_id,
            ARRAY[coalesce(m.pending, 0), coalesce(m.held, 0), coalesce(m.payable, 0),
                  coalesce(m.paid, 0)] AS moved,
            -- A payout moves no single payment's money: what was paid out of it is still in
            -- payable here, less what was taken back since. Of somebody it is credited to no
            -- more, nothing is left.
            CASE WHEN e.account IS NOT NULL THEN ARRAY[
              CASE e.account WHEN 'pending' THEN greatest(e.left_minor, 0) ELSE 0 END,
              CASE e.account WHEN 'held' THEN greatest(e.left_minor, 0) ELSE 0 END,
              CASE e.account WHEN 'payable' THEN e.left_minor
                             ELSE least(e.left_minor, 0) END + e.paid_minor,
              0]
            ELSE ARRAY[0, 0, 0, 0] END::numeric[] AS wanted
          FROM moved m FULL JOIN effect e USING (member_id, payment_id, currency))
        SELECT payment_id, 'pending, held, payable, paid ' || wanted::text, moved::text
        FROM compared WHERE moved <> wanted""",
    # Unlocks of a posting that was on its way are counted with the next time.
    "achievement_share.members": """
        SELECT s.key, s.members, count(u.key) || ' or less' FROM achievement_share s
        LEFT JOIN achievement_unlock u ON u.company_id = s.company_id AND u.key = s.key
          AND u.unlocked_at <= s.counted_at + interval '1 minute'
        WHERE s.company_id = %(company)s AND s.key <> ''
        GROUP BY s.key, s.members HAVING s.members > count(u.key)""",
    "balance without movements": """
        SELECT b.member_id || ' ' || b.currency, 'a balance', 'none' FROM balance b
        WHERE b.company_id = %(company)s AND NOT EXISTS (
          SELECT FROM movement m WHERE m.company_id = b.company_id
            AND m.member_id = b.member_id AND m.currency = b.currency)""",
    "balance.exponent": """
        SELECT b.member_id || ' ' || b.currency, b.exponent,
          coalesce((%(iso)s::jsonb ->> b.currency)::int, c.exponent)
        FROM balance b LEFT JOIN currency c USING (currency)
        WHERE b.company_id = %(company)s
          AND b.exponent IS DISTINCT FROM coalesce((%(iso)s::jsonb ->> b.currency)::int, c.exponent)
        """,
}


def wrong_rows(tx: Transaction, company_id: str) -> Iterator[Difference]:
    """Every row of one company whose counterpart is missing or says something else."""
    values = {"company": company_id, "iso": json.dumps(dict(ISO_EXPONENTS))}
    for what, sql in ROWS.items():
        for subject, stored, computed in tx.rows(sql, values):
            yield Difference(company_id, what, str(subject), str(stored), str(computed))
