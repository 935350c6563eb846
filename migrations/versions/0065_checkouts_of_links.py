"""Each referral code remembers the checkout that Whop made for it, or when to ask for one.

Revision: 0065. Codes that are there already are due at once. The version still running neither
reads nor writes the new columns; what it inserts is due at once too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column(
        "referral_code", sa.Column("purchase_url", sa.Text(), server_default="", nullable=False)
    )
    op.add_column(
        "referral_code", sa.Column("checkout_key", sa.Text(), server_default="", nullable=False)
    )
    op.add_column(
        "referral_code",
        sa.Column("checkout_attempts", sa.Integer(), server_default="0", nullable=False),
    )
    op.add_column(
        "referral_code",
        sa.Column(
            "checkout_next_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.create_index(
        "ix_referral_code_without_checkout",
        "referral_code",
        ["checkout_next_at"],
        postgresql_where=sa.text("purchase_url = ''"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_index("ix_referral_code_without_checkout", table_name="referral_code")
    for column in ("checkout_next_at", "checkout_attempts", "checkout_key", "purchase_url"):
        op.drop_column("referral_code", column)
