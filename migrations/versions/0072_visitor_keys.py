"""A company keeps the key by which its visitors are told apart, sealed, whatever secrets rotate.

Revision: 0072. One column with a constant for the rows that are here; the key is made when it is
first needed. The version still running neither reads nor writes it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column(
        "company", sa.Column("visitor_key", sa.LargeBinary(), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_column("company", "visitor_key")
