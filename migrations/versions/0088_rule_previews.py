"""Previews of rule sets, and what each would change for whom.

Revision: 0088. New tables only; nobody but the code that comes with them uses them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from models.tenancy import secure

revision = "0088"
down_revision = "0086"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "rule_preview",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("actor_user_id", sa.Text(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("phase", sa.Text(), server_default="payments", nullable=False),
        sa.Column("cursor", sa.Text(), server_default="", nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sums", JSONB(), server_default="{}", nullable=False),
        sa.Column("result", JSONB(), server_default="{}", nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "phase IN ('payments', 'members', 'done', 'failed')",
            name=op.f("ck_rule_preview_phase_known"),
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_rule_preview")),
    )
    op.create_index(
        "ix_rule_preview_open",
        "rule_preview",
        ["created_at"],
        postgresql_where=sa.text("phase IN ('payments', 'members')"),
    )
    figures = ("xp_now", "xp_then", "usd_now_cents", "usd_then_cents")
    op.create_table(
        "rule_preview_member",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("preview_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in figures),
        sa.ForeignKeyConstraint(
            ["company_id", "preview_id"],
            ["rule_preview.company_id", "rule_preview.id"],
            name=op.f("fk_rule_preview_member_company_id_preview_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_rule_preview_member_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint(
            "company_id", "preview_id", "member_id", name=op.f("pk_rule_preview_member")
        ),
    )
    for statement in (
        *secure(
            "rule_preview", member="SELECT, INSERT, DELETE", worker="SELECT, INSERT, UPDATE, DELETE"
        ),
        *secure(
            "rule_preview_member",
            member="SELECT, DELETE",
            worker="SELECT, INSERT, UPDATE, DELETE",
        ),
    ):
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_table("rule_preview_member")
    op.drop_table("rule_preview")
