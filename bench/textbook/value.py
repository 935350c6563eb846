"""A buyer's payments valued by the rules, and the differences posted through ORM objects."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.textbook import facts
from bench.textbook.models import (
    Balance,
    ClassChoice,
    Effect,
    LedgerEntry,
    Member,
    Referral,
    XpEntry,
)
from bench.textbook.progress import Touched, TouchedMember
from game.rules.attribution import attribute, classify
from game.rules.calendar_windows import Zones
from game.rules.effects import Attribution, PaymentEffect
from game.rules.facts import BuyerCase, Change, MemberHistory
from game.rules.movements import EXPENSE, legs
from game.rules.pricing import price
from game.rules.rally import rally_flags
from game.rules.ruleset import Rules

RULES = Rules()
ZONES = Zones()
REACH = timedelta(hours=168)


def value_buyer(
    session: Session, company: str, buyer: str, touched: Touched, now: datetime
) -> None:
    """Value one buyer anew; where that changes a rally, also the buyers it reaches."""
    facts.lock(session, f"buyer:{buyer}")
    moved = _revalue(session, company, buyer, touched, now)
    for member, at in moved:
        reached = session.scalars(
            select(Effect.buyer_id)
            .where(
                Effect.member_id == member,
                Effect.kind == "conversion",
                Effect.at.between(at, at + REACH),
                Effect.buyer_id != buyer,
            )
            .distinct()
        )
        for other in sorted(reached):
            _revalue(session, company, other, touched, now)


def touch(session: Session, company: str, user: str, touched: Touched) -> TouchedMember:
    """Lock a member for the rest of the transaction and load what they chose."""
    member = session.scalars(
        select(Member)
        .where(Member.company_id == company, Member.whop_user_id == user)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if member is None:
        member = Member(company_id=company, whop_user_id=user)
        session.add(member)
        session.flush()
    if member.id not in touched:
        choices = session.scalars(
            select(ClassChoice).where(ClassChoice.member_id == member.id).order_by(ClassChoice.at)
        )
        history = MemberHistory(user, classes=[Change(one.at, one.value) for one in choices])
        touched[member.id] = TouchedMember(member, history)
    return touched[member.id]


def _revalue(
    session: Session, company: str, buyer: str, touched: Touched, now: datetime
) -> list[tuple[int, datetime]]:
    """Post one buyer's differences; the conversions of rallying members that came or went."""
    case = facts.case_of(session, company, buyer)
    credit = attribute(case, RULES, "")
    referral = session.get(Referral, (company, buyer))
    one = touch(session, company, credit.referrer_id, touched) if credit else None
    known = _known(session, company, buyer)
    losers = {
        row.member_id for row in known.values() if one is None or row.member_id != one.member.id
    }
    if losers:
        for member_id in sorted(losers):
            user = session.get_one(Member, member_id).whop_user_id
            touch(session, company, user, touched)
        known = _known(session, company, buyer)  # under the locks nobody else changes them
    effects: list[PaymentEffect] = []
    if credit is not None and one is not None:
        _refer(session, company, buyer, credit, one.member, referral)
        effects = _price(session, case, credit, one, now)
    return _post_all(session, company, known, effects, one, touched, now)


def _known(session: Session, company: str, buyer: str) -> dict[str, Effect]:
    rows = session.scalars(
        select(Effect)
        .where(Effect.company_id == company, Effect.buyer_id == buyer)
        .execution_options(populate_existing=True)
    )
    return {row.payment_id: row for row in rows}


def _refer(  # noqa: PLR0913, PLR0917 - the columns of a referral
    session: Session,
    company: str,
    buyer: str,
    credit: Attribution,
    member: Member,
    referral: Referral | None,
) -> None:
    if referral is None:
        referral = Referral(company_id=company, buyer_id=buyer)
        session.add(referral)
    referral.member_id = member.id
    referral.payment_id = credit.payment_id
    referral.source = credit.source
    referral.started_at = credit.started_at


def _price(
    session: Session, case: BuyerCase, credit: Attribution, one: TouchedMember, now: datetime
) -> list[PaymentEffect]:
    kinds = classify(case, credit)
    rally: dict[str, bool] = {}
    if one.can_rally:
        mine = [
            (p.payment_id, p.at) for p in case.payments if kinds.get(p.payment_id) == "conversion"
        ]
        rally = _rally(session, case.buyer_id, one.member, mine)
    return price(case, credit, kinds, one.history, rally, RULES, ZONES, now)


def _rally(
    session: Session, buyer: str, member: Member, mine: list[tuple[str, datetime]]
) -> dict[str, bool]:
    others: list[tuple[str, datetime]] = []
    for _, at in mine:
        others += [
            (payment_id, moment)
            for payment_id, moment in session.execute(
                select(Effect.payment_id, Effect.at).where(
                    Effect.member_id == member.id,
                    Effect.kind == "conversion",
                    Effect.at.between(at - REACH, at),
                    Effect.buyer_id != buyer,
                )
            )
        ]
    return rally_flags(list(dict(mine + others).items()), RULES)


