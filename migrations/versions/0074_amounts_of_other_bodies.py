"""The amounts that other bodies of a payment told than the one that decides.

Revision: 0074. A column with a constant for the rows that are here; the version still running
leaves it at that.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0074"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("payment", sa.Column("tellings", JSONB(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_column("payment", "tellings")
