"""The books against the facts: every buyer and every lesson of a company valued anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from game.rules.effects import LessonEffect, PaymentEffect
from game.rules.facts import Lesson, newest_name
from game.rules.lessons import value_lessons
from game.services.commissions.payment_posting import NOBODYS, Posted
from game.services.ledger.posting import EFFECT_FIELDS, LESSON_FIELDS
from game.services.members.store import read_members
from game.services.rulesets.charter import Charter
from game.services.settlement import rally_reach
from game.services.settlement.buyers import Batch, Buyers, conversion_of, study, value
from game.services.settlement.cases import BuyerKey
from game.services.verifying.differences import Difference
from models.session import Transaction

BUYERS_A_STEP = 500
REFERRAL_FIELDS = (
    "member_id",
    "payment_id",
    "source",
    "started_at",
    "conversion_payment_id",
    "conversion_at",
)
"""All of a referral but the buyer's name, which is there where nobody is credited."""


def wrong_effects(
    tx: Transaction, charters: Mapping[str, Charter], company_id: str, now: datetime
) -> Iterator[Difference]:
    """Every payment of one company whose posted effect is not what its facts call for.

    A commission whose hold is over but which waits for the release job is no difference.
    """
    after = ""
    while buyers := _next_buyers(tx, company_id, after):
        yield from _wrong_of_buyers(tx, charters, buyers, now)
        after = buyers[-1][1]


def wrong_lessons(
    tx: Transaction, charters: Mapping[str, Charter], company_id: str
) -> Iterator[Difference]:
    """Every lesson of one company whose effect is not what the lesson facts call for."""
    charter = charters[company_id]
    lessons: dict[int, list[Lesson]] = defaultdict(list)
    for member_id, user, lesson_id, at in tx.rows(
        "SELECT m.id, l.user_id, l.lesson_id, l.at FROM lesson l "
        "JOIN member m ON m.company_id = l.company_id AND m.whop_user_id = l.user_id "
        "WHERE l.company_id = %s ORDER BY m.id",
        (company_id,),
    ):
        lessons[member_id].append(Lesson(lesson_id, user, "", at))
    stored = {
        (row[0], row[1]): LessonEffect(*row[1:])
        for row in tx.rows(
            f"SELECT member_id, {', '.join(LESSON_FIELDS)} "  # noqa: S608 - our own names
            "FROM lesson_effect WHERE company_id = %s",
            (company_id,),
        )
    }
    members = read_members(tx, {(company_id, member_id) for member_id in lessons})
    wanted = {
        (member_id, effect.lesson_id): effect
        for member_id, mine in lessons.items()
        for effect in value_lessons(
            mine, members[company_id, member_id].history, charter.rules, charter.zones
        )
    }
    for key in sorted(stored.keys() | wanted.keys()):
        yield from _wrong_lesson(company_id, key, stored.get(key), wanted.get(key))


def _wrong_lesson(
    company_id: str, key: tuple[int, str], stored: LessonEffect | None, wanted: LessonEffect | None
) -> Iterator[Difference]:
    for name in LESSON_FIELDS[1:]:
        found, computed = getattr(stored, name, None), getattr(wanted, name, None)
        if found != computed:
            subject = f"member {key[0]}, lesson {key[1]}"
            yield Difference(
                company_id, f"lesson_effect.{name}", subject, str(found), str(computed)
            )


def _next_buyers(tx: Transaction, company_id: str, after: str) -> list[BuyerKey]:
    rows = tx.rows(
        "SELECT buyer_id FROM payment WHERE company_id = %(company)s AND buyer_id > %(after)s "
        "UNION SELECT buyer_id FROM referral "
        "WHERE company_id = %(company)s AND buyer_id > %(after)s "
        "UNION SELECT buyer_id FROM payment_effect "
        "WHERE company_id = %(company)s AND buyer_id > %(after)s ORDER BY 1 LIMIT %(most)s",
        {"company": company_id, "after": after, "most": BUYERS_A_STEP},
    )
    return [(company_id, buyer) for (buyer,) in rows]


def _wrong_of_buyers(
    tx: Transaction,
    charters: Mapping[str, Charter],
    keys: Collection[BuyerKey],
    now: datetime,
) -> Iterator[Difference]:
    buyers = study(tx, charters, keys)
    ids = _member_ids(tx, buyers)
    members = read_members(tx, {(company, number) for (company, _), number in ids.items()})
    batch = Batch(tx, now, charters, buyers, ids, members)
    batch.rally = rally_reach.flags(batch)
    referrals = _stored_referrals(tx, keys)
    names = _stored_names(tx, keys)
    for key in keys:
        yield from _wrong_referral(key, referrals.get(key), _wanted_referral(buyers, ids, key))
        yield from _wrong_name(buyers, key, names.get(key))
        member_id, effects = value(batch, key)
        wanted = {effect.payment_id: effect for effect in effects}
        posted = buyers.posted.get(key, {})
        for payment_id in sorted(posted.keys() | wanted.keys()):
            yield from _compare(
                key[0], payment_id, posted.get(payment_id), wanted.get(payment_id), member_id, now
            )


