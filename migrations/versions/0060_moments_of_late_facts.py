"""When a reference was first received, and when a quest's window closes, each as its own moment.

Revision: 0060. A reference that a second body brings is as late as that body. What is stored
already stays NULL, which reads as "with the first body"; so does what the version still running
writes. Quests without a closing moment get theirs from the closing job. Filling in either here
would rewrite the tables under the lock that adds the columns.
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0051"
branch_labels = None
depends_on = None

MOMENTS = {"payment": "ref_received_at", "membership": "ref_received_at", "quest": "closes_at"}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table, column in MOMENTS.items():
        op.add_column(table, sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_quest_closing", "quest", ["closes_at"], postgresql_where=sa.text("closed_at IS NULL")
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_index("ix_quest_closing", table_name="quest")
    for table, column in MOMENTS.items():
        op.drop_column(table, column)
