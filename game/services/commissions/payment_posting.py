"""The difference between what a payment is worth and what has been posted for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from game.rules.calendar_windows import Day
from game.rules.effects import PaymentEffect
from game.rules.movements import legs, shifted
from game.rules.pricing import what_changed
from game.services.ledger.posting import EFFECT_FIELDS, MemberKey, NewReceipt, Posting, Scored

HALF = 2
NOBODYS = "none"
"""Kind of a row whose payment is credited to nobody any more."""


class Posted(NamedTuple):
    """A row of `payment_effect`: what the books hold for one payment."""

    member_id: int
    effect: PaymentEffect
    paid_minor: int
    version: int
    announced: bool = False
    """The member was told with it that the referral is complete, and not of its end since."""
    elsewhere: Mapping[str, int] = MappingProxyType({})
    """What was paid out of it to others, or in another currency: see `paid_key`."""

    @property
    def in_account_minor(self) -> int:
        """What lies in the effect's account; below zero it is a debt, and lies in payable."""
        return self.effect.kept_minor - self.paid_minor


_figures = attrgetter(*(name for name in EFFECT_FIELDS if name != "reason"))


def post_payment(  # noqa: PLR0913 - what was, what shall be, for whom
    posting: Posting,
    company_id: str,
    old: Posted | None,
    new: PaymentEffect | None,
    member_id: int,
    *,
    announce: bool,
) -> None:
    """Post what turns `old` into `new` (None = worth nothing to anybody).

    `member_id` is the referrer of `new`; `announce`: they have yet to be told that the referral is
    complete, which a conversion tells. Nothing is posted where nothing changed. When another
    referrer takes over, everything is taken back from the one before; so it is where a later
    telling names another currency, as an amount of one is no amount of the other.
    """
    version = old.version if old is not None else 0
    paid, elsewhere = _paid(old, new, member_id)
    if old is not None and (new is None or _is_other(old, new, member_id)):
        if old.effect.kind != NOBODYS:
            version += 1
            _take_all_back(posting, company_id, old, version, last=new is None)
        old = None
    if new is None or (old is not None and _same(old.effect, new)):
        return
    version += 1
    member = (company_id, member_id)
    completes = announce and new.kind == "conversion"
    receipt = NewReceipt(
        member=member,
        key=f"pay:{new.payment_id}:{version}",
        kind="payment",
        source_id=new.payment_id,
        reason=_reason(old.effect if old else None, new),
        xp=new.xp_kept - (old.effect.xp_kept if old else 0),
        at=new.at,
        rule_version=new.rule_version,
        inputs=_inputs(new) | _completion(new, completes=completes),
    )
    posting.add(receipt)
    moved = legs(
        old.effect.account if old else new.account,
        # Who was paid for it before, and lost it since, has a debt of that much.
        old.in_account_minor if old else -paid,
        new.account,
        new.kept_minor - paid,
    )
    posting.move(receipt, moved, new.currency, new.exponent, new.payment_id)
    _count(posting, member, old.effect if old else None, new)
    _tell(posting, member, old.effect if old else None, new, completes=completes)
    announced = completes or (old is not None and old.announced)
    posted = Posted(0, new, paid, version, announced, elsewhere)
    posting.effects.append(_row(company_id, member_id, posted))


def paid_key(member_id: int, currency: str) -> str:
    """Under which name `elsewhere` holds what a member was paid in a currency."""
    return f"{member_id} {currency}"


def _paid(
    old: Posted | None, new: PaymentEffect | None, member_id: int
) -> tuple[int, Mapping[str, int]]:
    """What `new`'s referrer has been paid of the payment, and what others have."""
    if old is None:
        return 0, {}
    if new is None or not _is_other(old, new, member_id):
        return old.paid_minor, old.elsewhere
    of_all = dict(old.elsewhere)
    if old.paid_minor:
        of_all[paid_key(old.member_id, old.effect.currency)] = old.paid_minor
    return of_all.pop(paid_key(member_id, new.currency), 0), of_all


