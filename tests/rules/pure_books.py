"""The books that the product's own rules give for a list of deliveries, without any database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from game.rules import merging
from game.rules.attribution import attribute, classify, starter_of
from game.rules.bodies import read_envelope
from game.rules.calendar_windows import Zones
from game.rules.effects import Attribution, Kind
from game.rules.fact_kinds import read_event
from game.rules.facts import (
    Affiliate,
    BuyerCase,
    Change,
    Click,
    Code,
    Decision,
    Dispute,
    Lesson,
    MemberHistory,
    Membership,
    Payment,
    Refund,
)
from game.rules.lessons import value_lessons
from game.rules.pricing import price
from game.rules.rally import rally_flags
from game.rules.ruleset import Rules
from tests.model.oracle import Choice

Answer = dict[str, dict[str, Any]]


class Facts:
    """All facts of one company, merged as they come."""

    def __init__(self, log: Iterable[tuple[dict[str, Any], datetime]]) -> None:
        self.payments: dict[str, Payment] = {}
        self.refunds: dict[str, Refund] = {}
        self.disputes: dict[str, Dispute] = {}
        self.memberships: dict[str, Membership] = {}
        self.lessons: dict[tuple[str, str], Lesson] = {}
        for body, received_at in log:
            self._take(read_event(read_envelope(body), body["data"], received_at))

    def _take(self, fact: object) -> None:
        if isinstance(fact, Payment):
            old = self.payments.get(fact.payment_id, fact)
            self.payments[fact.payment_id] = merging.merge_payment(old, fact)
        elif isinstance(fact, Refund):
            known = self.refunds.get(fact.refund_id, fact)
            self.refunds[fact.refund_id] = merging.merge_refund(known, fact)
        elif isinstance(fact, Dispute):
            heard = self.disputes.get(fact.dispute_id, fact)
            self.disputes[fact.dispute_id] = merging.merge_dispute(heard, fact)
        elif isinstance(fact, Membership):
            held = self.memberships.get(fact.membership_id, fact)
            self.memberships[fact.membership_id] = merging.merge_membership(held, fact)
        elif isinstance(fact, Lesson):
            key = (fact.user_id, fact.lesson_id)
            self.lessons[key] = merging.merge_lesson(self.lessons.get(key, fact), fact)

    def cases(
        self, codes: Mapping[str, Code], clicks: Mapping[str, Click], **more: Any
    ) -> list[BuyerCase]:
        """Put together what is known of each buyer. `more`: `ties`, `affiliates`, `decisions`."""
        decisions = more.pop("decisions", {})
        paid: dict[str, list[Payment]] = defaultdict(list)
        for payment in self.payments.values():
            paid[payment.buyer_id].append(payment)
        refunds: dict[str, list[Refund]] = defaultdict(list)
        for refund in self.refunds.values():
            refunds[refund.payment_id].append(refund)
        disputes: dict[str, list[Dispute]] = defaultdict(list)
        for dispute in self.disputes.values():
            disputes[dispute.payment_id].append(dispute)
        in_order = sorted(self.payments.values(), key=lambda p: p.order)
        firsts: dict[str, str] = {}
        payers: dict[str, Payment] = {}
        begun: dict[str, Payment] = {}
        for payment in in_order:
            begun.setdefault(payment.membership_id, payment)
            if payment.above_zero:
                firsts.setdefault(payment.membership_id, payment.payment_id)
            if payment.buyer_id:
                payers.setdefault(payment.membership_id, payment)
        starters = {
            membership_id: starter_of(self.memberships.get(membership_id), p.buyer_id, p.at)
            for membership_id, p in payers.items()
        }
        free = {membership_id for membership_id, p in begun.items() if not p.above_zero}
        free |= {m.membership_id for m in self.memberships.values() if m.seen_trialing}
        return [
            BuyerCase(
                buyer_id=buyer_id,
                payments=payments,
                refunds=refunds,
                disputes=disputes,
                memberships=self.memberships,
                codes=codes,
                clicks=clicks,
                starters=starters,
                trial_memberships=frozenset(free),
                first_payments=firsts,
                decisions=decisions.get(buyer_id, ()),
                **more,
            )
            for buyer_id, payments in sorted(paid.items())
            if buyer_id
        ]


def histories(choices: Sequence[Choice]) -> dict[str, MemberHistory]:
    """Sort the choices into a history for each member."""
    made: dict[str, dict[str, list[Change]]] = defaultdict(lambda: defaultdict(list))
    for choice in sorted(choices, key=lambda c: c.at):
        made[choice.user_id][choice.kind].append(Change(choice.at, choice.value))
    return {
        user_id: MemberHistory(user_id, kinds["class"], kinds["prestige"], kinds["ban"])
        for user_id, kinds in made.items()
    }


def tied(ties: Sequence[tuple[datetime, str, str]]) -> dict[str, list[Change]]:
    """Sort the ties of promo codes by code."""
    answer: dict[str, list[Change]] = defaultdict(list)
    for since, promo, who in sorted(ties, key=lambda tie: tie[0]):
        answer[promo].append(Change(since, who))
    return answer


def decided(
    decisions: Sequence[tuple[datetime, str, str, str]],
) -> dict[str, list[Decision]]:
    """Sort what the creator decided by buyer."""
    answer: dict[str, list[Decision]] = defaultdict(list)
    for at, buyer, who, payment_id in decisions:
        answer[buyer].append(Decision(at, who, payment_id))
    return answer


def pure_books(
    log: Iterable[tuple[dict[str, Any], datetime]],
    codes: Mapping[str, str],
    choices: Sequence[Choice],
    now: datetime,
    *,
    clicks: Mapping[str, tuple[str, datetime]],
    owner_id: str,
    zone: str,
    moves: Sequence[tuple[datetime, str]] = (),
    ties: Sequence[tuple[datetime, str, str]] = (),
    affiliates: Mapping[str, tuple[str, datetime]] | None = None,
    decisions: Sequence[tuple[datetime, str, str, str]] = (),
) -> Answer:
    """Work out the same answer as the model does, with the product's rules."""
    facts, rules, zones = Facts(log), Rules(), Zones([(None, zone), *moves])
    known = histories(choices)
    cases = facts.cases(
        {code: Code(code, who, None) for code, who in codes.items()},
        {token: Click(token, who, at) for token, (who, at) in clicks.items()},
        ties=tied(ties),
        affiliates={key: Affiliate(*told) for key, told in (affiliates or {}).items()},
        decisions=decided(decisions),
    )
    credited: list[tuple[BuyerCase, Attribution, dict[str, Kind]]] = []
    conversions: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for case in cases:
        attribution = attribute(case, rules, owner_id)
        if attribution is None:
            continue
        kinds = classify(case, attribution)
        credited.append((case, attribution, kinds))
        conversions[attribution.referrer_id] += [
            (p.payment_id, p.at) for p in case.payments if kinds.get(p.payment_id) == "conversion"
        ]
    answer: Answer = defaultdict(
        lambda: {
            "money": {},
            "payment_xp": 0,
            "lesson_xp": 0,
            "total_referrals": 0,
            "earned_usd_cents": 0,
        }
    )
    for case, attribution, kinds in credited:
        who = attribution.referrer_id
        history = known.get(who, MemberHistory(who))
        rally = rally_flags(conversions[who], rules)
        for effect in price(case, attribution, kinds, history, rally, rules, zones, now):
            mine = answer[who]
            if effect.kept_minor:
                purse = mine["money"].setdefault(effect.currency, {})
                purse[effect.account] = purse.get(effect.account, 0) + effect.kept_minor
            mine["payment_xp"] += effect.xp_kept
            mine["total_referrals"] += effect.counted
            mine["earned_usd_cents"] += effect.usd_kept_cents
    done: dict[str, list[Lesson]] = defaultdict(list)
    for lesson in facts.lessons.values():
        done[lesson.user_id].append(lesson)
    for who, lessons in done.items():
        history = known.get(who, MemberHistory(who))
        xp = sum(effect.xp for effect in value_lessons(lessons, history, rules, zones))
        if xp:
            answer[who]["lesson_xp"] = xp
    return dict(answer)
