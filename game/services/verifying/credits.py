"""What creators decided and what links belong to, against the rows they speak of.

Whether the books follow a tie or a decision is `facts`' to find; here is whether each could have
been made by the program at all.
"""

from __future__ import annotations

from collections.abc import Iterator

from game.services.verifying.differences import Difference
from models.session import Transaction

IS_MEMBER = (
    "EXISTS (SELECT FROM member m WHERE m.company_id = f.company_id AND m.whop_user_id = f.value)"
)
ROWS = {
    "promo_tie": f"""
        SELECT f.subject, f.value, 'a member, or nobody' FROM company_fact f
        WHERE f.company_id = %(company)s AND f.kind = 'promo_tie'
          AND (f.subject = '' OR f.value <> '' AND NOT {IS_MEMBER})""",  # noqa: S608 - our own names
    "credit": f"""
        SELECT f.subject, concat_ws(' from ', f.value, f.details ->> 'payment_id'),
          'a member, or nobody, from a payment that is there'
        FROM company_fact f
        WHERE f.company_id = %(company)s AND f.kind = 'credit'
          AND (f.subject = '' OR f.value <> '' AND NOT {IS_MEMBER}
            OR NOT EXISTS (SELECT FROM payment p WHERE p.company_id = f.company_id
              AND p.payment_id = f.details ->> 'payment_id'))""",  # noqa: S608
    "granted appeal": """
        SELECT a.id::text, a.buyer_id, 'a buyer credited to its member at that moment or before'
        FROM appeal a JOIN member m ON m.company_id = a.company_id AND m.id = a.member_id
        WHERE a.company_id = %(company)s AND a.state = 'granted' AND NOT EXISTS (
          SELECT FROM company_fact f WHERE f.company_id = a.company_id AND f.kind = 'credit'
            AND f.subject = a.buyer_id AND f.value = m.whop_user_id AND f.at <= a.decided_at)""",
    "appeal that lapsed": """
        SELECT a.id::text, a.decided_at::text, a.due_at::text FROM appeal a
        WHERE a.company_id = %(company)s AND a.state = 'lapsed' AND a.decided_at < a.due_at""",
    "referral_code.campaign_id": """
        SELECT r.code, r.campaign_id::text, 'a campaign of its member or of the company'
        FROM referral_code r LEFT JOIN campaign c
          ON c.company_id = r.company_id AND c.id = r.campaign_id
        WHERE r.company_id = %(company)s AND r.campaign_id IS NOT NULL
          AND (c.id IS NULL OR c.member_id <> r.member_id)""",
    "click.member_id": """
        SELECT c.token, c.member_id::text, r.member_id::text
        FROM click c JOIN referral_code r ON r.company_id = c.company_id AND r.code = c.code
        WHERE c.company_id = %(company)s AND c.member_id <> r.member_id""",
}


def wrong_credits(tx: Transaction, company_id: str) -> Iterator[Difference]:
    """Every tie, decision, appeal, link and click that could not have been made."""
    for what, sql in ROWS.items():
        for subject, stored, computed in tx.rows(sql, {"company": company_id}):
            yield Difference(company_id, what, str(subject), str(stored), str(computed))
