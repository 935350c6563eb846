"""Days of a whole company by their date, and rewards of a member by their moment.

Revision: 0091. Indexes only: a window's board is read from all days in it, and the newest fact in a
score is looked up where the one that was newest is taken back.
"""

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_member_day_company", "member_day", ["company_id", "day"], None),
    (
        "ix_receipt_granted",
        "receipt",
        ["company_id", "member_id", "at"],
        sa.text("xp <> 0 AND kind NOT IN ('payment', 'lesson')"),
    ),
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, table, columns, where in INDEXES:
            op.drop_index(  # what an attempt that was cut off may have left is invalid
                name, table_name=table, if_exists=True, postgresql_concurrently=True
            )
            op.create_index(
                name, table, columns, postgresql_where=where, postgresql_concurrently=True
            )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name, table, _, _ in reversed(INDEXES):
            op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
