"""Sealed bodies lie in their rows: sealed bytes do not compress, and are read once, soon.

Revision: 0050. Postgres would try to compress each body, fail, and move it to a side table of its
own with an index, for every delivery in and out. What is stored already stays where it is.
"""

from alembic import op

revision = "0050"
down_revision = "0040"
branch_labels = None
depends_on = None

PARTITIONS = """
DO $$
DECLARE part regclass;
BEGIN
  FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'inbox_body'::regclass LOOP
    EXECUTE format('ALTER TABLE %s {change} (toast_tuple_target{value})', part);
  END LOOP;
END $$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("ALTER TABLE inbox_body ALTER COLUMN sealed SET STORAGE EXTERNAL")
    op.execute(PARTITIONS.format(change="SET", value=" = 8160"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(PARTITIONS.format(change="RESET", value=""))
    op.execute("ALTER TABLE inbox_body ALTER COLUMN sealed SET STORAGE EXTENDED")
