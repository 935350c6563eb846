"""Referral codes are found by the code alone; pending referrals by what named them.

Revision: 0040. Only adds indexes, so the version still running does not notice. The last two hold
few rows: trials and payments of nothing that carry a reference.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_index("ix_referral_code_code", "referral_code", ["code", "created_at"])
    op.create_index(
        "ix_payment_free_ref",
        "payment",
        ["company_id", "ref"],
        postgresql_where=sa.text("ref <> '' AND total_minor <= tax_minor"),
    )
    op.create_index(
        "ix_membership_trial_ref",
        "membership",
        ["company_id", "ref"],
        postgresql_where=sa.text("ref <> '' AND status = 'trialing'"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_index("ix_membership_trial_ref", table_name="membership")
    op.drop_index("ix_payment_free_ref", table_name="payment")
    op.drop_index("ix_referral_code_code", table_name="referral_code")