def post_paid(
    posting: Posting, company_id: str, old: Posted, paid_minor: int, elsewhere: Mapping[str, int]
) -> None:
    """Post that another part of a payment than before is paid out, where that moves its money.

    Nothing is posted while what is left lies in `payable`, as a payout moves it from and to there.
    """
    new = old._replace(paid_minor=paid_minor, elsewhere=elsewhere, version=old.version + 1)
    moved = shifted(old.effect.account, old.in_account_minor, new.in_account_minor)
    if not moved:
        return
    effect = old.effect
    receipt = NewReceipt(
        member=(company_id, old.member_id),
        key=f"pay:{effect.payment_id}:{new.version}",
        kind="payment",
        source_id=effect.payment_id,
        reason="recomputed",
        xp=0,
        at=effect.at,
        rule_version=effect.rule_version,
        inputs=_inputs(effect) | _completion(effect, completes=False),
    )
    posting.add(receipt)
    posting.move(receipt, moved, effect.currency, effect.exponent, effect.payment_id)
    posting.effects.append(_row(company_id, old.member_id, new))


def _is_other(old: Posted, new: PaymentEffect, member_id: int) -> bool:
    return old.member_id != member_id or old.effect.currency != new.currency


def _take_all_back(
    posting: Posting, company_id: str, old: Posted, version: int, *, last: bool
) -> None:
    """Leave nothing of a posted payment with its member.

    `last`: nobody takes over; the row stays, worth nothing. Else the new referrer's row
    replaces it.
    """
    member = (company_id, old.member_id)
    was = old.effect
    receipt = NewReceipt(
        member=member,
        key=f"pay:{was.payment_id}:{version}",
        kind="payment",
        source_id=was.payment_id,
        reason="recomputed",
        xp=-was.xp_kept,
        at=was.at,
        rule_version=was.rule_version,
        inputs=_inputs(was) | {"credited": False},
    )
    posting.add(receipt)
    posting.move(
        receipt,
        legs(was.account, old.in_account_minor, was.account, -old.paid_minor),
        was.currency,
        was.exponent,
        was.payment_id,
    )
    _count(posting, member, was, None)
    is_told = bool(was.kept_minor or was.xp_kept)
    if is_told:
        posting.changes[member].tell(
            "referral_reversed",
            payment_id=was.payment_id,
            commission_minor=was.kept_minor,
            currency=was.currency,
            exponent=was.exponent,
            xp=was.xp_kept,
        )
    if not last:
        return
    announced = old.announced and not is_told
    left = old._replace(version=version, announced=announced)
    row = _row(company_id, old.member_id, left)
    row.update(
        kind=NOBODYS,
        commission_minor=0,
        kept_minor=0,
        usd_value_cents=0,
        usd_kept_cents=0,
        points=0,
        xp_awarded=0,
        xp_kept=0,
        counts=False,
        counted=False,
        reason="recomputed",
    )
    posting.effects.append(row)


def _same(old: PaymentEffect, new: PaymentEffect) -> bool:
    """Whether posting `new` would change nothing. The reason alone is no change."""
    return bool(_figures(old) == _figures(new))


def _count(
    posting: Posting, member: MemberKey, old: PaymentEffect | None, new: PaymentEffect | None
) -> None:
    """Move the member's figures and the counts of the local days."""
    change = posting.changes[member]
    for effect, sign in ((old, -1), (new, 1)):
        if effect is None:
            continue
        change.referrals += sign * effect.counted
        change.earned_usd_cents += sign * effect.usd_kept_cents
        stretch = Day(effect.day, effect.part)
        change.count(stretch, "conversions", sign * effect.counts)
        change.count(stretch, "commission_usd_cents", sign * effect.usd_value_cents)
        posting.bring(member, effect.at, "xp", sign * effect.xp_kept)
        posting.bring(member, effect.at, "referrals", sign * effect.counted)
        posting.bring(member, effect.at, "earned_usd_cents", sign * effect.usd_kept_cents)
        posting.bring(member, effect.at, "week_referrals", sign * effect.counts)
    change.score(_scored(old), _scored(new))


def _scored(effect: PaymentEffect | None) -> Scored | None:
    """What of a payment is on the boards of its moment: all that is kept."""
    if effect is None:
        return None
    kept = {
        "xp": effect.xp_kept,
        "referrals": int(effect.counted),
        "kept_usd_cents": effect.usd_kept_cents,
    }
    return Scored(Day(effect.day, effect.part), effect.at, kept)


