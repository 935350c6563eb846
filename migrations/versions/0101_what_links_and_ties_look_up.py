"""What links, ties and decisions are looked up by.

Revision: 0101. Indexes only, made beside running writes; three of them hold few rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_click_code", "click", ["company_id", "code", "at"], None),
    ("ix_click_visitor", "click", ["company_id", "visitor", "at"], None),
    (
        "ix_company_fact_subject",
        "company_fact",
        ["company_id", "kind", "subject", "at"],
        sa.text("subject <> ''"),
    ),
    (
        "ix_referral_code_made_for",
        "referral_code",
        ["company_id", "made_for"],
        sa.text("made_for <> ''"),
    ),
    (
        "ix_payment_promo",
        "payment",
        ["company_id", "promo_code_id", "at"],
        sa.text("promo_code_id <> ''"),
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
        for name, table, _, _ in INDEXES:
            op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
