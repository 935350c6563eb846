"""What each payment of a buyer is worth to the referrer now: commission, XP, counts.

Everything is read at the payment's own moment, so an effect is the same whenever it is computed;
only refunds, disputes and the end of the hold change it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from game.rules.calendar_windows import Day, Zones
from game.rules.commissions import commission_of, dollar_points, in_usd_cents, pays_money
from game.rules.effects import Account, Attribution, Kind, PaymentEffect
from game.rules.facts import BuyerCase, Dispute, MemberHistory, Payment
from game.rules.multipliers import (
    ability_bp,
    class_at,
    is_banned_at,
    multiplied,
    multiplier_bp,
    prestige_at,
)
from game.rules.ruleset import Rules, RuleSet
from game.rules.takeback import ALL, NOTHING, Share, is_lost, is_open, kept_of, share_refunded

LARGEST_STORED_BITS = 62
"""A share's terms beyond this cannot be stored; only refunds in several currencies get there."""


def price(  # noqa: PLR0913, PLR0917
    case: BuyerCase,
    attribution: Attribution,
    kinds: Mapping[str, Kind],
    history: MemberHistory,
    rally: Mapping[str, bool],
    rules: Rules,
    zone: Zones,
    now: datetime,
) -> list[PaymentEffect]:
    """Price every payment of the referral, in their order. What is not in `kinds` earns nothing.

    `history` is the referrer's; `rally` flags the conversions made in a rally; `now` decides only
    between pending and payable.
    """
    pricer = _Pricer(case, attribution, history, rally, rules, now)
    effects = []
    renewal_days: set[Day] = set()
    for payment in sorted(case.payments, key=lambda p: p.order):
        kind = kinds.get(payment.payment_id)
        if kind is None:
            continue
        stretch = zone.stretch(payment.at)
        day = zone.day_of(stretch)
        opens_day = kind == "renewal" and day not in renewal_days
        if opens_day:
            renewal_days.add(day)
        effects.append(pricer.effect(payment, kind, stretch, opens_day=opens_day))
    return effects


@dataclass(frozen=True, slots=True)
class _Pricer:
    case: BuyerCase
    attribution: Attribution
    history: MemberHistory
    rally: Mapping[str, bool]
    rules: Rules
    now: datetime

    def effect(
        self, payment: Payment, kind: Kind, stretch: Day, *, opens_day: bool
    ) -> PaymentEffect:
        at = payment.at
        rules = self.rules.at(at)
        played = class_at(self.history, at, rules)
        prestige_level = prestige_at(self.history, at)
        is_banned = is_banned_at(self.history, at)
        disputes = self.case.disputes.get(payment.payment_id, ())
        share = self._share_taken(payment, disputes)
        num, den = _storable(share)
        base = payment.base_minor
        usd_base = in_usd_cents(base, payment)
        pays = not is_banned and pays_money(kind, at, self.attribution.started_at, rules)
        commission = commission_of(base, played, rules) if pays else 0
        kept = kept_of(commission, share)
        points = 0 if is_banned else _points(kind, usd_base, rules, opens_day=opens_day)
        bp = multiplier_bp(played, prestige_level, rules) + ability_bp(
            played, kind, usd_base, in_rally=self.rally.get(payment.payment_id, False)
        )
        xp = multiplied(points, bp)
        counts = not is_banned and kind == "conversion" and usd_base >= rules.count_min_usd_cents
        due_at = at + rules.hold
        return PaymentEffect(
            payment_id=payment.payment_id,
            buyer_id=self.case.buyer_id,
            referrer_id=self.attribution.referrer_id,
            kind=kind,
            at=at,
            day=stretch.date,
            part=stretch.part,
            rule_version=rules.version,
            character_class=played.key,
            prestige_level=prestige_level,
            currency=payment.currency,
            exponent=payment.exponent,
            base_minor=base,
            usd_base_cents=usd_base,
            commission_minor=commission,
            kept_minor=kept,
            account=_account(disputes, share, due_at, self.now),
            due_at=due_at,
            usd_value_cents=in_usd_cents(commission, payment),
            usd_kept_cents=in_usd_cents(kept, payment),
            points=points,
            multiplier_bp=bp,
            xp_awarded=xp,
            xp_kept=kept_of(xp, share),
            taken_num=num,
            taken_den=den,
            counts=counts,
            counted=counts and 2 * share[0] < share[1],
            reason="banned" if is_banned else _reason(kind, disputes, share),
        )

    def _share_taken(self, payment: Payment, disputes: Sequence[Dispute]) -> Share:
        if disputes and is_lost(disputes):
            return ALL
        refunds = self.case.refunds.get(payment.payment_id)
        return share_refunded(payment, refunds) if refunds else NOTHING


def _points(kind: Kind, usd_base_cents: int, rules: RuleSet, *, opens_day: bool) -> int:
    worth = rules.conversion_xp if kind == "conversion" else rules.renewal_xp
    flat = worth.points if kind == "conversion" or opens_day else 0
    return flat + dollar_points(usd_base_cents, worth.per_dollar, worth.max_dollar_points)


def _account(disputes: Sequence[Dispute], share: Share, due_at: datetime, now: datetime) -> Account:
    # What is taken back altogether cannot be held any more: nothing of it is left to hold.
    if disputes and share != ALL and is_open(disputes):
        return "held"
    return "pending" if now < due_at else "payable"


def _reason(kind: Kind, disputes: Sequence[Dispute], share: Share) -> str:
    if disputes and (is_lost(disputes) or (share != ALL and is_open(disputes))):
        return "dispute"
    return "refund" if share[0] else kind


def what_changed(old: PaymentEffect, new: PaymentEffect) -> str:
    """Name what turned one effect of a payment into a later one, for the receipt of the difference.

    banned, held (a dispute was opened), refund, dispute (it was lost), dispute_won, released (the
    hold is over), recomputed (anything else: another class, another time, more known).
    """
    if new.reason == "banned" != old.reason:
        return "banned"
    if new.account == "held" != old.account:
        return "held"
    taken, was_taken = new.taken_num * old.taken_den, old.taken_num * new.taken_den
    if taken > was_taken:
        return "dispute" if new.reason == "dispute" and new.account != "held" else "refund"
    if old.account == "held" != new.account or (taken < was_taken and old.reason == "dispute"):
        return "dispute_won"
    has_same_worth = (old.kept_minor, old.xp_kept) == (new.kept_minor, new.xp_kept)
    if (old.account, new.account) == ("pending", "payable") and has_same_worth:
        return "released"
    return "recomputed"


def _storable(share: Share) -> Share:
    """Shorten a share for the record; every figure is computed from the exact one."""
    num, den = share
    shift = max(den.bit_length() - LARGEST_STORED_BITS, 0)
    return (num >> shift, den >> shift)
