"""When the reference of a payment or membership was first received, beside when the fact was.

Revision: 0060. A reference that a second body brings is as late as that body. What is stored
already stays NULL, which reads as "with the first body"; so does what the version still running
writes. Filling them in would rewrite both tables under the lock that adds the column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in ("payment", "membership"):
        op.add_column(
            table, sa.Column("ref_received_at", sa.DateTime(timezone=True), nullable=True)
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in ("payment", "membership"):
        op.drop_column(table, "ref_received_at")
