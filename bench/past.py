"""A long past for the company: payments settled long ago, written set-wise by SQL.

Rows are spread over two years and all members, and every table that a settlement reads gets its
share, so that indexes are as deep as they would be.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime

import psycopg2

import settings
from bench.crowd import COMPANY

OLD = """
CREATE TEMPORARY TABLE old ON COMMIT DROP AS
SELECT n, 'pay_old_' || n AS payment_id, 'user_old_' || n / 2 AS buyer_id,
  m.ids[1 + (n / 2) %% cardinality(m.ids)] AS member_id,
  %(now)s::timestamptz - interval '30 days' - n * (interval '700 days' / %(rows)s) AS at,
  CASE WHEN n %% 2 = 0 THEN 'conversion' ELSE 'renewal' END AS kind
FROM generate_series(1, %(rows)s) n,
  (SELECT array_agg(id ORDER BY id) AS ids FROM member WHERE company_id = %(company)s) m
"""

TABLES = (
    """
INSERT INTO payment (company_id, payment_id, buyer_id, buyer_name, at, created_at, updated_at,
  received_at, currency, exponent, total_minor, tax_minor, usd_total_cents, presentment_minor,
  presentment_currency, presentment_exponent, refunded_minor, billing_reason, membership_id, ref,
  promo_code_id, shape)
SELECT %(company)s, payment_id, buyer_id, 'Old Buyer', at, at, at, at, 'usd', 2, 4900, 0, 4900,
  4900, 'usd', 2, 0, 'subscription_create', 'mem_old_' || n / 2, 'CODE2222', '', 2 FROM old
""",
    """
INSERT INTO membership (company_id, membership_id, user_id, first_user_id, status, seen_trialing,
  ref, created_at, updated_at, received_at)
SELECT %(company)s, 'mem_old_' || n / 2, buyer_id, buyer_id, 'completed', false, 'CODE2222', at,
  at, at FROM old WHERE kind = 'conversion'
""",
    """
INSERT INTO refund (company_id, refund_id, payment_id, amount_minor, currency, exponent,
  succeeded, status, updated_at)
SELECT %(company)s, 'rfnd_old_' || n, payment_id, 0, 'usd', 2, false, 'canceled', at
FROM old WHERE n %% 12 = 0
""",
    """
INSERT INTO dispute (company_id, dispute_id, payment_id, status, inquiry, updated_at)
SELECT %(company)s, 'dspt_old_' || n, payment_id, 'won', false, at FROM old WHERE n %% 25 = 0
""",
    """
INSERT INTO lesson (company_id, user_id, lesson_id, at)
SELECT %(company)s, m.whop_user_id, 'lesn_old_' || n, at
FROM old JOIN member m ON m.company_id = %(company)s AND m.id = old.member_id WHERE n %% 8 = 0
""",
    """
INSERT INTO referral (company_id, buyer_id, buyer_name, member_id, payment_id, source, started_at,
  conversion_payment_id, conversion_at)
SELECT %(company)s, buyer_id, 'Old Buyer', member_id, payment_id, 'code', at, payment_id, at
FROM old WHERE kind = 'conversion'
""",
    """
INSERT INTO payment_effect (company_id, payment_id, buyer_id, member_id, kind, at, day,
  rule_version, character_class, prestige_level, currency, exponent, base_minor, usd_base_cents,
  commission_minor, kept_minor, account, due_at, usd_value_cents, usd_kept_cents, points,
  multiplier_bp, xp_awarded, xp_kept, taken_num, taken_den, counts, counted, reason, version)
SELECT %(company)s, payment_id, buyer_id, member_id, kind, at, at::date, 1, 'novice', 0, 'usd', 2,
  4900, 4900, 490, 490, 'payable', at + interval '14 days', 490, 490, 149, 10000, 149, 149, 0, 1,
  kind = 'conversion', kind = 'conversion', kind, 1 FROM old
""",
    """
INSERT INTO receipt (company_id, member_id, key, kind, source_id, reason, xp, at, posted_at,
  rule_version, inputs)
SELECT %(company)s, member_id, 'pay:' || payment_id || ':1', 'payment', payment_id, kind, 149, at,
  at, 1, '{"kind": "renewal", "points": 149}' FROM old
""",
    """
INSERT INTO movement (company_id, member_id, key, leg, debit, credit, currency, amount_minor,
  payment_id, posted_at)
SELECT %(company)s, member_id, 'pay:' || payment_id || ':1', 0, 'expense', 'payable', 'usd', 490,
  payment_id, at FROM old
""",
    """
INSERT INTO notice (company_id, member_id, seq, type, data, at)
SELECT %(company)s, member_id, row_number() OVER (PARTITION BY member_id ORDER BY n),
  'commission_changed', jsonb_build_object('payment_id', payment_id), at FROM old
""",
    """
INSERT INTO member_day (company_id, member_id, day, conversions, commission_usd_cents)
SELECT %(company)s, member_id, at::date, count(*) FILTER (WHERE kind = 'conversion'),
  490 * count(*) FROM old GROUP BY member_id, at::date
""",
    """
INSERT INTO balance (company_id, member_id, currency, exponent, payable_minor)
SELECT %(company)s, member_id, 'usd', 2, 490 * count(*) FROM old GROUP BY member_id
""",
    """
UPDATE member m SET lifetime_xp = o.xp, total_referrals = o.conversions,
  earned_usd_cents = o.cents, notice_seq = o.notices
FROM (SELECT member_id, 149 * count(*) AS xp, 490 * count(*) AS cents, count(*) AS notices,
        count(*) FILTER (WHERE kind = 'conversion') AS conversions FROM old GROUP BY 1) o
WHERE m.company_id = %(company)s AND m.id = o.member_id
""",
)
ANALYZED = (
    "payment", "membership", "refund", "dispute", "lesson", "referral", "payment_effect", "receipt",
    "movement", "notice", "member_day", "member",
)  # fmt: skip


def write_past(rows: int, now: datetime) -> None:
    """Write `rows` old payments with their receipts and movements; none where `rows` is zero.

    The checks of foreign keys are switched off meanwhile: they would take most of the time.
    """
    if not rows:
        return
    url = settings.current().database_url.replace("+psycopg2", "")
    params = {"rows": rows, "now": now, "company": COMPANY}
    with closing(psycopg2.connect(url)) as connection:
        with connection, connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in (OLD, *TABLES):
                cursor.execute(statement, params)
        with connection, connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(ANALYZED)}")
