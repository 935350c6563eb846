"""Runs over Whop's lists: how far each is, and the holes it found.

Revision: 0102. New tables that nobody but the code that comes with them uses.
"""

import sqlalchemy as sa
from alembic import op

from models.tenancy import secure

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('asking', 'settling', 'undoing')")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "whop_run",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), server_default="asking", nullable=False),
        sa.Column("part", sa.Text(), server_default="payment", nullable=False),
        sa.Column("after", sa.Text(), server_default="", nullable=False),
        sa.Column("looked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("holes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("filled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_by", sa.Text(), server_default="", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('reconcile', 'import')", name=op.f("ck_whop_run_kind_known")),
        sa.CheckConstraint(
            "state IN ('asking', 'settling', 'done', 'stopped', 'undoing', 'undone')",
            name=op.f("ck_whop_run_state_known"),
        ),
        sa.CheckConstraint(
            "filled + failed <= holes AND holes <= looked", name=op.f("ck_whop_run_counts_agree")
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_whop_run")),
    )
    op.create_index(
        "uq_whop_run_open", "whop_run", ["company_id", "kind"], unique=True, postgresql_where=OPEN
    )
    op.create_index("ix_whop_run_due", "whop_run", ["next_at"], postgresql_where=OPEN)
    op.create_index("ix_whop_run_newest", "whop_run", ["id"])
    op.create_table(
        "whop_hole",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint(
            "found IN ('missing', 'changed', 'unreadable')",
            name=op.f("ck_whop_hole_found_known"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "run_id"],
            ["whop_run.company_id", "whop_run.id"],
            name=op.f("fk_whop_hole_company_id"),
        ),
        sa.PrimaryKeyConstraint(
            "company_id", "kind", "object_id", "run_id", name=op.f("pk_whop_hole")
        ),
    )
    op.create_index(
        "ix_whop_hole_kept",
        "whop_hole",
        ["company_id", "run_id", "kind", "object_id"],
        postgresql_where=sa.text("NOT withdrawn"),
    )
    write = "SELECT, INSERT, UPDATE"
    for statement in secure("whop_run", member=write, worker=write):
        op.execute(statement)
    for statement in secure("whop_hole", member="SELECT", worker=write):
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_table("whop_hole")
    op.drop_table("whop_run")
