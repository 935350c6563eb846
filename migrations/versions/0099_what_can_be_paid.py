"""An index of the commissions that can be paid out: of a member's many, the few that are not paid.

Revision: 0099. The version still running pays nothing out.
"""

import sqlalchemy as sa
from alembic import op

revision = "0099"
down_revision = "0098"
branch_labels = None
depends_on = None

NAME = "ix_payment_effect_payable"
WHERE = sa.text("kept_minor <> paid_minor AND (account = 'payable' OR kept_minor < paid_minor)")


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(  # what an attempt that was cut off may have left is invalid
            NAME, table_name="payment_effect", if_exists=True, postgresql_concurrently=True
        )
        op.create_index(
            NAME,
            "payment_effect",
            ["company_id", "member_id"],
            postgresql_where=WHERE,
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            NAME, table_name="payment_effect", if_exists=True, postgresql_concurrently=True
        )