def _stored_referrals(
    tx: Transaction, keys: Collection[BuyerKey]
) -> dict[BuyerKey, tuple[Any, ...]]:
    """The referrals of these buyers of one company, as REFERRAL_FIELDS."""
    rows = tx.rows(
        f"SELECT company_id, buyer_id, {', '.join(REFERRAL_FIELDS)} FROM referral "  # noqa: S608
        "WHERE company_id = %s AND buyer_id = ANY(%s)",
        (next(iter(keys))[0], [buyer for _, buyer in keys]),
    )
    return {(row[0], row[1]): row[2:] for row in rows}


def _stored_names(tx: Transaction, keys: Collection[BuyerKey]) -> dict[BuyerKey, str]:
    rows = tx.rows(
        "SELECT company_id, buyer_id, buyer_name FROM referral "
        "WHERE company_id = %s AND buyer_id = ANY(%s)",
        (next(iter(keys))[0], [buyer for _, buyer in keys]),
    )
    return {(company, buyer): name for company, buyer, name in rows}


def _wrong_name(buyers: Buyers, key: BuyerKey, stored: str | None) -> Iterator[Difference]:
    """A referral bears the name that the newest telling of the buyer's payments gives."""
    wanted = newest_name(buyers.cases[key].payments)
    if stored is not None and stored != wanted:
        yield Difference(key[0], "referral.buyer_name", key[1], stored, wanted)


def _wanted_referral(
    buyers: Buyers, ids: Mapping[tuple[str, str], int], key: BuyerKey
) -> tuple[Any, ...] | None:
    """What the buyer's facts make of the referral, as REFERRAL_FIELDS; None = there is none."""
    credit = buyers.credits[key]
    if credit is None:
        return None
    first = conversion_of(buyers, key)
    return (
        ids[key[0], credit.referrer_id],
        credit.payment_id,
        credit.source,
        credit.started_at,
        first.payment_id if first else "",
        first.at if first else None,
    )


def _wrong_referral(
    key: BuyerKey, stored: tuple[Any, ...] | None, wanted: tuple[Any, ...] | None
) -> Iterator[Difference]:
    if stored is None or wanted is None:
        if stored != wanted:
            yield Difference(key[0], "referral", key[1], str(stored), str(wanted))
        return
    for name, found, computed in zip(REFERRAL_FIELDS, stored, wanted, strict=True):
        if found != computed:
            yield Difference(key[0], f"referral.{name}", key[1], str(found), str(computed))


def _member_ids(tx: Transaction, buyers: Buyers) -> dict[tuple[str, str], int]:
    users = buyers.referrers()
    rows = tx.rows(
        "SELECT company_id, whop_user_id, id "
        "FROM unnest(%s::text[], %s::text[]) AS k (company_id, whop_user_id) "
        "JOIN member USING (company_id, whop_user_id)",
        ([company for company, _ in users], [user for _, user in users]),
    )
    return {(company, user): number for company, user, number in rows}


def _compare(  # noqa: PLR0913, PLR0917 - both sides and their keys
    company_id: str,
    payment_id: str,
    posted: Posted | None,
    wanted: PaymentEffect | None,
    member_id: int,
    now: datetime,
) -> Iterator[Difference]:
    if posted is not None and posted.effect.kind == NOBODYS:
        posted = None
    if posted is None or wanted is None:
        if posted is not None or wanted is not None:
            yield Difference(
                company_id,
                "payment_effect",
                payment_id,
                "nothing" if posted is None else f"{posted.effect.kept_minor} kept",
                "nothing" if wanted is None else f"{wanted.kept_minor} kept",
            )
        return
    if posted.member_id != member_id:
        yield Difference(
            company_id,
            "payment_effect.member_id",
            payment_id,
            str(posted.member_id),
            str(member_id),
        )
    for name in EFFECT_FIELDS:
        stored, computed = getattr(posted.effect, name), getattr(wanted, name)
        if name == "reason" or stored == computed:
            continue
        if name == "account" and stored == "pending" and wanted.due_at <= now:
            continue
        yield Difference(
            company_id, f"payment_effect.{name}", payment_id, str(stored), str(computed)
        )