def _tell(
    posting: Posting,
    member: MemberKey,
    old: PaymentEffect | None,
    new: PaymentEffect,
    *,
    completes: bool,
) -> None:
    """Note what the member should hear of this change, if anything."""
    change = posting.changes[member]
    money = {"currency": new.currency, "exponent": new.exponent}
    kept = new.kept_minor - (old.kept_minor if old else 0)
    xp = new.xp_kept - (old.xp_kept if old else 0)
    if completes:
        change.tell(
            "referral_completed",
            payment_id=new.payment_id,
            commission_minor=new.kept_minor,
            **money,
            xp=new.xp_kept,
        )
    elif old is not None and _half_taken(new) and not _half_taken(old):
        change.tell(
            "referral_reversed",
            payment_id=new.payment_id,
            commission_minor=-kept,
            **money,
            xp=-xp,
        )
    elif kept or xp or (old is not None and old.account != new.account):
        change.tell(
            "commission_changed",
            payment_id=new.payment_id,
            amount_minor=kept,
            **money,
            xp=xp,
            reason=_reason(old, new),
        )


def _half_taken(effect: PaymentEffect) -> bool:
    return effect.kind == "conversion" and effect.taken_num * HALF >= effect.taken_den


def _reason(old: PaymentEffect | None, new: PaymentEffect) -> str:
    """A later posting is told by what it changed.

    A first one is told by what it is, even where something was taken back already.
    """
    if old is not None:
        return what_changed(old, new)
    return new.kind if new.reason != "banned" else new.reason


def _inputs(effect: PaymentEffect) -> dict[str, Any]:
    """What the rules were given and what they made of it, for the receipt."""
    return {
        "kind": effect.kind,
        "class": effect.character_class,
        "prestige_level": effect.prestige_level,
        "base_minor": effect.base_minor,
        "currency": effect.currency,
        "exponent": effect.exponent,
        "usd_base_cents": effect.usd_base_cents,
        "commission_minor": effect.commission_minor,
        "kept_minor": effect.kept_minor,
        "points": effect.points,
        "multiplier_bp": effect.multiplier_bp,
        "xp_awarded": effect.xp_awarded,
        "xp_kept": effect.xp_kept,
        "taken": [effect.taken_num, effect.taken_den],
    }


def _completion(effect: PaymentEffect, *, completes: bool) -> dict[str, bool]:
    """Whether a conversion's posting told of the completion: one does of all of a referral."""
    return {"completes": completes} if effect.kind == "conversion" else {}


def _row(company_id: str, member_id: int, posted: Posted) -> dict[str, Any]:
    row = {name: getattr(posted.effect, name) for name in EFFECT_FIELDS}
    row.update(
        company_id=company_id,
        member_id=member_id,
        paid_minor=posted.paid_minor,
        paid_elsewhere=dict(posted.elsewhere),
        version=posted.version,
        announced=posted.announced,
    )
    return row


def is_announced(posted: Iterable[Posted], member_id: int) -> bool:
    """Whether a member knows that a buyer's referral is complete, of whom all this is posted.

    What was posted before that was noted told of each conversion when it was first posted.
    """
    return any(
        one.member_id == member_id and (one.announced or one.effect.kind == "conversion")
        for one in posted
    )


def select_posted(alias: str) -> str:
    """The select list that `posted_from_row` reads."""
    names = ("company_id", "member_id", "paid_minor", "version", "announced", *EFFECT_FIELDS)
    listed = ", ".join(f"{alias}.{name}" for name in names)
    # Nearly always empty: no JSON to parse.
    return f"{listed}, nullif({alias}.paid_elsewhere, '{{}}')"


def posted_from_row(row: tuple[Any, ...]) -> tuple[str, str, Posted]:
    """(company id, payment id, what is posted) of a row of `select_posted`."""
    company, member_id, paid_minor, version, announced, *values, elsewhere = row
    effect = PaymentEffect(referrer_id="", **dict(zip(EFFECT_FIELDS, values, strict=True)))
    posted = Posted(member_id, effect, paid_minor, version, announced, elsewhere or {})
    return company, effect.payment_id, posted
