"""Fill a database before the clock starts: the company, a past in its ledgers, a backlog.

Run as a process: `python -m bench.fill <events file> <events> <ledger rows>`.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.crowd import CLASS_CHOSEN, COMPANY, read_events, referrers
from bench.past import write_past
from game.services.inbox import intake
from game.services.members.joining import ensure_company, ensure_members
from models.session import WORKER, transaction


def found(now: datetime) -> None:
    """Make the company, its members, their codes and the classes they chose long ago."""
    with transaction(WORKER) as tx:
        ensure_company(tx, COMPANY, now)
        crowd = referrers()
        ids = ensure_members(tx, COMPANY, {one.user_id: one.user_id for one in crowd}, now)
        for one in crowd:
            tx.run(
                "INSERT INTO referral_code (company_id, code, member_id, created_at) "
                "VALUES (%s, %s, %s, %s)",
                (COMPANY, one.code, ids[one.user_id], now - CLASS_CHOSEN),
            )
            if one.character_class:
                tx.run(
                    "INSERT INTO member_fact "
                    "(company_id, member_id, kind, key, at, value, settled) "
                    "VALUES (%s, %s, 'class', '1', %s, %s, true)",
                    (COMPANY, ids[one.user_id], now - CLASS_CHOSEN, one.character_class),
                )


def main(file: str, events: int, ledger_rows: int) -> None:
    now = datetime.now(UTC)
    found(now)
    write_past(ledger_rows, now)
    for event in read_events(Path(file), count=events):
        delivery = intake.read_delivery(event.webhook_id, event.raw, now, now)
        intake.accept(delivery, timeout_ms=10_000)
    print(json.dumps({"events": events, "ledger_rows": ledger_rows}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
