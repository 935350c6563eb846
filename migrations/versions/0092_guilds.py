"""Guilds: who is in them, what members brought to them, and their channels.

Revision: 0092. New tables, and columns with a constant for the members that are here; the
version still running uses none of it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.tenancy import secure

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None

CHANGED = "SELECT, INSERT, UPDATE"
FIGURES = ("guilds_joined", "guild_led")
KEPT = "SELECT, INSERT"
GRANTS = {
    "guild": (CHANGED, CHANGED),
    "guild_member": (f"{CHANGED}, DELETE", f"{CHANGED}, DELETE"),
    "guild_request": (f"{CHANGED}, DELETE", f"{CHANGED}, DELETE"),
    "guild_share": (CHANGED, CHANGED),
    "guild_entry": (CHANGED, CHANGED),
    "guild_report": (KEPT, KEPT),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "guild",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_lower", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("members", sa.Integer(), server_default="0", nullable=False),
        sa.Column("entry_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disbanded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "access IN ('open', 'request', 'invite')", name=op.f("ck_guild_access_known")
        ),
        sa.CheckConstraint("members >= 0", name=op.f("ck_guild_members_not_below_zero")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.company_id"], name=op.f("fk_guild_company_id")
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_guild")),
    )
    op.create_index(
        "ix_guild_standing",
        "guild",
        ["company_id", "members", "id"],
        unique=False,
        postgresql_where=sa.text("disbanded_at IS NULL"),
    )
    op.create_index(
        "uq_guild_name",
        "guild",
        ["company_id", "name_lower"],
        unique=True,
        postgresql_where=sa.text("disbanded_at IS NULL"),
    )
    op.create_table(
        "guild_member",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("role_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('leader', 'officer', 'member')", name=op.f("ck_guild_member_role_known")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "guild_id"],
            ["guild.company_id", "guild.id"],
            name=op.f("fk_guild_member_company_id_guild_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_guild_member_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "member_id", name=op.f("pk_guild_member")),
    )
    op.create_index(
        "ix_guild_member_guild",
        "guild_member",
        ["company_id", "guild_id", "joined_at", "member_id"],
        unique=False,
    )
    op.create_table(
        "guild_request",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by_member_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('request', 'invite')", name=op.f("ck_guild_request_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "guild_id"],
            ["guild.company_id", "guild.id"],
            name=op.f("fk_guild_request_company_id_guild_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_guild_request_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint(
            "company_id", "guild_id", "member_id", name=op.f("pk_guild_request")
        ),
    )
    op.create_index(
        "ix_guild_request_member", "guild_request", ["company_id", "member_id"], unique=False
    )
    op.create_table(
        "guild_share",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("xp", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("referrals", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("earned_usd_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_guild_share_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "guild_id", "member_id", name=op.f("pk_guild_share")),
    )
    op.create_index(
        "ix_guild_share_member", "guild_share", ["company_id", "member_id"], unique=False
    )
    op.create_table(
        "guild_entry",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("details", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("client_key", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "type IN ('guild_message', 'guild_changed')", name=op.f("ck_guild_entry_type_known")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "guild_id"],
            ["guild.company_id", "guild.id"],
            name=op.f("fk_guild_entry_company_id_guild_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "guild_id", "number", name=op.f("pk_guild_entry")),
    )
    op.create_index(
        "uq_guild_entry_key",
        "guild_entry",
        ["company_id", "guild_id", "member_id", "client_key"],
        unique=True,
        postgresql_where=sa.text("client_key <> ''"),
    )
    op.create_table(
        "guild_report",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "guild_id", "number"],
            ["guild_entry.company_id", "guild_entry.guild_id", "guild_entry.number"],
            name=op.f("fk_guild_report_company_id_guild_id_number"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_guild_report_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint(
            "company_id", "guild_id", "number", "member_id", name=op.f("pk_guild_report")
        ),
    )
    for name in FIGURES:
        op.add_column("member", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    for table, (member, worker) in GRANTS.items():
        for statement in secure(table, member=member, worker=worker):
            op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for name in FIGURES:
        op.drop_column("member", name)
    for table in reversed(GRANTS):
        op.drop_table(table)
