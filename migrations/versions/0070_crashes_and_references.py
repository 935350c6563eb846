"""Deaths of a worker are counted apart from tries; a click's token leads to who bought with it.

Revision: 0070. A column with a constant for the rows that are here, and indexes that hold few
rows: references of trials, also ended ones, and tokens of clicks. Gone are the index over the state
of a membership, for it made each change of state write all the others anew, and three that no
statement asks any more; the version still running only loses a little speed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0065"
branch_labels = None
depends_on = None

CLICK = sa.text("starts_with(ref, 'ck_')")
UNUSED = {
    "ix_payment_effect_buyer": ("payment_effect", ["company_id", "buyer_id"], None),
    "ix_membership_user": ("membership", ["company_id", "user_id"], None),
    "ix_quest_open": ("quest", ["ends_at"], sa.text("closed_at IS NULL")),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("inbox", sa.Column("crashes", sa.Integer(), server_default="0", nullable=False))
    key = ["company_id", "ref"]
    op.create_index("ix_payment_click", "payment", key, postgresql_where=CLICK)
    op.create_index("ix_membership_click", "membership", key, postgresql_where=CLICK)
    op.create_index(
        "ix_membership_tried_ref",
        "membership",
        key,
        postgresql_where=sa.text("ref <> '' AND seen_trialing"),
    )
    op.drop_index("ix_membership_trial_ref", table_name="membership")
    for name, (table, _, _) in UNUSED.items():
        op.drop_index(name, table_name=table)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for name, (table, columns, where) in UNUSED.items():
        op.create_index(name, table, columns, postgresql_where=where)
    op.create_index(
        "ix_membership_trial_ref",
        "membership",
        ["company_id", "ref"],
        postgresql_where=sa.text("ref <> '' AND status = 'trialing'"),
    )
    op.drop_index("ix_membership_tried_ref", table_name="membership")
    op.drop_index("ix_membership_click", table_name="membership")
    op.drop_index("ix_payment_click", table_name="payment")
    op.drop_column("inbox", "crashes")
