"""Receipts of payments, and what members were told of them: every posting is done again.

Each receipt of a payment is posted anew from its own inputs upon the one before; the newest must
be what `payment_effect` says, which in turn is compared with the facts. So versions have no holes,
XP and money are the differences from version to version, and each notice is what posting tells.

What an older receipt was given cannot all be known any more: another telling of the payment may
have named another moment or amount since. Its figures must follow from its inputs and its rule
version, and its moment must lie within the payment's life. Of the reasons of later receipts only
the words are known, not which one it must be; the same goes for the reason in `commission_changed`,
and for whether one was told of a change of account that moved no money.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from game.rules.effects import NoticeDraft, PaymentEffect
from game.rules.movements import EXPENSE, Leg
from game.rules.receipt_proof import misfits
from game.rules.ruleset import RuleSet
from game.services.commissions.payment_posting import (
    Posted,
    post_payment,
    posted_from_row,
    select_posted,
)
from game.services.ledger.posting import EFFECT_FIELDS, NewReceipt, Posting
from game.services.notices.kinds import OF_PAYMENTS, misfit
from game.services.rulesets.charter import Charter
from game.services.rulesets.wording import PAYMENT_TITLES
from game.services.verifying.differences import Difference
from game.services.verifying.server_cursors import as_object, stream, together
from models.session import Transaction

# Postgres may think of these tables as small and join them row by row; sorted alike they are
# brought together here. "C" is the order of Python's strings.
RECEIPTS = f"""
SELECT r.source_id COLLATE "C" AS payment_id, r.member_id, r.key, r.reason, r.xp, r.at, r.posted_at,
  r.rule_version, r.inputs, p.at, p.created_at, p.updated_at,
  p.payment_id IS NULL AND EXISTS (SELECT FROM whop_hole h WHERE h.company_id = r.company_id
    AND h.kind = 'payment' AND h.object_id = r.source_id AND h.withdrawn),
  {select_posted("e")}
FROM receipt r
LEFT JOIN payment p ON p.company_id = r.company_id AND p.payment_id = r.source_id
LEFT JOIN payment_effect e ON e.company_id = r.company_id AND e.payment_id = r.source_id
WHERE r.company_id = %(company)s AND r.kind = 'payment' ORDER BY 1, length(r.key), r.key
"""  # noqa: S608 - our own names

MOVEMENTS = """
SELECT payment_id COLLATE "C" AS payment_id, member_id, key,
  sum(CASE WHEN debit = 'expense' THEN amount_minor
           WHEN credit = 'expense' THEN -amount_minor ELSE 0 END)::bigint
FROM movement WHERE company_id = %(company)s AND payment_id IS NOT NULL
GROUP BY 1, 2, 3 ORDER BY 1
"""

NOTICES = f"""
SELECT coalesce(data ->> 'payment_id', '') COLLATE "C" AS payment_id, member_id, at, type, data
FROM notice WHERE company_id = %(company)s
  AND type IN {OF_PAYMENTS}
ORDER BY 1, member_id, seq
"""  # noqa: S608 - our own names

OF_INPUTS = {"class": "character_class"} | {
    name: name
    for name in (
        "kind", "prestige_level", "base_minor", "currency", "exponent", "usd_base_cents",
        "commission_minor", "kept_minor", "points", "multiplier_bp", "xp_awarded", "xp_kept",
    )
}  # fmt: skip
"""The inputs that are fields of an effect: name of the input → name of the field."""

Place = tuple[int, datetime]
"""(member, moment of posting): what one posting told."""


class Stored(NamedTuple):
    """A receipt of a payment."""

    payment_id: str
    member_id: int
    key: str
    reason: str
    xp: int
    at: datetime
    posted_at: datetime
    rule_version: int
    inputs: dict[str, Any]
    paid_at: datetime | None
    created_at: datetime
    updated_at: datetime
    is_withdrawn: bool
    """Its payment is no fact any more: the import that told it was undone."""

    @property
    def tells_completion(self) -> bool:
        """Whether it says if it told of a completion; before that was noted, each first one did."""
        return self.inputs.get("kind") != "conversion" or "completes" in self.inputs

    @property
    def is_taking_back(self) -> bool:
        return self.inputs.get("credited") is False


@dataclass(slots=True)
class Again(Posting):
    """A posting that is done for comparison and never written."""

    receipts: list[NewReceipt] = field(default_factory=list)
    kept: int = 0

    def add(self, expected: NewReceipt) -> None:
        """Keep the receipt."""
        self.receipts.append(expected)

    def move(
        self,
        expected: NewReceipt,  # noqa: ARG002
        legs: list[Leg],
        currency: str,  # noqa: ARG002
        exponent: int,  # noqa: ARG002
        payment_id: str | None,  # noqa: ARG002
    ) -> None:
        """Keep by how much the member's money changes."""
        for leg in legs:
            self.kept += leg.amount_minor * ((leg.debit == EXPENSE) - (leg.credit == EXPENSE))

    def notices(self, member_id: int) -> list[NoticeDraft]:
        """What the member is told."""
        return [n for key, change in self.changes.items() if key[1] == member_id
                for n in change.notices]  # fmt: skip

    def posted(self) -> Posted:
        """What the books hold afterwards."""
        row = self.effects[-1]
        effect = PaymentEffect(referrer_id="", **{name: row[name] for name in EFFECT_FIELDS})
        return Posted(row["member_id"], effect, row["paid_minor"], row["version"], row["announced"])


