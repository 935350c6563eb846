"""Payouts against what they are made of, what they moved, their history, and Whop's word.

What a payout was made of was decided once, from the books of that moment, and is a fact from then
on; how its money lies now follows from its state.
"""

from __future__ import annotations

from collections.abc import Iterator

from game.rules.payouts import BOOKED, FOLLOWS
from game.rules.receipt_proof import CLOCKS_APART
from game.services.payouts.requesting import key_of
from game.services.payouts.store import PAID_NOW
from game.services.verifying.differences import Difference
from models.session import Transaction

FIRST = ("requested", "approved")
"""A payout begins in one of these."""

PAYOUTS = {
    "payout_part": """
        SELECT o.id, coalesce(sum(p.amount_minor), 0), o.amount_minor
        FROM payout o LEFT JOIN payout_part p
          ON p.company_id = o.company_id AND p.payout_id = o.id
        WHERE o.company_id = %(company)s GROUP BY o.id, o.amount_minor
        HAVING coalesce(sum(p.amount_minor), 0) <> o.amount_minor""",
    "payout_part.amount_minor": """
        SELECT concat_ws(' ', payout_id, payment_id), amount_minor, 'not zero'
        FROM payout_part WHERE company_id = %(company)s AND amount_minor = 0""",
    "payout against movements": """
        WITH moved AS (
          SELECT r.member_id, r.source_id, m.currency,
            sum(CASE m.credit WHEN 'paid' THEN m.amount_minor ELSE -m.amount_minor END) AS out,
            count(*) AS postings
          FROM receipt r JOIN movement m ON m.company_id = r.company_id
            AND m.member_id = r.member_id AND m.key = r.key
          WHERE r.company_id = %(company)s AND r.kind = 'payout' GROUP BY 1, 2, 3),
        wanted AS (
          SELECT member_id, id::text AS source_id, currency, postings,
            CASE WHEN state = ANY(%(booked)s) THEN amount_minor ELSE 0 END AS out
          FROM payout WHERE company_id = %(company)s)
        SELECT source_id, concat_ws(' in ', m.out, m.postings), concat_ws(' in ', w.out, w.postings)
        FROM moved m FULL JOIN wanted w USING (member_id, source_id, currency)
        WHERE (m.out, m.postings) IS DISTINCT FROM (w.out, w.postings)""",
    "payout and its receipts": """
        SELECT concat_ws(' ', r.member_id, r.key), concat_ws(' ', r.kind, r.xp, r.inputs::text),
          'those of a payout'
        FROM receipt r LEFT JOIN payout o ON o.company_id = r.company_id
          AND o.id::text = r.source_id AND o.member_id = r.member_id
        LEFT JOIN movement m ON m.company_id = r.company_id
          AND m.member_id = r.member_id AND m.key = r.key
        WHERE r.company_id = %(company)s AND r.kind = 'payout' AND NOT coalesce(
          r.key = 'payout:' || o.id || ':' || split_part(r.key, ':', 3)
          AND r.xp = 0 AND r.at = r.posted_at
          AND r.reason = CASE m.credit WHEN 'paid' THEN 'payout' ELSE 'payout_returned' END
          AND (r.inputs ->> 'amount_minor')::numeric = o.amount_minor
          AND m.amount_minor = o.amount_minor AND m.leg = 0
          AND r.inputs ->> 'currency' = o.currency
          AND (r.inputs ->> 'exponent')::numeric = o.exponent, false)""",
    "payout.state and steps": """
        SELECT o.id, concat_ws(' ', o.state, o.steps, o.closed_at),
          concat_ws(' ', s.state, s.number, s.at)
        FROM payout o LEFT JOIN LATERAL (
          SELECT * FROM payout_step WHERE company_id = o.company_id AND payout_id = o.id
          ORDER BY number DESC LIMIT 1) s ON true
        WHERE o.company_id = %(company)s AND (
          (o.state, o.steps) IS DISTINCT FROM (s.state, s.number)
          OR o.closed_at IS DISTINCT FROM
            CASE WHEN o.state = ANY('{paid,failed,rejected}') THEN s.at END)""",
    "payout agreed to": """
        SELECT id, concat_ws(' ', state, first_by, second_by),
          CASE WHEN needs_second THEN 'two agreements' ELSE 'an agreement' END
        FROM payout WHERE company_id = %(company)s
          AND state = ANY('{approved,sending,paid,failed}')
          AND (first_by = '' OR (needs_second AND second_by = '')
               OR (first_by <> '') <> (first_at IS NOT NULL))""",
    "payout.method": """
        SELECT id, concat_ws(' ', method, state, first_sent_at), 'sent through Whop'
        FROM payout WHERE company_id = %(company)s AND (
          (state IN ('sending', 'failed') AND (method <> 'whop' OR first_sent_at IS NULL))
          OR (state = 'paid' AND method = 'whop' AND first_sent_at IS NULL))""",
    "payout and its transfer": """
        SELECT o.id, o.state, t.status || ' ' || t.transfer_id
        FROM payout o JOIN transfer t ON t.company_id = o.company_id AND t.payout_key = o.key
        JOIN member m ON m.company_id = o.company_id AND m.id = o.member_id
        WHERE o.company_id = %(company)s AND o.transfer_id IN ('', t.transfer_id)
          AND t.destination_id IN ('', m.whop_user_id) AND (t.currency = '' OR (t.currency,
            t.amount_minor * power(10::numeric, o.exponent))
            = (o.currency, o.amount_minor * power(10::numeric, t.exponent)))
          AND o.state <> CASE t.status WHEN 'succeeded' THEN 'paid' WHEN 'failed' THEN 'failed'
                                       ELSE o.state END""",
    "payout paid twice": """
        SELECT o.id, string_agg(t.transfer_id, ' '), 'one transfer'
        FROM payout o JOIN transfer t ON t.company_id = o.company_id AND t.payout_key = o.key
        WHERE o.company_id = %(company)s AND t.status <> 'failed'
        GROUP BY o.id HAVING count(*) > 1""",
    "payout.exponent": """
        SELECT o.id, o.exponent, b.exponent FROM payout o LEFT JOIN balance b
          ON b.company_id = o.company_id AND b.member_id = o.member_id AND b.currency = o.currency
        WHERE o.company_id = %(company)s AND o.exponent IS DISTINCT FROM b.exponent""",
    "notice of a payout": """
        SELECT concat_ws(' ', s.payout_id, s.number), 'not told', s.state
        FROM payout_step s
        JOIN payout o ON o.company_id = s.company_id AND o.id = s.payout_id
        LEFT JOIN notice n ON n.company_id = s.company_id AND n.member_id = o.member_id
          AND n.type = 'payout_changed' AND n.at = s.at
          AND n.data ->> 'payout_id' = s.payout_id::text AND n.data ->> 'state' = s.state
          AND n.data ->> 'mine' = 'true'
        WHERE s.company_id = %(company)s AND n.seq IS NULL
        UNION ALL
        SELECT concat_ws(' ', n.member_id, n.seq), n.data::text, 'what a payout says'
        FROM notice n LEFT JOIN payout o ON o.company_id = n.company_id
          AND o.id::text = n.data ->> 'payout_id'
        WHERE n.company_id = %(company)s AND n.type = 'payout_changed' AND NOT coalesce(
          (n.data ->> 'amount_minor', n.data ->> 'currency', n.data ->> 'exponent')
            = (o.amount_minor::text, o.currency, o.exponent::text)
          AND (n.data ->> 'mine' = 'true') = (n.member_id = o.member_id), false)""",
    "payment_effect.paid_minor": """
        WITH touched AS (
          SELECT company_id, payment_id FROM payment_effect
          WHERE company_id = %(company)s AND (paid_minor <> 0 OR paid_elsewhere <> '{}')
          UNION
          SELECT company_id, payment_id FROM payout_part
          WHERE company_id = %(company)s AND payment_id <> ''),
        wanted AS (PAID_NOW)
        SELECT e.payment_id, concat_ws(' ', e.paid_minor, e.paid_elsewhere),
          concat_ws(' ', w.paid, w.elsewhere)
        FROM wanted w JOIN payment_effect e USING (company_id, payment_id)
        WHERE (e.paid_minor, e.paid_elsewhere) IS DISTINCT FROM (w.paid, w.elsewhere)""".replace(
        "PAID_NOW", PAID_NOW
    ),
}
STEPS = """
SELECT s.payout_id, s.number, s.state, s.at, o.requested_at, o.member_id, o.currency, o.key,
  o.company_id
FROM payout_step s JOIN payout o ON o.company_id = s.company_id AND o.id = s.payout_id
WHERE s.company_id = %s ORDER BY s.payout_id, s.number
"""


