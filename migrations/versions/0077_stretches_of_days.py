"""Days are told apart by more than their date, and quests by the moment their window begins.

Revision: 0077. Columns with a constant for the rows that are here, then two keys that are made anew
over them: that reads each table once and holds it meanwhile. The version still running cannot give
quests nor count on days afterwards: its batches fail whole, lose nothing, and are settled by the
new one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

PARTS = {"payment_effect": "part", "lesson_effect": "part", "member": "quests_part"}
COUNTS = (
    "conversions", "commission_usd_cents", "lessons", "visits", "clicks", "messages",
    "quests_claimed", "achievements",
)  # fmt: skip
OLD = ("company_id", "member_id", "time_window", "first_day", "slot")
NEW = ("company_id", "member_id", "time_window", "starts_at", "slot")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table, column in PARTS.items():
        _add_part(table, column)
    _add_part("member_day", "part")
    op.add_column("member_day", sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True))
    _key_of_days("company_id", "member_id", "day", "part")
    _key_of_quests(OLD, NEW)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    _key_of_quests(NEW, OLD)
    # Days of one date become one again, as the version before knows no other. The owner sees no
    # company's rows while row level security is forced on it too.
    op.execute("ALTER TABLE member_day NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE member_day d SET "  # noqa: S608 - our own names
        + ", ".join(f"{name} = s.{name}" for name in COUNTS)
        + " FROM (SELECT company_id, member_id, day, "
        + ", ".join(f"sum({name})::bigint AS {name}" for name in COUNTS)
        + " FROM member_day GROUP BY 1, 2, 3 HAVING max(part) > 0) AS s "
        "WHERE d.company_id = s.company_id AND d.member_id = s.member_id AND d.day = s.day"
    )
    op.execute(
        "DELETE FROM member_day d USING member_day o WHERE o.company_id = d.company_id "
        "AND o.member_id = d.member_id AND o.day = d.day AND o.part < d.part"
    )
    op.execute("ALTER TABLE member_day FORCE ROW LEVEL SECURITY")
    _key_of_days("company_id", "member_id", "day")
    op.drop_column("member_day", "starts_at")
    op.drop_column("member_day", "part")
    for table, column in PARTS.items():
        op.drop_column(table, column)


def _add_part(table: str, column: str) -> None:
    op.add_column(table, sa.Column(column, sa.SmallInteger(), server_default="0", nullable=False))


def _key_of_days(*columns: str) -> None:
    op.drop_constraint("pk_member_day", "member_day", type_="primary")
    op.create_primary_key("pk_member_day", "member_day", list(columns))


def _key_of_quests(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    op.drop_constraint(f"uq_quest_{'_'.join(old)}", "quest", type_="unique")
    op.create_unique_constraint(f"uq_quest_{'_'.join(new)}", "quest", list(new))
