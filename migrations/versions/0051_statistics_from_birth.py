"""Tables tell the planner from birth what their columns will be like, until ANALYZE knows better.

Revision: 0051. Of a table without statistics the planner believes that a company has one row in
two hundred, and takes any index that begins with the company for as good as the one that holds
the key asked for. A young installation has one company, so such a plan walks the whole table for
each key, until autovacuum comes by. Needs PostgreSQL 18; older servers go on without.
"""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

COMPANIES, MEMBERS, DAYS, KINDS = 20, 2000, 400, 8
EACH, HALF = -1, -0.5
"""Below zero: distinct values as a share of the rows."""

DISTINCT: dict[str, dict[str, float]] = {
    "achievement_unlock": {"member_id": MEMBERS, "key": 40},
    "balance": {"member_id": HALF, "currency": KINDS},
    "click": {"token": EACH, "member_id": MEMBERS},
    "company_fact": {"kind": KINDS, "key": HALF},
    "dispute": {"dispute_id": EACH, "payment_id": HALF},
    "inbox": {"seq": EACH, "webhook_id": EACH, "state": KINDS},
    "inbox_body_default": {"seq": EACH, "received_at": EACH},
    "lesson": {"user_id": MEMBERS, "lesson_id": 200},
    "lesson_effect": {"member_id": MEMBERS, "lesson_id": 200, "day": DAYS},
    "member": {"id": EACH, "whop_user_id": EACH},
    "member_day": {"member_id": MEMBERS, "day": DAYS},
    "member_fact": {"id": EACH, "member_id": MEMBERS, "kind": KINDS, "key": HALF},
    "membership": {"membership_id": EACH, "user_id": HALF},
    "movement": {"member_id": MEMBERS, "key": HALF, "leg": 4},
    "notice": {"member_id": MEMBERS, "seq": HALF},
    "payment": {"payment_id": EACH, "buyer_id": HALF, "membership_id": HALF},
    "payment_effect": {"payment_id": EACH, "buyer_id": HALF, "member_id": MEMBERS, "kind": 3},
    "quest": {"id": EACH, "member_id": MEMBERS, "state": 3},
    "receipt": {"member_id": MEMBERS, "key": HALF, "seq": EACH},
    "referral": {"buyer_id": EACH, "member_id": MEMBERS},
    "referral_code": {"code": EACH, "member_id": HALF},
    "refund": {"refund_id": EACH, "payment_id": HALF},
}
WITHOUT_COMPANY = ("inbox_body_default",)

TELL = """
DO $$ BEGIN
  IF current_setting('server_version_num')::int >= 180000 AND NOT EXISTS (
    SELECT FROM pg_stats WHERE schemaname = current_schema()
    AND tablename = '{table}' AND attname = '{column}'
  ) THEN
    PERFORM pg_restore_attribute_stats(
      'schemaname', current_schema()::text, 'relname', '{table}', 'attname', '{column}',
      'inherited', false, 'null_frac', 0::real, 'avg_width', 16, 'n_distinct', {distinct}::real);
  END IF;
END $$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table, columns in DISTINCT.items():
        names = columns if table in WITHOUT_COMPANY else {"company_id": COMPANIES} | columns
        for column, distinct in names.items():
            op.execute(TELL.format(table=table, column=column, distinct=distinct))


def downgrade() -> None:
    """Leave them: ANALYZE replaces them, and no version is wrong with them."""
