"""Single questions to Whop, and the right to withdraw what only an import told.

Revision: 0103. The table is new; the version still running uses neither it nor the rights.
"""

import sqlalchemy as sa
from alembic import op

from models.tenancy import secure

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None

WITHDRAWN = ("payment", "refund", "dispute", "membership")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "whop_question",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('payment', 'share')", name=op.f("ck_whop_question_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'answered', 'nobodys', 'given_up')",
            name=op.f("ck_whop_question_state_known"),
        ),
        sa.PrimaryKeyConstraint("company_id", "kind", "object_id", name=op.f("pk_whop_question")),
    )
    op.create_index(
        "ix_whop_question_due",
        "whop_question",
        ["next_at"],
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_whop_question_payment", "whop_question", ["company_id", "payment_id"])
    for statement in secure("whop_question", worker="SELECT, INSERT, UPDATE"):
        op.execute(statement)
    for table in WITHDRAWN:
        op.execute(f"GRANT DELETE ON {table} TO legends_worker")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in WITHDRAWN:
        op.execute(f"REVOKE DELETE ON {table} FROM legends_worker")
    op.drop_table("whop_question")
