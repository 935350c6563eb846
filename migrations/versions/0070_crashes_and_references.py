"""Deaths of a worker are counted apart from tries; a reference leads to who was named by it.

Revision: 0070. Only adds: a column with a constant for the rows that are here, and two indexes
over the rows that carry a reference. `ix_membership_trial_ref` stays for the version still
running; it may go one release later.
"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("inbox", sa.Column("crashes", sa.Integer(), server_default="0", nullable=False))
    for table in ("payment", "membership"):
        op.create_index(
            f"ix_{table}_ref", table, ["company_id", "ref"], postgresql_where=sa.text("ref <> ''")
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_index("ix_membership_ref", table_name="membership")
    op.drop_index("ix_payment_ref", table_name="payment")
    op.drop_column("inbox", "crashes")
