"""The states of quests from before 0094 are checked, and those of creators found by their version.

Revision: 0095. Both without a lock that anybody waits for.
"""

import sqlalchemy as sa
from alembic import op

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE quest VALIDATE CONSTRAINT ck_quest_state_known")
        op.drop_index(  # what an attempt that was cut off may have left is invalid
            "ix_quest_entry", table_name="quest", if_exists=True, postgresql_concurrently=True
        )
        op.create_index(
            "ix_quest_entry",
            "quest",
            ["company_id", "entry"],
            postgresql_where=sa.text("entry IS NOT NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "ix_quest_entry", table_name="quest", if_exists=True, postgresql_concurrently=True
        )
