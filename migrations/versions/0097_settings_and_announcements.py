"""What members set about themselves, and what their company announces to them.

Revision: 0097. The code before it knows neither.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.tenancy import secure

revision = "0097"
down_revision = "0096"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column(
        "member",
        sa.Column("silent_kinds", postgresql.JSONB(), server_default="[]", nullable=False),
    )
    op.create_table(
        "announcement",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor_user_id", sa.Text(), nullable=False),
        sa.Column("by_operator", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_member_id", sa.BigInteger(), nullable=False),
        sa.Column("told_through", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("told", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "severity IN ('info', 'warning', 'error')", name=op.f("ck_announcement_severity_known")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.company_id"], name=op.f("fk_announcement_company_id")
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_announcement")),
    )
    op.create_index(
        "ix_announcement_open",
        "announcement",
        ["id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    for statement in secure(
        "announcement", member="SELECT, INSERT", worker="SELECT, INSERT, UPDATE"
    ):
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_table("announcement")
    op.drop_column("member", "silent_kinds")
