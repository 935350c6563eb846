"""Facts of members fail like deliveries: attempts, a next time, going alone, dead letters.

Revision: 0080. Columns with constants for the rows that are here, and a dead letter that may be
of a fact instead of a delivery. The version still running writes none of it and needs none of it.
Constraints are checked for new rows only; 0081 looks at the old ones without a lock.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0080"
down_revision = "0078"
branch_labels = None
depends_on = None

COLUMNS = (
    ("aside", sa.Text(), "''"),
    ("attempts", sa.Integer(), "0"),
    ("crashes", sa.Integer(), "0"),
    ("alone", sa.Boolean(), "false"),
    ("last_error", sa.Text(), "''"),
)
NAMES = ", ".join([*(name for name, *_ in COLUMNS), "next_attempt_at"])
FACTS = sa.text("state = 'open' AND fact_id IS NOT NULL")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for name, kind, default in COLUMNS:
        op.add_column(
            "member_fact", sa.Column(name, kind, server_default=sa.text(default), nullable=False)
        )
    op.add_column("member_fact", sa.Column("next_attempt_at", sa.DateTime(timezone=True)))
    op.create_check_constraint(
        op.f("ck_member_fact_aside_known"),
        "member_fact",
        "aside IN ('', 'retrying', 'dead')",
        postgresql_not_valid=True,
    )
    op.execute(f"GRANT UPDATE ({NAMES}) ON member_fact TO legends_worker")
    op.add_column(
        "settlement_run",
        sa.Column(
            "fact_ids", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False
        ),
    )
    op.alter_column("dead_letter", "inbox_seq", nullable=True)
    op.add_column("dead_letter", sa.Column("fact_id", sa.BigInteger()))
    op.create_check_constraint(
        op.f("ck_dead_letter_of_one"),
        "dead_letter",
        "num_nonnulls(inbox_seq, fact_id) = 1",
        postgresql_not_valid=True,
    )
    op.create_index(
        "uq_dead_letter_open_fact",
        "dead_letter",
        ["fact_id"],
        unique=True,
        postgresql_where=FACTS,
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_index("uq_dead_letter_open_fact", table_name="dead_letter")
    op.drop_constraint(op.f("ck_dead_letter_of_one"), "dead_letter")
    op.execute("DELETE FROM dead_letter WHERE inbox_seq IS NULL")
    op.drop_column("dead_letter", "fact_id")
    op.alter_column("dead_letter", "inbox_seq", nullable=False)
    op.drop_column("settlement_run", "fact_ids")
    op.drop_constraint(op.f("ck_member_fact_aside_known"), "member_fact")
    op.drop_column("member_fact", "next_attempt_at")
    for name, *_ in COLUMNS:
        op.drop_column("member_fact", name)
