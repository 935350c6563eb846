"""A table in which readiness proves that Postgres can write, with nothing in it.

Revision: 0086. Nobody but the readiness of the code that comes with it uses it.
"""

import sqlalchemy as sa
from alembic import op

from models.tenancy import secure

revision = "0086"
down_revision = "0081"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "write_probe",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("filler", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_probe")),
    )
    # Uncompressed and in the row itself, or half a page of one letter would be a few bytes. Dead
    # rows go within a minute, whatever the table's size, and the file shrinks with them.
    op.execute("ALTER TABLE write_probe ALTER COLUMN filler SET STORAGE PLAIN")
    op.execute(
        "ALTER TABLE write_probe SET"
        " (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50)"
    )
    for statement in secure(
        "write_probe", member="", worker="SELECT, INSERT, DELETE", tenant=False
    ):
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_table("write_probe")
