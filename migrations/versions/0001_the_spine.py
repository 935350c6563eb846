"""The spine: inbox, facts, books, members, quests, notices, jobs, and who may see them.

Revision: 0001, the first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.tenancy import ROLES, secure

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

READ = "SELECT"
APPEND = "SELECT, INSERT"
WRITE = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"

# table: what the member's role may do, what the worker's role may do
TENANT_TABLES = {
    "company": (WRITE, WRITE),
    "system_config": (APPEND, APPEND),
    "rule_set": (APPEND, APPEND),
    "company_fact": (APPEND, APPEND),
    "audit": (APPEND, APPEND),
    "member": (WRITE, WRITE),
    "member_fact": ("SELECT, INSERT, UPDATE (settled)", "SELECT, INSERT, UPDATE (settled)"),
    "member_day": (WRITE, WRITE),
    "payment": (READ, WRITE),
    "refund": (READ, WRITE),
    "dispute": (READ, WRITE),
    "membership": (READ, WRITE),
    "lesson": (READ, WRITE),
    "referral_code": (APPEND, WRITE),
    "click": (APPEND, APPEND),
    "referral": (READ, ALL),
    "payment_effect": (READ, WRITE),
    "lesson_effect": (READ, WRITE),
    "receipt": (APPEND, APPEND),
    "movement": (READ, APPEND),
    "balance": (READ, WRITE),
    "quest": (WRITE, WRITE),
    "achievement_unlock": (APPEND, APPEND),
    "notice": (APPEND, ALL),
    "notice_outbox": (ALL, ALL),
    "inbox": ("", WRITE),
    "inbox_alert": ("", APPEND),
    "dead_letter": ("", WRITE),
}
OPEN_TABLES = {
    "inbox_body": ("", "SELECT, INSERT, DELETE"),
    "settlement_run": ("", ALL),
    "job_tick": ("", ALL),
    "heartbeat": ("", ALL),
    "epoch": (READ, WRITE),
    "currency": (READ, APPEND),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("request_id", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_company", "audit", ["company_id", "id"], unique=False)
    op.create_table(
        "company",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("owner_user_id", sa.Text(), server_default="", nullable=False),
        sa.Column("page_url", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_company")),
    )
    op.create_table(
        "company_fact",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("actor_user_id", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("company_id", "kind", "key", name=op.f("pk_company_fact")),
    )
    op.create_index(
        "ix_company_fact_kind", "company_fact", ["company_id", "kind", "at"], unique=False
    )
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("inbox_seq", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("error_group", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("died_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'replayed', 'discarded')", name=op.f("ck_dead_letter_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
    )
    op.create_index("ix_dead_letter_state", "dead_letter", ["state", "id"], unique=False)
    op.create_index(
        "uq_dead_letter_open",
        "dead_letter",
        ["inbox_seq"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "dispute",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("dispute_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("inquiry", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("company_id", "dispute_id", name=op.f("pk_dispute")),
    )
    op.create_index("ix_dispute_payment", "dispute", ["company_id", "payment_id"], unique=False)
    op.create_table(
        "epoch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epoch")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "inbox",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("api_version_date", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("alone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'retrying', 'snoozed', 'handled', 'ignored', 'dead')",
            name=op.f("ck_inbox_state_known"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_inbox")),
        sa.UniqueConstraint("webhook_id", name=op.f("uq_inbox_webhook_id")),
    )
    op.create_index(
        "ix_inbox_due",
        "inbox",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('retrying', 'snoozed')"),
    )
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["state"],
        unique=False,
        postgresql_where=sa.text("state IN ('dead', 'retrying', 'snoozed')"),
    )
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        [sa.literal_column("coalesce(company_id, '')"), "seq"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "inbox_alert",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=True),
        sa.Column("kept_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("seen_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_alert")),
    )
    op.create_table(
        "inbox_body",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", "received_at", name=op.f("pk_inbox_body")),
        postgresql_partition_by="RANGE (received_at)",
    )
    op.create_table(
        "job_tick",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "progress", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.PrimaryKeyConstraint("job", "scheduled_for", name=op.f("pk_job_tick")),
    )
    op.create_table(
        "lesson",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("lesson_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("company_id", "user_id", "lesson_id", name=op.f("pk_lesson")),
    )
    op.create_index("ix_lesson_at", "lesson", ["company_id", "at"], unique=False)
    op.create_index("ix_lesson_user", "lesson", ["company_id", "user_id", "at"], unique=False)
    op.create_table(
        "currency",
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("exponent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("currency", name=op.f("pk_currency")),
    )
    op.create_table(
        "membership",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("membership_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("first_user_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("seen_trialing", sa.Boolean(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "told", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.PrimaryKeyConstraint("company_id", "membership_id", name=op.f("pk_membership")),
    )
    op.create_index("ix_membership_user", "membership", ["company_id", "user_id"], unique=False)
    op.create_table(
        "notice_outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("ranges", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_outbox")),
    )
    op.create_table(
        "payment",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("buyer_id", sa.Text(), nullable=False),
        sa.Column("buyer_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("exponent", sa.Integer(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("usd_total_cents", sa.BigInteger(), nullable=True),
        sa.Column("presentment_minor", sa.BigInteger(), nullable=True),
        sa.Column("presentment_currency", sa.Text(), nullable=False),
        sa.Column("presentment_exponent", sa.Integer(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("billing_reason", sa.Text(), nullable=False),
        sa.Column("membership_id", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("promo_code_id", sa.Text(), nullable=False),
        sa.Column("shape", sa.Integer(), nullable=False),
        sa.Column(
            "told", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.PrimaryKeyConstraint("company_id", "payment_id", name=op.f("pk_payment")),
    )
    op.create_index("ix_payment_buyer", "payment", ["company_id", "buyer_id", "at"], unique=False)
    op.create_index(
        "ix_payment_membership", "payment", ["company_id", "membership_id", "at"], unique=False
    )
    op.create_table(
        "refund",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("refund_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("exponent", sa.Integer(), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("company_id", "refund_id", name=op.f("pk_refund")),
    )
    op.create_index("ix_refund_payment", "refund", ["company_id", "payment_id"], unique=False)
    op.create_table(
        "rule_set",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("actor_user_id", sa.Text(), nullable=False),
        sa.CheckConstraint("version > 1", name=op.f("ck_rule_set_after_default")),
        sa.PrimaryKeyConstraint("company_id", "version", name=op.f("pk_rule_set")),
    )
    op.create_table(
        "settlement_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("lock_key", sa.BigInteger(), nullable=False),
        sa.Column("inbox_seqs", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_run")),
    )
    op.create_table(
        "system_config",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_user_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("company_id", "key", "version", name=op.f("pk_system_config")),
    )
    op.create_table(
        "member",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("whop_user_id", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), server_default="", nullable=False),
        sa.Column("username_lower", sa.Text(), server_default="", nullable=False),
        sa.Column("avatar_url", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), server_default="member", nullable=False),
        sa.Column("banned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sessions_valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifetime_xp", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("prestige_level", sa.Integer(), server_default="0", nullable=False),
        sa.Column("character_class", sa.Text(), nullable=True),
        sa.Column("level_reached", sa.Integer(), server_default="1", nullable=False),
        sa.Column("level_ever", sa.Integer(), server_default="1", nullable=False),
        sa.Column("total_referrals", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("earned_usd_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("quests_claimed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("best_streak", sa.Integer(), server_default="0", nullable=False),
        sa.Column("clicks", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("quests_through", sa.Date(), nullable=True),
        sa.Column("notice_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("notices_read", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "role IN ('member', 'moderator', 'creator')", name=op.f("ck_member_role_known")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.company_id"], name=op.f("fk_member_company_id")
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_member")),
        sa.UniqueConstraint(
            "company_id", "whop_user_id", name=op.f("uq_member_company_id_whop_user_id")
        ),
    )
    op.create_index(
        "ix_member_username", "member", ["company_id", "username_lower", "id"], unique=False
    )
    op.create_table(
        "achievement_unlock",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reward_xp", sa.Integer(), nullable=False),
        sa.Column("unlocked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_achievement_unlock_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint(
            "company_id", "member_id", "key", name=op.f("pk_achievement_unlock")
        ),
    )
    op.create_table(
        "balance",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("exponent", sa.Integer(), nullable=False),
        sa.Column("pending_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("held_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("payable_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_balance_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "member_id", "currency", name=op.f("pk_balance")),
    )
    op.create_table(
        "click",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_click_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "token", name=op.f("pk_click")),
    )
    op.create_index("ix_click_member", "click", ["company_id", "member_id", "at"], unique=False)
    op.create_table(
        "lesson_effect",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("multiplier_bp", sa.BigInteger(), nullable=False),
        sa.Column("xp", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_lesson_effect_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint(
            "company_id", "member_id", "lesson_id", name=op.f("pk_lesson_effect")
        ),
    )
    op.create_index(
        "ix_lesson_effect_day", "lesson_effect", ["company_id", "member_id", "day"], unique=False
    )
    op.create_table(
        "member_day",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("conversions", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("commission_usd_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lessons", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("visits", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("clicks", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("messages", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("quests_claimed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("achievements", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_member_day_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "member_id", "day", name=op.f("pk_member_day")),
    )
    op.create_table(
        "member_fact",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("settled", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_member_fact_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_member_fact")),
        sa.UniqueConstraint(
            "company_id",
            "member_id",
            "kind",
            "key",
            name=op.f("uq_member_fact_company_id_member_id_kind_key"),
        ),
    )
    op.create_index(
        "ix_member_fact_waiting",
        "member_fact",
        ["company_id", "id"],
        unique=False,
        postgresql_where=sa.text("NOT settled"),
    )
    op.create_table(
        "notice",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_notice_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "member_id", "seq", name=op.f("pk_notice")),
    )
    op.create_table(
        "payment_effect",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("buyer_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("character_class", sa.Text(), nullable=False),
        sa.Column("prestige_level", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("exponent", sa.Integer(), nullable=False),
        sa.Column("base_minor", sa.BigInteger(), nullable=False),
        sa.Column("usd_base_cents", sa.BigInteger(), nullable=False),
        sa.Column("commission_minor", sa.BigInteger(), nullable=False),
        sa.Column("kept_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("usd_value_cents", sa.BigInteger(), nullable=False),
        sa.Column("usd_kept_cents", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("multiplier_bp", sa.BigInteger(), nullable=False),
        sa.Column("xp_awarded", sa.BigInteger(), nullable=False),
        sa.Column("xp_kept", sa.BigInteger(), nullable=False),
        sa.Column("taken_num", sa.BigInteger(), nullable=False),
        sa.Column("taken_den", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "account IN ('pending', 'held', 'payable')",
            name=op.f("ck_payment_effect_account_known"),
        ),
        sa.CheckConstraint(
            "kept_minor BETWEEN 0 AND commission_minor", name=op.f("ck_payment_effect_kept_within")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_payment_effect_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "payment_id", name=op.f("pk_payment_effect")),
    )
    op.create_index(
        "ix_payment_effect_buyer", "payment_effect", ["company_id", "buyer_id"], unique=False
    )
    op.create_index(
        "ix_payment_effect_conversion",
        "payment_effect",
        ["company_id", "member_id", "at"],
        unique=False,
        postgresql_where=sa.text("kind = 'conversion'"),
    )
    op.create_index(
        "ix_payment_effect_due",
        "payment_effect",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("account = 'pending' AND kept_minor > 0"),
    )
    op.create_index(
        "ix_payment_effect_member",
        "payment_effect",
        ["company_id", "member_id", "at"],
        unique=False,
    )
    op.create_table(
        "quest",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("time_window", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("target_type", sa.Text(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("baseline", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reward_xp", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("progress", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="assigned", nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('assigned', 'completed', 'claimed')", name=op.f("ck_quest_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_quest_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_quest")),
        sa.UniqueConstraint(
            "company_id",
            "member_id",
            "time_window",
            "first_day",
            "slot",
            name=op.f("uq_quest_company_id_member_id_time_window_first_day_slot"),
        ),
    )
    op.create_index(
        "ix_quest_member", "quest", ["company_id", "member_id", "ends_at"], unique=False
    )
    op.create_index(
        "ix_quest_assigned",
        "quest",
        ["company_id", "member_id"],
        unique=False,
        postgresql_where=sa.text("state = 'assigned' AND closed_at IS NULL"),
    )
    op.create_index(
        "ix_quest_open",
        "quest",
        ["ends_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "receipt",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("xp", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_receipt_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "member_id", "key", name=op.f("pk_receipt")),
    )
    op.create_index(
        "ix_receipt_member", "receipt", ["company_id", "member_id", "seq"], unique=False
    )
    op.create_table(
        "referral",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("buyer_id", sa.Text(), nullable=False),
        sa.Column("buyer_name", sa.Text(), server_default="", nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conversion_payment_id", sa.Text(), server_default="", nullable=False),
        sa.Column("conversion_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_referral_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "buyer_id", name=op.f("pk_referral")),
    )
    op.create_index(
        "ix_referral_member", "referral", ["company_id", "member_id", "started_at"], unique=False
    )
    op.create_table(
        "referral_code",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id"],
            ["member.company_id", "member.id"],
            name=op.f("fk_referral_code_company_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("company_id", "code", name=op.f("pk_referral_code")),
    )
    op.create_index(
        "ix_referral_code_member", "referral_code", ["company_id", "member_id"], unique=False
    )
    op.create_table(
        "movement",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("leg", sa.SmallInteger(), nullable=False),
        sa.Column("debit", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_movement_above_zero")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_movement_two_accounts")),
        sa.ForeignKeyConstraint(
            ["company_id", "member_id", "key"],
            ["receipt.company_id", "receipt.member_id", "receipt.key"],
            name=op.f("fk_movement_company_id_member_id_key"),
        ),
        sa.PrimaryKeyConstraint("company_id", "member_id", "key", "leg", name=op.f("pk_movement")),
    )
    op.create_index(
        "ix_movement_member", "movement", ["company_id", "member_id", "currency"], unique=False
    )
    op.execute(ROLES)
    for table, (member, worker) in TENANT_TABLES.items():
        for statement in secure(table, member=member, worker=worker):
            op.execute(statement)
    for table, (member, worker) in OPEN_TABLES.items():
        for statement in secure(table, member=member, worker=worker, tenant=False):
            op.execute(statement)
    # Bodies that arrive while no partition of their month was made still have a place.
    op.execute("CREATE TABLE inbox_body_default PARTITION OF inbox_body DEFAULT")
    op.execute("INSERT INTO epoch (id, value, since) VALUES (1, gen_random_uuid()::text, now())")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_index("ix_movement_member", table_name="movement")
    op.drop_table("movement")
    op.drop_index("ix_referral_code_member", table_name="referral_code")
    op.drop_table("referral_code")
    op.drop_index("ix_referral_member", table_name="referral")
    op.drop_table("referral")
    op.drop_index("ix_receipt_member", table_name="receipt")
    op.drop_table("receipt")
    op.drop_index(
        "ix_quest_open", table_name="quest", postgresql_where=sa.text("closed_at IS NULL")
    )
    op.drop_index("ix_quest_member", table_name="quest")
    op.drop_index("ix_quest_assigned", table_name="quest")
    op.drop_table("quest")
    op.drop_index("ix_payment_effect_member", table_name="payment_effect")
    op.drop_index(
        "ix_payment_effect_due",
        table_name="payment_effect",
        postgresql_where=sa.text("account = 'pending' AND kept_minor > 0"),
    )
    op.drop_index(
        "ix_payment_effect_conversion",
        table_name="payment_effect",
        postgresql_where=sa.text("kind = 'conversion'"),
    )
    op.drop_index("ix_payment_effect_buyer", table_name="payment_effect")
    op.drop_table("payment_effect")
    op.drop_table("notice")
    op.drop_index(
        "ix_member_fact_waiting", table_name="member_fact", postgresql_where=sa.text("NOT settled")
    )
    op.drop_table("member_fact")
    op.drop_table("member_day")
    op.drop_index("ix_lesson_effect_day", table_name="lesson_effect")
    op.drop_table("lesson_effect")
    op.drop_index("ix_click_member", table_name="click")
    op.drop_table("click")
    op.drop_table("balance")
    op.drop_table("achievement_unlock")
    op.drop_index("ix_member_username", table_name="member")
    op.drop_table("member")
    op.drop_table("system_config")
    op.drop_table("settlement_run")
    op.drop_table("rule_set")
    op.drop_index("ix_refund_payment", table_name="refund")
    op.drop_table("refund")
    op.drop_index("ix_payment_membership", table_name="payment")
    op.drop_index("ix_payment_buyer", table_name="payment")
    op.drop_table("payment")
    op.drop_table("notice_outbox")
    op.drop_index("ix_membership_user", table_name="membership")
    op.drop_table("membership")
    op.drop_table("currency")
    op.drop_index("ix_lesson_user", table_name="lesson")
    op.drop_index("ix_lesson_at", table_name="lesson")
    op.drop_table("lesson")
    op.drop_table("job_tick")
    op.drop_table("inbox_body")
    op.drop_table("inbox_alert")
    op.drop_index(
        "ix_inbox_waiting", table_name="inbox", postgresql_where=sa.text("state = 'waiting'")
    )
    op.drop_index(
        "ix_inbox_open",
        table_name="inbox",
        postgresql_where=sa.text("state IN ('dead', 'retrying', 'snoozed')"),
    )
    op.drop_index(
        "ix_inbox_due",
        table_name="inbox",
        postgresql_where=sa.text("state IN ('retrying', 'snoozed')"),
    )
    op.drop_table("inbox")
    op.drop_table("heartbeat")
    op.drop_table("epoch")
    op.drop_index("ix_dispute_payment", table_name="dispute")
    op.drop_table("dispute")
    op.drop_index(
        "uq_dead_letter_open", table_name="dead_letter", postgresql_where=sa.text("state = 'open'")
    )
    op.drop_index("ix_dead_letter_state", table_name="dead_letter")
    op.drop_table("dead_letter")
    op.drop_index("ix_company_fact_kind", table_name="company_fact")
    op.drop_table("company_fact")
    op.drop_table("company")
    op.drop_index("ix_audit_company", table_name="audit")
    op.drop_table("audit")
