"""Campaigns, several links a member, richer clicks; ties, decisions and appeals.

Revision: 0100. New tables, and columns with a constant for the rows that are here; the version
still running neither reads nor writes any of them.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.tenancy import secure

revision = "0100"
down_revision = "0099"
branch_labels = None
depends_on = None

EMPTY: dict[str, Any] = {"server_default": "", "nullable": False}
LINK_TEXTS = ("name", "plan_id", "made_for", "former_url")
CLICK_TEXTS = ("device", "country")
MEMBER = ["member.company_id", "member.id"]


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "campaign",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            MEMBER,
            name=op.f("fk_campaign_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_campaign")),
    )
    op.create_index(
        "uq_campaign_name",
        "campaign",
        ["company_id", sa.text("coalesce(member_id, 0)"), "name"],
        unique=True,
    )
    op.create_table(
        "appeal",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), **EMPTY),
        sa.Column("answer", sa.Text(), **EMPTY),
        sa.Column("buyer_id", sa.Text(), **EMPTY),
        sa.CheckConstraint(
            "state IN ('open', 'granted', 'refused', 'lapsed')", name=op.f("ck_appeal_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_appeal_decided_once")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"], MEMBER, name=op.f("fk_appeal_company_id_member_id")
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_appeal")),
    )
    op.create_index("ix_appeal_member", "appeal", ["company_id", "member_id", "id"])
    op.create_index(
        "uq_appeal_open",
        "appeal",
        ["company_id", "member_id", "buyer"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_appeal_due", "appeal", ["due_at"], postgresql_where=sa.text("state = 'open'")
    )
    for statement in (
        *secure("campaign", member="SELECT, INSERT", worker="SELECT, INSERT"),
        *secure("appeal", member="SELECT, INSERT", worker="SELECT, INSERT, UPDATE"),
    ):
        op.execute(statement)
    op.add_column("company_fact", sa.Column("subject", sa.Text(), **EMPTY))
    op.add_column(
        "company_fact",
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
    )
    op.add_column(
        "payment", sa.Column("promo_received_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("referral_code", sa.Column("campaign_id", sa.BigInteger(), nullable=True))
    for name in LINK_TEXTS:
        op.add_column("referral_code", sa.Column(name, sa.Text(), **EMPTY))
    for name in CLICK_TEXTS:
        op.add_column("click", sa.Column(name, sa.Text(), **EMPTY))
    op.add_column(
        "click",
        sa.Column(
            "utm", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
    )
    op.add_column(
        "click", sa.Column("to_checkout", sa.Boolean(), server_default="false", nullable=False)
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for name in ("to_checkout", "utm", *CLICK_TEXTS):
        op.drop_column("click", name)
    for name in (*LINK_TEXTS, "campaign_id"):
        op.drop_column("referral_code", name)
    op.drop_column("payment", "promo_received_at")
    op.drop_column("company_fact", "details")
    op.drop_column("company_fact", "subject")
    for table in ("appeal", "campaign"):
        op.drop_table(table)
