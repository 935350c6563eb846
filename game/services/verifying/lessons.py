"""Receipts of lessons against what each lesson is worth now.

A receipt is written when the worth changes, so versions may have holes, and what an older receipt
was given may have changed since without one. The newest must say what the lesson is worth; each
must follow from its own multiplier and rule version, and be the difference to the one before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from game.rules.receipt_proof import lesson_worths
from game.services.rulesets.charter import Charter
from game.services.verifying.differences import Difference
from game.services.verifying.server_cursors import as_object, stream
from models.session import Transaction

RECEIPTS = """
SELECT r.member_id, r.source_id, r.key, r.reason, r.xp, r.at, r.rule_version, r.inputs,
  e.version, e.at, e.rule_version, e.multiplier_bp, e.xp
FROM receipt r LEFT JOIN lesson_effect e
  ON e.company_id = r.company_id AND e.member_id = r.member_id AND e.lesson_id = r.source_id
WHERE r.company_id = %(company)s AND r.kind = 'lesson'
ORDER BY r.member_id, r.source_id, length(r.key), r.key
"""


class Stored(NamedTuple):
    """A receipt of a lesson, beside what the lesson is worth now (None = nothing is known)."""

    member_id: int
    lesson_id: str
    key: str
    reason: str
    xp: int
    at: datetime
    rule_version: int
    inputs: dict[str, Any]
    version: int | None
    now_at: datetime
    now_rule_version: int
    now_multiplier_bp: int
    now_xp: int


def wrong_lesson_receipts(tx: Transaction, charter: Charter) -> Iterator[Difference]:
    """Every receipt of a lesson that posting would not have written."""
    rows = stream(tx, "lesson_receipts", RECEIPTS, charter.company_id)
    for _, group in groupby(rows, key=itemgetter(0, 1)):
        awarded = 0
        receipts = [Stored(*row)._replace(inputs=as_object(row[7])) for row in group]
        for place, receipt in enumerate(receipts):
            yield from _wrong_receipt(charter, receipt, awarded, is_first=place == 0)
            awarded += receipt.xp
        yield from _wrong_newest(charter, receipts[-1])


def _wrong_receipt(
    charter: Charter, receipt: Stored, awarded: int, *, is_first: bool
) -> Iterator[Difference]:
    prefix, _, version = receipt.key.rpartition(":")
    is_numbered = version.isdecimal() and (int(version) == 1) == is_first
    if prefix != f"lesson:{receipt.lesson_id}" or not is_numbered:
        wanted = f"lesson:{receipt.lesson_id}:{'1' if is_first else '<version>'}"
        yield _difference(charter, "key", receipt, receipt.key, wanted)
    reason = "lesson" if is_first else "recomputed"
    if receipt.reason != reason:
        yield _difference(charter, "reason", receipt, receipt.reason, reason)
    wanted_inputs = {
        "multiplier_bp": receipt.inputs.get("multiplier_bp"),
        "xp_awarded": awarded + receipt.xp,
    }
    if receipt.inputs != wanted_inputs:
        yield _difference(charter, "inputs", receipt, receipt.inputs, wanted_inputs)
    try:
        rules = charter.rules.numbered(receipt.rule_version)
        worths = lesson_worths(int(receipt.inputs["multiplier_bp"]), rules)
    except (LookupError, TypeError, ValueError):
        stored = f"{receipt.inputs} of version {receipt.rule_version}"
        yield _difference(charter, "inputs", receipt, stored, "what a posting writes")
        return
    if awarded + receipt.xp not in worths:
        wanted = " or ".join(str(worth) for worth in sorted(worths))
        yield _difference(charter, "inputs.xp_awarded", receipt, awarded + receipt.xp, wanted)


def _wrong_newest(charter: Charter, newest: Stored) -> Iterator[Difference]:
    if newest.version is None:
        yield _difference(charter, "source_id", newest, newest.lesson_id, "a lesson of this member")
        return
    if newest.key != f"lesson:{newest.lesson_id}:{newest.version}":
        return  # posted again since, without a change of its worth
    inputs = {"multiplier_bp": newest.now_multiplier_bp, "xp_awarded": newest.now_xp}
    for name, stored, computed in (
        ("at", newest.at, newest.now_at),
        ("rule_version", newest.rule_version, newest.now_rule_version),
        ("inputs", newest.inputs, inputs),
    ):
        if stored != computed:
            yield _difference(charter, name, newest, stored, computed)


def _difference(
    charter: Charter, what: str, receipt: Stored, stored: object, computed: object
) -> Difference:
    subject = f"member {receipt.member_id}, {receipt.key}"
    return Difference(charter.company_id, f"receipt.{what}", subject, str(stored), str(computed))
