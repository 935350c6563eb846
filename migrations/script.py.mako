"""${message}

Expand first, contract one release later: this must suit the code that still runs beside it.
Indexes on big tables: CREATE INDEX CONCURRENTLY in a migration of its own, outside a transaction.
Constraints: NOT VALID, then VALIDATE. Backfills: keyed batches of 1,000-5,000 rows, never here.

Revision: ${up_revision}, after ${down_revision | comma,n}.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    ${downgrades if downgrades else "pass"}
