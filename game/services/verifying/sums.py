"""Projections against the ledgers they sum up: one query a promise, each difference a row.

Every query answers (what it is about, what is stored, what the rows add up to) for rows that
disagree, within one company.
"""

from __future__ import annotations

from collections.abc import Iterator

from game.services.verifying.differences import Difference
from models.session import Transaction

SUMS = {
    "member.lifetime_xp": """
        SELECT m.id, m.lifetime_xp, coalesce(r.xp, 0) FROM member m
        LEFT JOIN (SELECT member_id, sum(xp) AS xp FROM receipt
                   WHERE company_id = %(company)s GROUP BY 1) r ON r.member_id = m.id
        WHERE m.company_id = %(company)s AND m.lifetime_xp <> coalesce(r.xp, 0)""",
    "member.total_referrals": """
        SELECT m.id, m.total_referrals, coalesce(e.n, 0) FROM member m
        LEFT JOIN (SELECT member_id, count(*) AS n FROM payment_effect
                   WHERE company_id = %(company)s AND counted GROUP BY 1) e ON e.member_id = m.id
        WHERE m.company_id = %(company)s AND m.total_referrals <> coalesce(e.n, 0)""",
    "member.earned_usd_cents": """
        SELECT m.id, m.earned_usd_cents, coalesce(e.n, 0) FROM member m
        LEFT JOIN (SELECT member_id, sum(usd_kept_cents) AS n FROM payment_effect
                   WHERE company_id = %(company)s GROUP BY 1) e ON e.member_id = m.id
        WHERE m.company_id = %(company)s AND m.earned_usd_cents <> coalesce(e.n, 0)""",
    "member.quests_claimed": """
        SELECT m.id, m.quests_claimed, coalesce(q.n, 0) FROM member m
        LEFT JOIN (SELECT member_id, count(*) AS n FROM quest
                   WHERE company_id = %(company)s AND state = 'claimed' GROUP BY 1) q
          ON q.member_id = m.id
        WHERE m.company_id = %(company)s AND m.quests_claimed <> coalesce(q.n, 0)""",
    "member.clicks": """
        SELECT m.id, m.clicks, coalesce(f.n, 0) FROM member m
        LEFT JOIN (SELECT member_id, count(*) AS n FROM member_fact
                   WHERE company_id = %(company)s AND kind = 'click' AND settled GROUP BY 1) f
          ON f.member_id = m.id
        WHERE m.company_id = %(company)s AND m.clicks <> coalesce(f.n, 0)""",
    "member.character_class": """
        SELECT m.id, m.character_class, f.value FROM member m
        LEFT JOIN LATERAL (
          SELECT value FROM member_fact WHERE company_id = m.company_id AND member_id = m.id
            AND kind = 'class' ORDER BY at DESC, id DESC LIMIT 1) f ON true
        WHERE m.company_id = %(company)s AND m.character_class IS DISTINCT FROM f.value""",
    "member.prestige_level": """
        SELECT m.id, m.prestige_level, coalesce(f.level, 0) FROM member m
        LEFT JOIN (SELECT member_id, max(value::int) AS level FROM member_fact
                   WHERE company_id = %(company)s AND kind = 'prestige' GROUP BY 1) f
          ON f.member_id = m.id
        WHERE m.company_id = %(company)s AND m.prestige_level <> coalesce(f.level, 0)""",
    "prestige facts, each once and in order": """
        SELECT member_id, value, place FROM (
          SELECT member_id, key, value,
                 row_number() OVER (PARTITION BY member_id ORDER BY at, id) AS place
          FROM member_fact WHERE company_id = %(company)s AND kind = 'prestige') f
        WHERE value <> place::text OR key <> value""",
    "member.notice_seq": """
        SELECT m.id, m.notice_seq, coalesce(n.n, 0) FROM member m
        LEFT JOIN (SELECT member_id, count(*) AS n, max(seq) AS newest FROM notice
                   WHERE company_id = %(company)s GROUP BY 1) n ON n.member_id = m.id
        WHERE m.company_id = %(company)s
          AND (m.notice_seq <> coalesce(n.n, 0) OR m.notice_seq <> coalesce(n.newest, 0))""",
    "announcement and its notices": """
        WITH asked AS (
          SELECT m.id AS member_id, a.severity, a.title, a.text, count(*) AS times
          FROM announcement a JOIN member m ON m.company_id = a.company_id
            AND m.id <= least(a.last_member_id, a.told_through)
          WHERE a.company_id = %(company)s GROUP BY 1, 2, 3, 4),
        heard AS (
          SELECT member_id, data ->> 'severity' AS severity, data ->> 'title' AS title,
                 data ->> 'text' AS text, count(*) AS times
          FROM notice WHERE company_id = %(company)s AND type = 'system_notification'
          GROUP BY 1, 2, 3, 4)
        SELECT 'member ' || member_id || ', ' || title, 'told ' || coalesce(heard.times, 0),
               'told ' || asked.times
        FROM asked LEFT JOIN heard USING (member_id, severity, title, text)
        WHERE asked.times <> coalesce(heard.times, 0)""",
    "announcement.told": """
        SELECT a.id, a.told, n.members FROM announcement a CROSS JOIN LATERAL (
          SELECT count(*) AS members FROM member m WHERE m.company_id = a.company_id
            AND m.id <= CASE WHEN a.done_at IS NULL THEN a.told_through ELSE a.last_member_id END
        ) AS n
        WHERE a.company_id = %(company)s AND a.told <> n.members""",
    "balance": """
        WITH flows AS (
          SELECT member_id, currency, account, sum(amount) AS amount FROM (
            SELECT member_id, currency, credit AS account, amount_minor AS amount
            FROM movement WHERE company_id = %(company)s
            UNION ALL
            SELECT member_id, currency, debit, -amount_minor
            FROM movement WHERE company_id = %(company)s) AS sides
          WHERE account NOT IN ('expense', 'pool') GROUP BY 1, 2, 3),
        stored AS (
          SELECT b.member_id, b.currency, a.account, a.amount FROM balance b
          CROSS JOIN LATERAL (VALUES ('pending', b.pending_minor), ('held', b.held_minor),
            ('payable', b.payable_minor), ('paid', b.paid_minor)) AS a (account, amount)
          WHERE b.company_id = %(company)s)
        SELECT concat_ws(' ', coalesce(s.member_id, f.member_id), coalesce(s.currency, f.currency),
                         coalesce(s.account, f.account)),
               s.amount, coalesce(f.amount, 0)
        FROM stored s FULL JOIN flows f USING (member_id, currency, account)
        WHERE coalesce(s.amount, 0) <> coalesce(f.amount, 0) OR s.member_id IS NULL""",
    "payment_effect without its payment": """
        SELECT e.payment_id, e.buyer_id, coalesce(p.buyer_id, 'no payment') FROM payment_effect e
        LEFT JOIN payment p USING (company_id, payment_id)
        WHERE e.company_id = %(company)s AND e.kind <> 'none'
          AND e.buyer_id IS DISTINCT FROM p.buyer_id""",
    "payment_effect.kept_minor against movements": """
        SELECT coalesce(e.payment_id, m.payment_id), coalesce(e.kept_minor, 0), coalesce(m.kept, 0)
        FROM (SELECT payment_id, kept_minor FROM payment_effect
              WHERE company_id = %(company)s) e
        FULL JOIN (
          SELECT payment_id, sum(CASE WHEN debit = 'expense' THEN amount_minor
                                      WHEN credit = 'expense' THEN -amount_minor
                                      ELSE 0 END) AS kept
          FROM movement WHERE company_id = %(company)s AND payment_id IS NOT NULL
          GROUP BY 1) m USING (payment_id)
        WHERE coalesce(e.kept_minor, 0) <> coalesce(m.kept, 0)""",
    "payment_effect.xp_kept against receipts": """
        SELECT coalesce(e.payment_id, r.source_id), coalesce(e.xp_kept, 0), coalesce(r.xp, 0)
        FROM (SELECT payment_id, xp_kept FROM payment_effect WHERE company_id = %(company)s) e
        FULL JOIN (
          SELECT source_id, sum(xp) AS xp FROM receipt
          WHERE company_id = %(company)s AND kind = 'payment' GROUP BY 1) r
          ON r.source_id = e.payment_id
        WHERE coalesce(e.xp_kept, 0) <> coalesce(r.xp, 0)""",
    "lesson_effect.xp against receipts": """
        SELECT concat_ws(' ', coalesce(e.member_id, r.member_id),
                         coalesce(e.lesson_id, r.source_id)),
               coalesce(e.xp, 0), coalesce(r.xp, 0)
        FROM (SELECT member_id, lesson_id, xp FROM lesson_effect
              WHERE company_id = %(company)s) e
        FULL JOIN (
          SELECT member_id, source_id, sum(xp) AS xp FROM receipt
          WHERE company_id = %(company)s AND kind = 'lesson' GROUP BY 1, 2) r
          ON r.member_id = e.member_id AND r.source_id = e.lesson_id
        WHERE coalesce(e.xp, 0) <> coalesce(r.xp, 0)""",
    "claimed quest and its receipt": """
        SELECT coalesce(q.id::text, r.source_id), q.state, r.key
        FROM (SELECT id, member_id, state FROM quest
              WHERE company_id = %(company)s AND state = 'claimed') q
        FULL JOIN (SELECT member_id, source_id, key, xp, inputs FROM receipt
                   WHERE company_id = %(company)s AND kind = 'quest') r
          ON r.source_id = q.id::text AND r.member_id = q.member_id
        WHERE q.id IS NULL OR r.key IS NULL""",
    "achievement and its receipt": """
        SELECT coalesce(a.member_id, r.member_id)::text || ' ' || coalesce(a.key, r.source_id),
               a.key, r.key
        FROM (SELECT member_id, key FROM achievement_unlock WHERE company_id = %(company)s) a
        FULL JOIN (SELECT member_id, source_id, key FROM receipt
                   WHERE company_id = %(company)s AND kind = 'achievement') r
          ON r.member_id = a.member_id AND r.source_id = a.key
        WHERE a.key IS NULL OR r.key IS NULL""",
    "quest.state and progress": """
        SELECT id, state, progress || ' of ' || target FROM quest
        WHERE company_id = %(company)s
          AND ((state IN ('assigned', 'replaced')) <> (progress < target) OR progress > target
               OR (state = 'claimed') <> (claimed_at IS NOT NULL))""",
    "member_day": """
        WITH counts AS (
          SELECT member_id, day, part, count(*) FILTER (WHERE counts) AS conversions,
                 sum(usd_value_cents) AS usd, 0 AS lessons
          FROM payment_effect WHERE company_id = %(company)s GROUP BY 1, 2, 3
          UNION ALL
          SELECT member_id, day, part, 0, 0, count(*) FROM lesson_effect
          WHERE company_id = %(company)s GROUP BY 1, 2, 3),
        wanted AS (
          SELECT member_id, day, part, sum(conversions) AS conversions, sum(usd) AS usd,
                 sum(lessons) AS lessons
          FROM counts GROUP BY 1, 2, 3)
        SELECT concat_ws(' ', coalesce(d.member_id, w.member_id), coalesce(d.day, w.day),
                         nullif(coalesce(d.part, w.part), 0)),
               concat_ws(' ', d.conversions, d.commission_usd_cents, d.lessons),
               concat_ws(' ', w.conversions, w.usd, w.lessons)
        FROM (SELECT * FROM member_day WHERE company_id = %(company)s) d
        FULL JOIN wanted w USING (member_id, day, part)
        WHERE coalesce(d.conversions, 0) <> coalesce(w.conversions, 0)
           OR coalesce(d.commission_usd_cents, 0) <> coalesce(w.usd, 0)
           OR coalesce(d.lessons, 0) <> coalesce(w.lessons, 0)""",
    "inbox.state and dead letters": """
        SELECT coalesce(i.seq, d.inbox_seq), i.state, d.state
        FROM (SELECT seq, state FROM inbox
              WHERE company_id = %(company)s AND state = 'dead') i
        FULL JOIN (SELECT inbox_seq, state FROM dead_letter
                   WHERE company_id = %(company)s AND state = 'open'
                     AND inbox_seq IS NOT NULL) d ON d.inbox_seq = i.seq
        WHERE i.seq IS NULL OR (d.inbox_seq IS NULL AND NOT EXISTS (
          SELECT FROM dead_letter c WHERE c.inbox_seq = i.seq AND c.state = 'discarded'))""",
    "member_fact.aside and dead letters": """
        SELECT coalesce(f.id, d.fact_id), f.aside, d.state
        FROM (SELECT id, aside FROM member_fact
              WHERE company_id = %(company)s AND aside = 'dead' AND NOT settled) f
        FULL JOIN (SELECT fact_id, state FROM dead_letter
                   WHERE company_id = %(company)s AND state = 'open'
                     AND fact_id IS NOT NULL) d ON d.fact_id = f.id
        WHERE f.id IS NULL OR (d.fact_id IS NULL AND NOT EXISTS (
          SELECT FROM dead_letter c WHERE c.fact_id = f.id AND c.state = 'discarded'))""",
}


def wrong_sums(tx: Transaction, company_id: str) -> Iterator[Difference]:
    """Every projection of one company that is not the sum of its rows."""
    for what, sql in SUMS.items():
        for subject, stored, computed in tx.rows(sql, {"company": company_id}):
            yield Difference(company_id, what, str(subject), str(stored), str(computed))
