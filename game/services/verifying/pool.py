"""The reward pool against its movements, and what was won of it against what members were given."""

from __future__ import annotations

from collections.abc import Iterator

from game.services.verifying.differences import Difference
from models.session import Transaction

POOL = {
    "pool_balance": """
        WITH sides AS (
          SELECT currency, credit AS account, amount_minor AS amount FROM pool_movement
          WHERE company_id = %(company)s
          UNION ALL
          SELECT currency, debit, -amount_minor FROM pool_movement
          WHERE company_id = %(company)s),
        sums AS (
          SELECT currency, coalesce(sum(amount) FILTER (WHERE account = 'free'), 0) AS free,
            coalesce(sum(amount) FILTER (WHERE account = 'reserved'), 0) AS reserved,
            coalesce(sum(amount) FILTER (WHERE account = 'prizes'), 0) AS prizes
          FROM sides GROUP BY currency)
        SELECT coalesce(b.currency, s.currency),
          concat_ws(' ', b.free_minor, b.reserved_minor, b.prizes_minor),
          concat_ws(' ', s.free, s.reserved, s.prizes)
        FROM (SELECT * FROM pool_balance WHERE company_id = %(company)s) b
        FULL JOIN sums s USING (currency)
        WHERE (coalesce(b.free_minor, 0), coalesce(b.reserved_minor, 0),
               coalesce(b.prizes_minor, 0))
          IS DISTINCT FROM (coalesce(s.free, 0), coalesce(s.reserved, 0), coalesce(s.prizes, 0))
        """,
    "pool_reserve": """
        WITH sums AS (
          SELECT purpose, currency,
            sum(CASE WHEN credit = 'reserved' THEN amount_minor
                     WHEN debit = 'reserved' THEN -amount_minor ELSE 0 END) AS left_minor
          FROM pool_movement WHERE company_id = %(company)s AND purpose <> '' GROUP BY 1, 2)
        SELECT concat_ws(' ', coalesce(r.purpose, s.purpose), coalesce(r.currency, s.currency)),
          coalesce(r.left_minor, 0), coalesce(s.left_minor, 0)
        FROM (SELECT * FROM pool_reserve WHERE company_id = %(company)s) r
        FULL JOIN sums s USING (purpose, currency)
        WHERE coalesce(r.left_minor, 0) <> coalesce(s.left_minor, 0)""",
    "pool_movement": """
        SELECT id, concat_ws(' ', debit, credit, purpose, member_id), 'a movement of the pool'
        FROM pool_movement WHERE company_id = %(company)s AND NOT (
          CASE WHEN 'funds' IN (debit, credit)
               THEN 'free' IN (debit, credit) AND purpose = '' AND member_id IS NULL
               WHEN credit = 'prizes'
               THEN debit = 'reserved' AND purpose <> '' AND member_id IS NOT NULL
               ELSE purpose <> '' AND member_id IS NULL END)""",
    "pool prizes against members": """
        WITH won AS (
          SELECT member_id, currency, sum(amount_minor) AS amount FROM pool_movement
          WHERE company_id = %(company)s AND credit = 'prizes' GROUP BY 1, 2),
        given AS (
          SELECT member_id, currency,
            sum(CASE WHEN debit = 'pool' THEN amount_minor ELSE -amount_minor END) AS amount
          FROM movement WHERE company_id = %(company)s AND 'pool' IN (debit, credit)
          GROUP BY 1, 2)
        SELECT concat_ws(' ', member_id, currency), coalesce(g.amount, 0), coalesce(w.amount, 0)
        FROM given g FULL JOIN won w USING (member_id, currency)
        WHERE coalesce(g.amount, 0) <> coalesce(w.amount, 0)""",
}


def wrong_pool(tx: Transaction, company_id: str) -> Iterator[Difference]:
    """Everything about one company's pool that is not what its movements say."""
    for what, sql in POOL.items():
        for subject, stored, computed in tx.rows(sql, {"company": company_id}):
            yield Difference(company_id, what, str(subject), str(stored), str(computed))