def wrong_receipts(tx: Transaction, charter: Charter) -> Iterator[Difference]:
    """Every receipt of a payment, and every notice of one, that posting would not have made."""
    streams = [
        stream(tx, name, sql, charter.company_id)
        for name, sql in (
            ("payment_receipts", RECEIPTS),
            ("payment_movements", MOVEMENTS),
            ("payment_notices", NOTICES),
        )
    ]
    width = len(Stored._fields)
    for payment_id, (rows, movements, notices) in together(*streams):
        receipts = [Stored(*row[:width])._replace(inputs=as_object(row[8])) for row in rows]
        told: dict[Place, list[NoticeDraft]] = defaultdict(list)
        for _, member_id, at, kind, data in notices:
            told[member_id, at].append((kind, data))
        if receipts:
            kept_row = rows[0][width:]
            posted = posted_from_row(kept_row)[2] if kept_row[0] is not None else None
            kept = {(member_id, key): amount for _, member_id, key, amount in movements}
            yield from _wrong_payment(charter, receipts, kept, posted, told)
        else:
            yield from _wrong_notices(charter, payment_id, told, {})


def _wrong_payment(
    charter: Charter,
    receipts: Sequence[Stored],
    kept: Mapping[tuple[int, str], int],
    posted: Posted | None,
    told: Mapping[Place, Sequence[NoticeDraft]],
) -> Iterator[Difference]:
    payment_id = receipts[0].payment_id
    wanted: dict[Place, list[NoticeDraft]] = defaultdict(list)
    old: Posted | None = None
    for number, receipt in enumerate(receipts, 1):
        key = f"pay:{payment_id}:{number}"
        if receipt.key != key:
            yield _difference(charter, "key", receipt, receipt.key, key)
            return
        rules = _version(charter, receipt.rule_version)
        if rules is None:
            yield _difference(charter, "rule_version", receipt, receipt.rule_version, "a known one")
            return
        try:
            again = _post_again(charter, old, receipt, number)
            unfit = list(misfits(receipt.inputs, rules))
            expected = again.receipts[0]
        except (LookupError, TypeError, ValueError, AttributeError):
            yield _difference(charter, "inputs", receipt, receipt.inputs, "what a posting writes")
            return
        yield from _unlike(charter, receipt, expected)
        if (money := kept.get((receipt.member_id, key), 0)) != again.kept:
            yield _difference(charter, "movements", receipt, money, again.kept)
        for name, stored, computed in unfit:
            yield _difference(charter, f"inputs.{name}", receipt, stored, computed)
        yield from _wrong_reason(charter, receipt, is_first=old is None)
        yield from _wrong_moment(charter, receipt)
        wanted[receipt.member_id, receipt.posted_at] += again.notices(receipt.member_id)
        old = again.posted()
    if receipts[-1].is_withdrawn and not receipts[-1].is_taking_back:
        yield _difference(charter, "credited", receipts[-1], "yes", "no: its import was undone")
    is_noted = all(receipt.tells_completion for receipt in receipts)
    yield from _wrong_newest(charter, receipts[-1], old, posted, is_noted=is_noted)
    yield from _wrong_notices(charter, payment_id, told, wanted)


def _version(charter: Charter, number: int) -> RuleSet | None:
    return next((rules for rules in charter.rules.all() if rules.version == number), None)


def _post_again(charter: Charter, old: Posted | None, receipt: Stored, number: int) -> Again:
    """Post what a receipt says it was given, upon what the one before left."""
    again = Again(receipt.posted_at)
    new = None if receipt.is_taking_back else _effect(receipt, number)
    announce = bool(receipt.inputs.get("completes", old is None))
    post_payment(again, charter.company_id, old, new, receipt.member_id, announce=announce)
    return again


def _effect(receipt: Stored, number: int) -> PaymentEffect:
    """The effect a receipt was written for, as far as its inputs hold it.

    Each has another account than the one before, so that none equals the one before: what a
    receipt does not hold may be what changed.
    """
    inputs = receipt.inputs
    num, den = inputs["taken"]
    known = {field: inputs[name] for name, field in OF_INPUTS.items()}
    return PaymentEffect(
        **known,
        payment_id=receipt.payment_id,
        buyer_id="",
        referrer_id="",
        at=receipt.at,
        day=receipt.at.date(),
        part=0,
        rule_version=receipt.rule_version,
        account="pending" if number % 2 else "payable",
        due_at=receipt.at,
        usd_value_cents=0,
        usd_kept_cents=0,
        taken_num=num,
        taken_den=den,
        counts=False,
        counted=False,
        reason=receipt.reason,
    )