def wrong_payouts(tx: Transaction, company_id: str) -> Iterator[Difference]:
    """Everything about one company's payouts that does not fit together."""
    values = {"company": company_id, "booked": sorted(BOOKED)}
    for what, sql in PAYOUTS.items():
        for subject, stored, computed in tx.rows(sql, values):
            yield Difference(company_id, what, str(subject), str(stored), str(computed))
    yield from _wrong_steps(tx, company_id)


def _wrong_steps(tx: Transaction, company_id: str) -> Iterator[Difference]:
    """Each state must be one that may follow the one before, at a time not before it."""
    before = (0, 0, "", None)
    for payout_id, number, state, at, asked_at, member_id, currency, key, company in tx.rows(
        STEPS, (company_id,)
    ):
        subject = f"{payout_id} {number}"
        last_id, last_number, last_state, last_at = before
        is_first = payout_id != last_id
        if is_first:
            is_right = number == 1 and state in FIRST and at == asked_at
            wanted = key_of(company, member_id, currency, asked_at)
            if key != wanted:
                yield Difference(company_id, "payout.key", str(payout_id), key, wanted)
        else:
            is_right = (
                number == last_number + 1
                and state in FOLLOWS.get(last_state, ())
                and last_at is not None
                and at >= last_at - CLOCKS_APART
            )
        if not is_right:
            yield Difference(company_id, "payout_step", subject, state, "what may follow")
        before = (payout_id, number, state, at)
