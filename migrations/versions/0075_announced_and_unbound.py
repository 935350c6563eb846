"""A completion is announced once; money may move that is no single payment's.

Revision: 0075. A column with a constant for the rows that are here, and a column that may be empty
from now on. The version still running writes neither an announcement nor an empty payment: what it
posts counts as announced because it is a conversion.
"""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column(
        "payment_effect",
        sa.Column("announced", sa.Boolean(), server_default="false", nullable=False),
    )
    op.alter_column("movement", "payment_id", nullable=True)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    # What moved without a payment is named by its receipt.
    # The owner sees no company's rows while row level security is forced on it too.
    op.execute("ALTER TABLE movement NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE movement SET payment_id = '' WHERE payment_id IS NULL")
    op.execute("ALTER TABLE movement FORCE ROW LEVEL SECURITY")
    op.alter_column("movement", "payment_id", nullable=False)
    op.drop_column("payment_effect", "announced")
