"""What guilds do together: counts of a week, and the quests that look at them.

Revision: 0093. New tables; the version still running uses none of them.
"""

import sqlalchemy as sa
from alembic import op

from models.tenancy import secure

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None

CHANGED = "SELECT, INSERT, UPDATE"
GRANTS = {"guild_week": (CHANGED, CHANGED), "guild_quest": ("SELECT", CHANGED)}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "guild_week",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("referrals", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("clicks", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_guild_week_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint(
            "company_id", "guild_id", "starts_at", "member_id", name=op.f("pk_guild_week")
        ),
    )
    op.create_index("ix_guild_week_member", "guild_week", ["company_id", "member_id"], unique=False)
    op.create_table(
        "guild_quest",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("reward_xp", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("dealt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rewarded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_open", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint(
            "template IN ('muster', 'rumour')", name=op.f("ck_guild_quest_template_known")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "guild_id"],
            ["guild.company_id", "guild.id"],
            name=op.f("fk_guild_quest_company_id_guild_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_guild_quest")),
        sa.UniqueConstraint(
            "company_id",
            "guild_id",
            "starts_at",
            name=op.f("uq_guild_quest_company_id_guild_id_starts_at"),
        ),
    )
    op.create_index(
        "ix_guild_quest_open",
        "guild_quest",
        ["company_id", "guild_id"],
        unique=False,
        postgresql_where=sa.text("is_open"),
    )
    for table, (member, worker) in GRANTS.items():
        for statement in secure(table, member=member, worker=worker):
            op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in reversed(GRANTS):
        op.drop_table(table)