def _post_all(  # noqa: PLR0913, PLR0917 - what was, what shall be, for whom
    session: Session,
    company: str,
    known: dict[str, Effect],
    effects: Iterable[PaymentEffect],
    one: TouchedMember | None,
    touched: Touched,
    now: datetime,
) -> list[tuple[int, datetime]]:
    moved: list[tuple[int, datetime]] = []
    wanted = {effect.payment_id: effect for effect in effects}
    is_known = one is not None and any(
        row.kind == "conversion" and row.member_id == one.member.id for row in known.values()
    )
    for payment_id, row in known.items():
        new = wanted.get(payment_id)
        if new is None or one is None or row.member_id != one.member.id:
            loser = touched[row.member_id]
            if row.kind == "conversion" and loser.can_rally:
                moved.append((row.member_id, row.at))
            _take_back(session, row, loser, now)
    for payment_id, effect in wanted.items():
        if one is None:
            break
        row_or_none = known.get(payment_id)
        if row_or_none is None or row_or_none.kind != effect.kind:
            was_conversion = row_or_none is not None and row_or_none.kind == "conversion"
            if one.can_rally and (was_conversion or effect.kind == "conversion"):
                moved.append((one.member.id, effect.at))
        completes = effect.kind == "conversion" and not is_known
        _post(session, company, row_or_none, effect, one, now, completes=completes)
    return moved


def _take_back(session: Session, row: Effect, loser: TouchedMember, now: datetime) -> None:
    row.version += 1
    _write(session, loser, row, row.account, -row.kept_minor, -row.xp_kept, "recomputed", now)
    loser.member.total_referrals -= row.counted
    loser.member.earned_usd_cents -= row.usd_kept_cents
    loser.count(session, row.day, "conversions", -int(row.counts))
    loser.count(session, row.day, "commission_usd_cents", -row.usd_value_cents)
    loser.tell("referral_reversed", {"payment_id": row.payment_id, "xp": row.xp_kept})
    row.kept_minor = row.xp_kept = row.usd_kept_cents = row.usd_value_cents = 0
    row.counts = row.counted = False
    row.kind = "none"


def _post(  # noqa: PLR0913, PLR0917 - what was, what shall be, for whom
    session: Session,
    company: str,
    row: Effect | None,
    new: PaymentEffect,
    one: TouchedMember,
    now: datetime,
    *,
    completes: bool,
) -> None:
    if row is None:
        row = _empty(company, new, one.member)
        session.add(row)
    elif _same(row, new, one.member):
        return
    kept, xp = new.kept_minor - row.kept_minor, new.xp_kept - row.xp_kept
    row.version += 1
    row.member_id = one.member.id
    _write(session, one, row, new.account, kept, xp, new.reason, now)
    one.member.total_referrals += new.counted - row.counted
    one.member.earned_usd_cents += new.usd_kept_cents - row.usd_kept_cents
    one.count(session, new.day, "conversions", int(new.counts) - int(row.counts))
    one.count(session, new.day, "commission_usd_cents", new.usd_value_cents - row.usd_value_cents)
    kind = "referral_completed" if completes else "commission_changed"
    one.tell(kind, {"payment_id": new.payment_id, "amount_minor": kept, "xp": xp})
    for name in COPIED:
        setattr(row, name, getattr(new, name))


COPIED = (
    "kind", "at", "day", "currency", "exponent", "commission_minor", "kept_minor", "account",
    "usd_value_cents", "usd_kept_cents", "xp_kept", "counts", "counted",
)  # fmt: skip


def _same(row: Effect, new: PaymentEffect, member: Member) -> bool:
    return row.member_id == member.id and all(
        getattr(row, name) == getattr(new, name) for name in COPIED
    )


def _empty(company: str, new: PaymentEffect, member: Member) -> Effect:
    """A row that is worth nothing yet."""
    return Effect(
        company_id=company,
        payment_id=new.payment_id,
        member_id=member.id,
        buyer_id=new.buyer_id,
        kind=new.kind,
        at=new.at,
        day=new.day,
        currency=new.currency,
        exponent=new.exponent,
        commission_minor=0,
        kept_minor=0,
        account=new.account,
        usd_value_cents=0,
        usd_kept_cents=0,
        xp_kept=0,
        counts=False,
        counted=False,
        version=0,
    )


def _write(  # noqa: PLR0913, PLR0917 - the columns of two ledgers
    session: Session,
    one: TouchedMember,
    row: Effect,
    account: str,
    kept: int,
    xp: int,
    reason: str,
    now: datetime,
) -> None:
    """One line in the XP ledger, the movements of money, the balance."""
    key = f"pay:{row.payment_id}:{row.version}"
    session.add(
        XpEntry(
            member_id=one.member.id,
            key=key,
            kind="payment",
            xp=xp,
            reason=reason,
            inputs={"payment_id": row.payment_id, "kept": kept, "account": account},
            created_at=now,
        )
    )
    one.member.lifetime_xp += xp
    wanted = row.kept_minor + kept
    balance = session.get(Balance, (one.member.id, row.currency))
    if balance is None:
        balance = Balance(
            member_id=one.member.id,
            currency=row.currency,
            pending_minor=0,
            held_minor=0,
            payable_minor=0,
        )
        session.add(balance)
    for number, leg in enumerate(legs(row.account, row.kept_minor, account, wanted)):
        session.add(
            LedgerEntry(
                member_id=one.member.id,
                key=key,
                leg=number,
                debit=leg.debit,
                credit=leg.credit,
                currency=row.currency,
                amount_minor=leg.amount_minor,
                payment_id=row.payment_id,
                created_at=now,
            )
        )
        for name, sign in ((leg.debit, -1), (leg.credit, 1)):
            if name != EXPENSE:
                old = getattr(balance, f"{name}_minor")
                setattr(balance, f"{name}_minor", old + sign * leg.amount_minor)
