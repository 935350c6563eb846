"""What one more sale would bring a member, by the rules as they stand. Reads only.

The sale goes through the same pricing and the same progress as a real one; what a posting would
write is thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from game.rules import levels
from game.rules.effects import PaymentEffect
from game.rules.member_progress import Decision, decide
from game.rules.money import ISO_EXPONENTS
from game.rules.multipliers import class_at, multiplied, multiplier_at
from game.rules.outlook import Sale, ability_xp, look_ahead
from game.rules.rally import rally_window
from game.rules.refusals import Refusal
from game.rules.streaks import Activity, current_streak
from game.rules.takeback import USD
from game.services.ledger.money_reads import Money
from game.services.ledger.posting import Posting
from game.services.members.profile import no_such_member
from game.services.members.store import MemberState, read_members
from game.services.members.streaks import around, load_activity
from game.services.progress.advancing import load
from game.services.rulesets.charter import Charter, load_charter
from models.session import Transaction

RANKS = """
SELECT count(*) FILTER (WHERE lifetime_xp > %(now)s), count(*) FILTER (WHERE lifetime_xp > %(then)s)
FROM member WHERE company_id = %(company)s AND id <> %(member)s AND lifetime_xp > %(now)s
"""


@dataclass(frozen=True, slots=True)
class Step:
    """A figure now, and after the sale."""

    now: int
    then: int


@dataclass(frozen=True, slots=True)
class QuestAhead:
    """A quest the sale would finish. `xp`: its reward after class and prestige, once claimed.

    `id` None: one that is yet to be given, as the day has just begun.
    """

    id: int | None
    title: str
    xp: int


@dataclass(frozen=True, slots=True)
class BadgeAhead:
    """An achievement the sale would unlock; its XP is part of the sum."""

    key: str
    title: str
    xp: int


@dataclass(frozen=True, slots=True)
class Game:
    """What the sale would bring in the game. `xp` = `sale_xp` and that of `achievements`.

    `ability_xp` is the part of `sale_xp` that the ability `ability` adds; quests stand apart, as
    their rewards are claimed.
    """

    xp: int
    sale_xp: int
    ability: str | None
    ability_xp: int
    level: Step
    xp_to_next_level: int
    streak_days: Step
    rank: Step
    quests: list[QuestAhead]
    achievements: list[BadgeAhead]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one more sale would bring. `game` is None where its dollars would not be known yet."""

    sale: Money
    commission: Money
    payable_at: datetime
    game: Game | None


def read_outlook(
    tx: Transaction, company_id: str, member_id: int, asked: tuple[int, str], now: datetime
) -> Outlook:
    """Look ahead to a sale of (minor units, currency), in a fixed number of queries.

    Refuses `not_found`, `unknown_currency` and `creator_earns_nothing`.
    """
    charter = load_charter(tx, company_id)
    key = (company_id, member_id)
    member = read_members(tx, [key]).get(key)
    if member is None:
        raise no_such_member(member_id)
    if charter.owner_id and member.whop_user_id == charter.owner_id:
        raise Refusal("creator_earns_nothing", "The owner of a company earns nothing in it.")
    amount, currency = asked
    sale = Sale(amount, currency, _exponent(tx, currency))
    near = _conversions(tx, charter, member, now)
    effect = look_ahead(sale, member.history, near, charter.rules, charter.zones, now)
    return Outlook(
        sale=Money(sale.amount_minor, sale.currency, sale.exponent),
        commission=Money(effect.kept_minor, sale.currency, sale.exponent),
        payable_at=effect.due_at,
        game=_game(tx, charter, member, effect, now) if currency == USD else None,
    )


def _exponent(tx: Transaction, currency: str) -> int:
    known = ISO_EXPONENTS.get(currency)
    if known is not None:
        return known
    rows = tx.rows("SELECT exponent FROM currency WHERE currency = %s", (currency,))
    if not rows:
        words = f"Nobody has paid in {currency!r} yet."
        raise Refusal("unknown_currency", words, {"currency": currency})
    return int(rows[0][0])


def _conversions(
    tx: Transaction, charter: Charter, member: MemberState, now: datetime
) -> list[tuple[str, datetime]]:
    return [
        (payment_id, at)
        for payment_id, at in tx.rows(
            "SELECT payment_id, at FROM payment_effect WHERE company_id = %s AND member_id = %s "
            "AND kind = 'conversion' AND at > %s AND at <= %s",
            (*member.key, now - rally_window(charter.rules), now),
        )
    ]


def _game(
    tx: Transaction, charter: Charter, member: MemberState, effect: PaymentEffect, now: datetime
) -> Game:
    rules = charter.rules.at(now)
    before, prestige = member.lifetime_xp, member.prestige_level
    known = load(tx, _as_posted(charter, member, effect, now), {charter.company_id: charter},
                 {member.key: member})[member.key]  # fmt: skip
    found = decide(known, charter.rules, charter.zones, now)
    then = found.figures.lifetime_xp
    ability = class_at(member.history, now, rules).ability
    return Game(
        xp=then - before,
        sale_xp=effect.xp_kept,
        ability=ability.name if ability else None,
        ability_xp=ability_xp(effect, member.history, charter.rules),
        level=Step(
            levels.level_now(before, prestige, rules), levels.level_now(then, prestige, rules)
        ),
        xp_to_next_level=levels.xp_to_next_level(then, prestige, rules),
        streak_days=_streak(tx, charter, member, effect, now),
        rank=_rank(tx, member, before, then),
        quests=_finished(charter, member, found, now),
        achievements=[
            BadgeAhead(one.key, found.rules.achievement(one.key).title, one.xp)
            for one in found.unlocks
        ],
    )


def _as_posted(
    charter: Charter, member: MemberState, effect: PaymentEffect, now: datetime
) -> Posting:
    """What a settlement would gather for this sale; nobody writes it."""
    posting = Posting(now)
    change = posting.changes[member.key]
    change.xp, change.referrals = effect.xp_kept, int(effect.counted)
    change.earned_usd_cents = effect.usd_kept_cents
    stretch = charter.zones.stretch(now)
    change.count(stretch, "conversions", int(effect.counts))
    change.count(stretch, "commission_usd_cents", effect.usd_value_cents)
    return posting


def _streak(
    tx: Transaction, charter: Charter, member: MemberState, effect: PaymentEffect, now: datetime
) -> Step:
    """The present streak, without and with the sale."""
    today = charter.zones.day(now)
    activity = load_activity(tx, charter, member.id, around([today]))
    with_sale = activity
    if effect.counts:
        with_sale = Activity({*activity.days, today}, min(activity.first or today, today))
    now_and_then = (current_streak(one, 0, now, charter.zones) for one in (activity, with_sale))
    return Step(*(streak.days for streak in now_and_then))


def _finished(
    charter: Charter, member: MemberState, found: Decision, now: datetime
) -> list[QuestAhead]:
    multiplier = multiplier_at(member.history, now, found.rules)
    quests = [*found.moved, *(one.quest for one in found.given)]
    return [
        QuestAhead(
            quest.id or None,
            charter.rules.numbered(quest.rule_version).quest(quest.template).title,
            multiplied(quest.reward_xp, multiplier),
        )
        for quest in quests
        if quest.is_complete
    ]


def _rank(tx: Transaction, member: MemberState, before: int, then: int) -> Step:
    asked = {"company": member.company_id, "member": member.id, "now": before, "then": then}
    [(above, above_then)] = tx.rows(RANKS, asked)
    return Step(above + 1, above_then + 1)
