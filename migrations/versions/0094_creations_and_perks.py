"""Special quests and achievements that creators make, perks of levels, and quests that are replaced.

Revision: 0094. The version still running reads none of the new tables and columns; a quest of a
creator, or one that was replaced, is only made by the code that comes with this. The constraint is
checked for new rows only; 0095 looks at the old ones without a lock.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.tenancy import secure

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None

GRANTS = {
    "creation": ("SELECT, INSERT", "SELECT"),
    "creation_run": ("SELECT", "SELECT, INSERT, UPDATE"),
    "achievement_share": ("SELECT", "SELECT, INSERT, UPDATE"),
    "perk": ("SELECT, INSERT, UPDATE (removed_at)", "SELECT"),
}
STATES = "state IN ('assigned', 'completed', 'claimed', 'replaced')"
OLD_STATES = "state IN ('assigned', 'completed', 'claimed')"


def instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def of_company(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["company_id"], ["company.company_id"], name=op.f(f"fk_{table}_company_id")
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("company", instant("catalogue_at", nullable=True))
    op.add_column("quest", sa.Column("entry", sa.BigInteger()))
    op.add_column("quest", sa.Column("terms", postgresql.JSONB(astext_type=sa.Text())))
    op.drop_constraint(op.f("ck_quest_state_known"), "quest")
    op.create_check_constraint(
        op.f("ck_quest_state_known"), "quest", STATES, postgresql_not_valid=True
    )
    op.create_table(
        "creation",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        instant("at"),
        sa.Column("actor_user_id", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('achievement', 'quest')", name=op.f("ck_creation_kind_known")),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'ended')", name=op.f("ck_creation_state_known")
        ),
        of_company("creation"),
        sa.PrimaryKeyConstraint("company_id", "number", name=op.f("pk_creation")),
    )
    op.create_index("ix_creation_key", "creation", ["company_id", "key", "number"])
    op.create_table(
        "creation_run",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        instant("starts_at"),
        sa.Column("members", sa.BigInteger(), nullable=False),
        *(whole(name) for name in ("through", "looked_at", "given", "skipped")),
        instant("begun_at"),
        instant("finished_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "number"],
            ["creation.company_id", "creation.number"],
            name=op.f("fk_creation_run_company_id_number"),
        ),
        sa.PrimaryKeyConstraint("company_id", "number", "starts_at", name=op.f("pk_creation_run")),
    )
    op.create_index(
        "ix_creation_run_open",
        "creation_run",
        ["company_id"],
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "achievement_share",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("members", sa.BigInteger(), nullable=False),
        instant("counted_at"),
        of_company("achievement_share"),
        sa.PrimaryKeyConstraint("company_id", "key", name=op.f("pk_achievement_share")),
    )
    op.create_table(
        "perk",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "title", "content")),
        instant("created_at"),
        instant("removed_at", nullable=True),
        sa.CheckConstraint(
            "kind IN ('text', 'link', 'promo_code', 'whop_role')", name=op.f("ck_perk_kind_known")
        ),
        of_company("perk"),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_perk")),
    )
    op.create_index("ix_perk_level", "perk", ["company_id", "level", "id"])
    for table, (member, worker) in GRANTS.items():
        for statement in secure(table, member=member, worker=worker):
            op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in ("perk", "achievement_share", "creation_run", "creation"):
        op.drop_table(table)
    # What was put in the place of another stays, under a slot of its own; what was replaced goes.
    op.execute("DELETE FROM quest WHERE state = 'replaced'")
    op.drop_constraint(op.f("ck_quest_state_known"), "quest")
    op.create_check_constraint(
        op.f("ck_quest_state_known"), "quest", OLD_STATES, postgresql_not_valid=True
    )
    op.drop_column("quest", "terms")
    op.drop_column("quest", "entry")
    op.drop_column("company", "catalogue_at")
