"""What a streak is read from: grants of a window's close apart from claims, and who is to be read.

Revision: 0096. The code before it counts a grant among the claims and leaves the new columns at
their defaults. Members that are there are marked as read by the older rule; a job reads them anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0095"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column(
        "member_day",
        sa.Column("quests_granted", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.add_column(
        "member", sa.Column("streaks_read", sa.Boolean(), server_default="false", nullable=False)
    )
    # Only members made from now on; no row is written anew for either.
    op.alter_column("member", "streaks_read", server_default="true")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_column("member", "streaks_read")
    op.drop_column("member_day", "quests_granted")
