"""Which facts of members wait for a worker, and which for their next attempt.

Revision: 0081. The index of all that is not settled goes: what failed and comes again later, or is
dead, must not be walked through for each batch. The version still running loses a little speed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

OPEN = sa.text("NOT settled AND aside = ''")
DUE = sa.text("aside = 'retrying'")
CHECKED = (("member_fact", "ck_member_fact_aside_known"), ("dead_letter", "ck_dead_letter_of_one"))


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, columns, where in (
            ("ix_member_fact_open", ["company_id", "id"], OPEN),
            ("ix_member_fact_due", ["next_attempt_at"], DUE),
        ):
            op.drop_index(  # what an attempt that was cut off may have left is invalid
                name, table_name="member_fact", if_exists=True, postgresql_concurrently=True
            )
            op.create_index(
                name, "member_fact", columns, postgresql_where=where, postgresql_concurrently=True
            )
        op.drop_index(
            "ix_member_fact_waiting",
            table_name="member_fact",
            if_exists=True,
            postgresql_concurrently=True,
        )
        for table, constraint in CHECKED:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {constraint}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "ix_member_fact_waiting",
            table_name="member_fact",
            if_exists=True,
            postgresql_concurrently=True,
        )
        op.create_index(
            "ix_member_fact_waiting",
            "member_fact",
            ["company_id", "id"],
            postgresql_where=sa.text("NOT settled"),
            postgresql_concurrently=True,
        )
        for name in ("ix_member_fact_due", "ix_member_fact_open"):
            op.drop_index(
                name, table_name="member_fact", if_exists=True, postgresql_concurrently=True
            )
