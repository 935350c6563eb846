"""Scores of members and of their days, closed boards with their hashes, and leagues.

Revision: 0090. Columns with constants and new tables; the code before it leaves them at that, and
what it counts meanwhile is counted from the ledgers by the job `boards.build`.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.tenancy import secure

revision = "0090"
down_revision = "0088"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
APPEND = "SELECT, INSERT"
WRITE = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"
SECURED = {
    "board_outbox": (APPEND, ALL),
    "board_state": ("SELECT", WRITE),
    "leaderboard_window": ("SELECT", APPEND),
    "leaderboard_entries": ("SELECT", APPEND),
    "league_week": ("SELECT", WRITE),
    "league_seat": ("SELECT", WRITE),
}
COLUMNS = (
    ("member", "weekly_firsts", sa.Integer(), "0"),
    ("member", "xp_at", INSTANT, None),
    ("member", "referrals_at", INSTANT, None),
    ("member", "commission_at", INSTANT, None),
    ("member", "board_seq", sa.BigInteger(), "0"),
    ("member", "anonymous", sa.Boolean(), "false"),
    ("member_day", "xp", sa.BigInteger(), "0"),
    ("member_day", "referrals", sa.BigInteger(), "0"),
    ("member_day", "kept_usd_cents", sa.BigInteger(), "0"),
    ("member_day", "xp_at", INSTANT, None),
    ("member_day", "referrals_at", INSTANT, None),
    ("member_day", "kept_at", INSTANT, None),
)
OF_MEMBER = (["company_id", "member_id"], ["member.company_id", "member.id"])


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table, name, kind, default in COLUMNS:
        op.add_column(
            table, sa.Column(name, kind, server_default=default, nullable=default is None)
        )
    _scores()
    _closed()
    _leagues()
    for table, (member, worker) in SECURED.items():
        for statement in secure(table, member=member, worker=worker):
            op.execute(statement)
    # Which receipts a closed board counts is told by the newest number given out so far.
    for role in ("legends_member", "legends_worker"):
        op.execute(f"GRANT SELECT ON SEQUENCE receipt_seq_seq TO {role}")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for role in ("legends_member", "legends_worker"):
        op.execute(f"REVOKE SELECT ON SEQUENCE receipt_seq_seq FROM {role}")  # noqa: S608 - our own names
    for table in (
        "league_seat", "league_week", "leaderboard_entries", "leaderboard_window", "board_state",
        "board_outbox",
    ):  # fmt: skip
        op.drop_table(table)
    for table, name, _, _ in reversed(COLUMNS):
        op.drop_column(table, name)


def _company(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["company_id"], ["company.company_id"], name=op.f(f"fk_{table}_company_id")
    )


def _member(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(*OF_MEMBER, name=op.f(f"fk_{table}_company_id_member_id"))


def _scores() -> None:
    op.create_table(
        "board_outbox",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("members", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("company_id", "key", name=op.f("pk_board_outbox")),
    )
    op.create_index("ix_board_outbox_created", "board_outbox", ["created_at"], unique=False)
    op.create_table(
        "board_state",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("counted_through", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("counted_at", INSTANT, nullable=True),
        _company("board_state"),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_board_state")),
    )


def _closed() -> None:
    op.create_table(
        "leaderboard_window",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("time_window", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=False),
        sa.Column("through_seq", sa.BigInteger(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "time_window IN ('weekly', 'monthly')", name=op.f("ck_leaderboard_window_window_known")
        ),
        sa.CheckConstraint(
            "category IN ('xp', 'referrals', 'commission')",
            name=op.f("ck_leaderboard_window_category_known"),
        ),
        _company("leaderboard_window"),
        sa.PrimaryKeyConstraint("company_id", "number", name=op.f("pk_leaderboard_window")),
        sa.UniqueConstraint(
            "company_id",
            "time_window",
            "category",
            "starts_at",
            name=op.f("uq_leaderboard_window_company_id_time_window_category_starts_at"),
        ),
    )
    op.create_table(
        "leaderboard_entries",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("newest_at", INSTANT, nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        _member("leaderboard_entries"),
        sa.ForeignKeyConstraint(
            ["company_id", "number"],
            ["leaderboard_window.company_id", "leaderboard_window.number"],
            name=op.f("fk_leaderboard_entries_company_id_number"),
        ),
        sa.PrimaryKeyConstraint(
            "company_id", "number", "position", name=op.f("pk_leaderboard_entries")
        ),
    )
    op.create_index(
        "ix_leaderboard_entries_member",
        "leaderboard_entries",
        ["company_id", "member_id", "number"],
        unique=False,
    )


def _leagues() -> None:
    op.create_table(
        "league_week",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("dealt_at", INSTANT, nullable=False),
        sa.Column("dealt_through", sa.BigInteger(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("players", sa.Integer(), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("moved_at", INSTANT, nullable=True),
        sa.Column("moved_through", sa.BigInteger(), nullable=True),
        _company("league_week"),
        sa.PrimaryKeyConstraint("company_id", "starts_at", name=op.f("pk_league_week")),
    )
    op.create_table(
        "league_seat",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("group_number", sa.Integer(), nullable=False),
        sa.Column("measured_xp", sa.BigInteger(), nullable=True),
        sa.Column("seated_at", INSTANT, nullable=False),
        sa.Column("final_rank", sa.Integer(), nullable=True),
        sa.Column("final_xp", sa.BigInteger(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.CheckConstraint("tier BETWEEN 0 AND 4", name=op.f("ck_league_seat_tier_known")),
        sa.CheckConstraint("step BETWEEN -1 AND 1", name=op.f("ck_league_seat_one_step")),
        _member("league_seat"),
        sa.ForeignKeyConstraint(
            ["company_id", "starts_at"],
            ["league_week.company_id", "league_week.starts_at"],
            name=op.f("fk_league_seat_company_id_starts_at"),
        ),
        sa.PrimaryKeyConstraint(
            "company_id", "starts_at", "member_id", name=op.f("pk_league_seat")
        ),
    )
    op.create_index(
        "ix_league_seat_group",
        "league_seat",
        ["company_id", "starts_at", "tier", "group_number"],
        unique=False,
    )
    op.create_index(
        "ix_league_seat_member",
        "league_seat",
        ["company_id", "member_id", "starts_at"],
        unique=False,
    )
