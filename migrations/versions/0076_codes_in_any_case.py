"""Trials and payments of nothing are found by their code in whatever case it came.

Revision: 0076. Two indexes that hold few rows take the place of two that knew one spelling; the
version still running only loses a little speed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

CODE = sa.text('upper(ref COLLATE "C")')
FREE = sa.text("ref <> '' AND total_minor <= tax_minor")
TRIED = sa.text("ref <> '' AND seen_trialing")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_index("ix_payment_free_code", "payment", ["company_id", CODE], postgresql_where=FREE)
    op.create_index(
        "ix_membership_tried_code", "membership", ["company_id", CODE], postgresql_where=TRIED
    )
    op.drop_index("ix_payment_free_ref", table_name="payment")
    op.drop_index("ix_membership_tried_ref", table_name="membership")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_index("ix_payment_free_ref", "payment", ["company_id", "ref"], postgresql_where=FREE)
    op.create_index(
        "ix_membership_tried_ref", "membership", ["company_id", "ref"], postgresql_where=TRIED
    )
    op.drop_index("ix_payment_free_code", table_name="payment")
    op.drop_index("ix_membership_tried_code", table_name="membership")
