"""What somebody with the owner's password changes about payouts is named by `verify`."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from game.services.payouts import deciding
from tests.support.paying import READY, agreed, ask, creator, earner
from tests.support.settling import COMPANY, differences
from tests.support.telling import as_owner, settle, tell

pytestmark = pytest.mark.usefixtures("settings")
TABLES = ("payout", "payout_part", "payout_step", "transfer", "payment_effect", "receipt",
          "movement", "balance", "notice")  # fmt: skip

FORGED = {
    "an amount": ("UPDATE payout SET amount_minor = amount_minor + 1 WHERE id = 1", "payout_part"),
    "a part": (
        "UPDATE payout_part SET amount_minor = amount_minor + 1 WHERE payout_id = 1",
        "payment_effect.paid_minor",
    ),
    "a part that vanishes": ("DELETE FROM payout_part WHERE payout_id = 1", "payout_part"),
    "a state": ("UPDATE payout SET state = 'rejected' WHERE id = 1", "payout against movements"),
    "a state and its history": (
        ("UPDATE payout SET state = 'paid', closed_at = now() WHERE id = 2; "
         "UPDATE payout_step SET state = 'paid', at = now() WHERE payout_id = 2"),
        "payout_step",
    ),
    "who agreed": ("UPDATE payout SET first_by = '' WHERE id = 1", "payout agreed to"),
    "that two had to agree": (
        "UPDATE payout SET needs_second = true WHERE id = 1", "payout agreed to"
    ),
    "the key": ("UPDATE payout SET key = 'x' WHERE id = 1", "payout.key"),
    "a step that vanishes": (
        "DELETE FROM payout_step WHERE payout_id = 1 AND number = 2", "payout_step"
    ),
    "the moment of a step": (
        "UPDATE payout_step SET at = at - interval '1 day' WHERE payout_id = 1 AND number = 2",
        "payout_step",
    ),
    "how it was paid": ("UPDATE payout SET method = 'whop' WHERE id = 1", "payout.method"),
    "when it was over": (
        "UPDATE payout SET closed_at = closed_at - interval '1 day' WHERE id = 1",
        "payout.state and steps",
    ),
    "the receipt of a payout": (
        "UPDATE receipt SET inputs = inputs || '{\"amount_minor\": 1}' WHERE kind = 'payout'",
        "payout and its receipts",
    ),
    "XP for a payout": (
        "UPDATE receipt SET xp = 5 WHERE kind = 'payout'", "payout and its receipts"
    ),
    "a payout's movement": (
        ("UPDATE movement SET amount_minor = amount_minor + 1 WHERE credit = 'paid'; "
         "UPDATE balance SET payable_minor = payable_minor - 1, paid_minor = paid_minor + 1"),
        "payout against movements",
    ),
    "a payout out of thin air": (
        ("INSERT INTO payout (company_id, member_id, currency, exponent, amount_minor, usd_cents, "
         "method, state, requested_at, requested_by, needs_second, key) SELECT company_id, "
         "member_id, currency, exponent, 1, 1, 'manual', 'requested', now(), 'x', false, 'forged' "
         "FROM payout WHERE id = 1"),
        "payout against movements",
    ),
    "what was paid of a payment": (
        "UPDATE payment_effect SET paid_minor = 0 WHERE paid_minor > 0", "payment_effect.paid_minor"
    ),
    "what was paid to others": (
        "UPDATE payment_effect SET paid_elsewhere = '{\"1 usd\": 5}' WHERE paid_minor > 0",
        "payment_effect.paid_minor",
    ),
    "Whop's word": (
        "UPDATE transfer SET status = 'failed'", "payout and its transfer"
    ),
    "a second transfer": (
        ("INSERT INTO transfer SELECT company_id, 'ctt_second', payout_key, status, amount_minor, "
         "currency, exponent, destination_id, problem, updated_at FROM transfer"),
        "payout paid twice",
    ),
    "a notice of a payout": (
        "UPDATE notice SET data = data || '{\"amount_minor\": 5}' WHERE type = 'payout_changed'",
        "notice of a payout",
    ),
    "a state nobody was told of": (
        "UPDATE notice SET type = 'gift' WHERE type = 'payout_changed'", "notice of a payout"
    ),
}  # fmt: skip


def test_every_forgery_about_payouts_is_named() -> None:
    now = READY + timedelta(minutes=1)
    who = creator()
    first = agreed(earner("100.00"), who)
    deciding.mark_paid(who, first, "", READY)
    ask(earner("200.00", code="EFGH2345"))
    third = agreed(earner("300.00", code="JKLM2345"), who)
    [(key,)] = as_owner(f"SELECT key FROM payout WHERE id = {third}")
    tell("transfer.completed", told(key), READY)
    settle(now)
    assert (first, third) == (1, 3)
    assert differences(now) == []
    unnamed = {}

    for name, (sql, place) in FORGED.items():
        found = found_after(sql, now)
        if not any(f": {place} of" in line for line in found):
            unnamed[name] = found

    assert unnamed == {}
    assert differences(now) == []


def told(key: str) -> dict[str, object]:
    return {
        "id": "ctt_1",
        "status": "succeeded",
        "amount": {"amount": "30.00", "currency": "usd", "decimals": 2, "display_decimals": 2},
        "created_at": "2026-10-01T12:00:00Z",
        "status_changed_at": "2026-10-01T12:00:01Z",
        "destination": {"object": "user", "id": "user_jklm2345"},
        "failure_code": None,
        "metadata": {"wl_payout": key},
    }


def found_after(sql: str, now: datetime) -> list[str]:
    """What `verify` says after a change by the owner, which is then taken back."""
    for table in TABLES:
        as_owner(f"CREATE TABLE kept_{table} AS TABLE {table}")
    as_owner("SET session_replication_role = replica; " + sql)
    found = differences(now, COMPANY)
    for table in TABLES:
        as_owner(
            f"SET session_replication_role = replica; DELETE FROM {table}; "
            f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept_{table}; "
            f"DROP TABLE kept_{table}; SET session_replication_role = DEFAULT"
        )
    return found
