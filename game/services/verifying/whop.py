"""Runs over Whop's lists against the holes they found, and questions against what raised them."""

from __future__ import annotations

from collections.abc import Iterator

from game.services.verifying.differences import Difference
from models.session import Transaction

ROWS = {
    "whop_run.holes": """
        SELECT r.id, r.holes, count(h.object_id)
        FROM whop_run r LEFT JOIN whop_hole h ON h.company_id = r.company_id AND h.run_id = r.id
        WHERE r.company_id = %(company)s GROUP BY r.id, r.holes
        HAVING r.holes <> count(h.object_id)""",
    "whop_run.filled": """
        SELECT r.id, concat_ws(' filled, ', r.filled, r.failed),
          concat_ws(' filled, ', count(*) FILTER (WHERE i.state IN ('handled', 'ignored')),
                    count(*) FILTER (WHERE i.state = 'dead'))
        FROM whop_run r
        LEFT JOIN whop_hole h ON h.company_id = r.company_id AND h.run_id = r.id
        LEFT JOIN inbox i ON i.webhook_id = h.webhook_id
        WHERE r.company_id = %(company)s AND r.state = 'done' GROUP BY r.id, r.filled, r.failed
        HAVING r.filled > count(*) FILTER (WHERE i.state IN ('handled', 'ignored', 'dead'))""",
    "whop_hole and its delivery": """
        SELECT concat_ws(' ', h.run_id, h.kind, h.object_id), h.webhook_id,
          'a delivery that was asked for'
        FROM whop_hole h LEFT JOIN inbox i ON i.webhook_id = h.webhook_id
        WHERE h.company_id = %(company)s
          AND (i.company_id IS DISTINCT FROM h.company_id
               OR NOT starts_with(h.webhook_id, 'asked_'))""",
    "whop_hole.withdrawn": """
        SELECT concat_ws(' ', h.run_id, h.kind, h.object_id), h.withdrawn, r.state
        FROM whop_hole h JOIN whop_run r ON r.company_id = h.company_id AND r.id = h.run_id
        WHERE h.company_id = %(company)s
          AND (h.withdrawn AND r.state NOT IN ('undoing', 'undone')
               OR NOT h.withdrawn AND r.state = 'undone')""",
    "whop_question": """
        SELECT concat_ws(' ', q.kind, q.object_id), 'open', 'what nobody named'
        FROM whop_question q WHERE q.company_id = %(company)s AND q.state = 'open'
          AND NOT EXISTS (SELECT FROM refund r WHERE r.company_id = q.company_id
            AND r.payment_id = q.payment_id AND (q.kind = 'payment' OR r.refund_id = q.object_id))
          AND NOT EXISTS (SELECT FROM dispute d WHERE q.kind = 'payment'
            AND d.company_id = q.company_id AND d.payment_id = q.payment_id)""",
}


def wrong_runs(tx: Transaction, company_id: str) -> Iterator[Difference]:
    """Every run, hole and question of one company that nothing stands behind."""
    for what, sql in ROWS.items():
        for subject, stored, computed in tx.rows(sql, {"company": company_id}):
            yield Difference(company_id, what, str(subject), str(stored), str(computed))
