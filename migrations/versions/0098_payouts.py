"""Payouts with what they are made of and the transfers Whop tells of; the reward pool.

Revision: 0098. The version still running inserts payment effects without `paid_elsewhere`: nothing
was paid out before this revision, so the default is right for all of them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.tenancy import secure

revision = "0098"
down_revision = "0097"
branch_labels = None
depends_on = None

APPEND = "SELECT, INSERT"
WRITE = "SELECT, INSERT, UPDATE"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column(
        "payment_effect",
        sa.Column("paid_elsewhere", postgresql.JSONB(), server_default="{}", nullable=False),
    )
    op.create_table(
        "payout",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("exponent", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("usd_cents", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("first_by", sa.Text(), server_default="", nullable=False),
        sa.Column("first_at", MOMENT, nullable=True),
        sa.Column("second_by", sa.Text(), server_default="", nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_sent_at", MOMENT, nullable=True),
        sa.Column("next_attempt_at", MOMENT, nullable=True),
        sa.Column("transfer_id", sa.Text(), server_default="", nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("steps", sa.Integer(), server_default="1", nullable=False),
        sa.Column("postings", sa.Integer(), server_default="1", nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payout_above_zero")),
        sa.CheckConstraint("method IN ('whop', 'manual')", name=op.f("ck_payout_method_known")),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'sending', 'paid', 'failed', 'rejected')",
            name=op.f("ck_payout_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_payout_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_payout")),
        sa.UniqueConstraint("company_id", "key", name=op.f("uq_payout_company_id_key")),
    )
    op.create_index("ix_payout_member", "payout", ["company_id", "member_id", "id"])
    op.create_index("ix_payout_state", "payout", ["company_id", "state", "id"])
    op.create_index(
        "ix_payout_due",
        "payout",
        ["next_attempt_at"],
        postgresql_where=sa.text("state IN ('approved', 'sending') AND method = 'whop'"),
    )
    of_payout = (["company_id", "payout_id"], ["payout.company_id", "payout.id"])
    op.create_table(
        "payout_part",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("payout_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(*of_payout, name=op.f("fk_payout_part_company_id_payout_id")),
        sa.PrimaryKeyConstraint(
            "company_id", "payout_id", "payment_id", name=op.f("pk_payout_part")
        ),
    )
    op.create_index("ix_payout_part_payment", "payout_part", ["company_id", "payment_id"])
    op.create_table(
        "payout_step",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("payout_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(*of_payout, name=op.f("fk_payout_step_company_id_payout_id")),
        sa.PrimaryKeyConstraint("company_id", "payout_id", "number", name=op.f("pk_payout_step")),
    )
    op.create_table(
        "transfer",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.Text(), nullable=False),
        sa.Column("payout_key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("exponent", sa.Integer(), nullable=False),
        sa.Column("destination_id", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("company_id", "transfer_id", name=op.f("pk_transfer")),
    )
    op.create_index("ix_transfer_key", "transfer", ["company_id", "payout_key"])
    op.create_table(
        "pool_movement",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("debit", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_pool_movement_above_zero")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_pool_movement_two_accounts")),
        sa.CheckConstraint(
            "debit IN ('funds', 'free', 'reserved') "
            "AND credit IN ('funds', 'free', 'reserved', 'prizes')",
            name=op.f("ck_pool_movement_accounts_known"),
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_pool_movement")),
    )
    op.create_index(
        "ix_pool_movement_purpose", "pool_movement", ["company_id", "purpose", "currency"]
    )
    op.create_table(
        "pool_balance",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("exponent", sa.Integer(), nullable=False),
        sa.Column("free_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reserved_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("prizes_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "free_minor >= 0 AND reserved_minor >= 0", name=op.f("ck_pool_balance_never_overspent")
        ),
        sa.PrimaryKeyConstraint("company_id", "currency", name=op.f("pk_pool_balance")),
    )
    op.create_table(
        "pool_reserve",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("left_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("left_minor >= 0", name=op.f("ck_pool_reserve_never_overspent")),
        sa.PrimaryKeyConstraint("company_id", "purpose", "currency", name=op.f("pk_pool_reserve")),
    )
    # Money is written by the worker's role alone, whoever asks for it.
    for table, worker in (
        ("payout", WRITE),
        ("payout_part", APPEND),
        ("payout_step", APPEND),
        ("transfer", WRITE),
        ("pool_movement", APPEND),
        ("pool_balance", WRITE),
        ("pool_reserve", WRITE),
    ):
        for statement in secure(table, member="SELECT", worker=worker):
            op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_table("pool_reserve")
    op.drop_table("pool_balance")
    op.drop_table("pool_movement")
    op.drop_table("transfer")
    op.drop_table("payout_step")
    op.drop_table("payout_part")
    op.drop_table("payout")
    op.drop_column("payment_effect", "paid_elsewhere")