def _unlike(charter: Charter, receipt: Stored, expected: NewReceipt) -> Iterator[Difference]:
    """What of a receipt is not as it is when it is posted again."""
    for name, stored, computed in (
        ("key", receipt.key, expected.key),
        ("member_id", receipt.member_id, expected.member[1]),
        ("xp", receipt.xp, expected.xp),
        ("at", receipt.at, expected.at),
        ("rule_version", receipt.rule_version, expected.rule_version),
        ("inputs", receipt.inputs, _as_told(receipt, expected.inputs)),
    ):
        if stored != computed:
            yield _difference(charter, name, receipt, stored, computed)


def _as_told(receipt: Stored, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    if receipt.tells_completion:
        return inputs
    return {name: value for name, value in inputs.items() if name != "completes"}


def _wrong_reason(charter: Charter, receipt: Stored, *, is_first: bool) -> Iterator[Difference]:
    words = {receipt.inputs["kind"], "banned"} if is_first else PAYMENT_TITLES.keys()
    if receipt.reason not in words:
        yield _difference(charter, "reason", receipt, receipt.reason, " or ".join(sorted(words)))


def _wrong_moment(charter: Charter, receipt: Stored) -> Iterator[Difference]:
    if receipt.is_withdrawn:
        return
    if receipt.paid_at is None:
        yield _difference(charter, "source_id", receipt, receipt.payment_id, "a payment")
        return
    # Another telling may have named another moment; the newest receipt is compared exactly.
    least = min(receipt.created_at, receipt.paid_at)
    most = max(receipt.updated_at, receipt.paid_at, receipt.posted_at)
    if not least <= receipt.at <= most:
        yield _difference(charter, "at", receipt, receipt.at, f"from {least} to {most}")


def _wrong_newest(
    charter: Charter,
    newest: Stored,
    old: Posted | None,
    posted: Posted | None,
    *,
    is_noted: bool,
) -> Iterator[Difference]:
    """The last posting against what the books hold for the payment."""
    if old is None or posted is None:
        yield _difference(charter, "payment_effect", newest, "none", "one")
        return
    for name in ("version", "announced") if is_noted else ("version",):
        stored, computed = getattr(posted, name), getattr(old, name)
        if stored != computed:
            what, where = f"payment_effect.{name}", newest.payment_id
            yield Difference(charter.company_id, what, where, str(stored), str(computed))
    if newest.member_id != posted.member_id:
        yield _difference(charter, "member_id", newest, newest.member_id, posted.member_id)
    says, holds = (_receipt_of(charter, one) for one in (old, posted))
    for name in ("at", "rule_version", "inputs"):
        stored, computed = getattr(says, name), getattr(holds, name)
        if stored != computed:
            yield _difference(charter, name, newest, stored, computed)
    if posted.effect.reason not in PAYMENT_TITLES:
        what, where = "payment_effect.reason", newest.payment_id
        yield Difference(charter.company_id, what, where, posted.effect.reason, "a known word")


def _receipt_of(charter: Charter, posted: Posted) -> NewReceipt:
    """The receipt that would be written for this state of a payment if nothing was before it."""
    again = Again(posted.effect.at)
    post_payment(again, charter.company_id, None, posted.effect, posted.member_id, announce=False)
    return again.receipts[0]


def _wrong_notices(
    charter: Charter,
    payment_id: str,
    told: Mapping[Place, Sequence[NoticeDraft]],
    wanted: Mapping[Place, Sequence[NoticeDraft]],
) -> Iterator[Difference]:
    for member_id, at in sorted(told.keys() | wanted.keys()):
        found, computed = (list(notices.get((member_id, at), ())) for notices in (told, wanted))
        if not _fits(found, computed) or any(misfit(kind, data) for kind, data in found):
            subject = f"member {member_id}, payment {payment_id}, {at}"
            yield Difference(charter.company_id, "notice.data", subject, str(found), str(computed))


def _fits(told: Sequence[NoticeDraft], wanted: Sequence[NoticeDraft]) -> bool:
    """Whether these notices are the wanted ones; those that tell of no amount may be missing."""
    left = list(told)
    for kind, data in wanted:
        if left and left[0][0] == kind and _same(left[0][1], data):
            left.pop(0)
        elif kind != "commission_changed" or data["amount_minor"] or data["xp"]:
            return False
    return not left


def _same(told: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return told.get("reason", "banned") in PAYMENT_TITLES and (
        {**told, "reason": ""} == {**wanted, "reason": ""}
    )


def _difference(
    charter: Charter, what: str, receipt: Stored, stored: object, computed: object
) -> Difference:
    subject = f"member {receipt.member_id}, {receipt.key}"
    return Difference(charter.company_id, f"receipt.{what}", subject, str(stored), str(computed))
