"""Everything known of one buyer that bears on who is credited: for the creator to decide by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from game.rules.attribution import claims_of
from game.rules.facts import BuyerCase, Click, newest_name
from game.rules.refusals import Refusal
from game.rules.touches import MODELS, Touch, shares, touches_of
from game.services.crediting.deciding import Credit, read_credit
from game.services.ledger.money_reads import Money
from game.services.platform.keyset import Key, Page, cut
from game.services.referrals.reads import STATE
from game.services.rulesets.charter import Charter, load_charter
from game.services.settlement.cases import load_cases
from models.session import Transaction

MOST_CLICKS = 200
MOST_PAYMENTS = 200
"""What one page shows of a buyer; nearly all have a handful."""


@dataclass(frozen=True, slots=True)
class Named:
    """A member as the journal names them; `username` empty = not known."""

    user_id: str
    username: str


@dataclass(frozen=True, slots=True)
class ShownTouch:
    """A touch, and whether the standing claim is it."""

    at: datetime
    kind: str
    word: str
    referrer: Named
    is_own: bool


@dataclass(frozen=True, slots=True)
class ShownShare:
    """What a model would give a member."""

    referrer: Named
    share_bp: int


@dataclass(frozen=True, slots=True)
class ShownModel:
    """One other way to share the credit."""

    model: str
    shares: list[ShownShare]


@dataclass(frozen=True, slots=True)
class ShownPayment:
    """A payment of the buyer's, and whom its own claims name, weightiest first."""

    payment_id: str
    at: datetime
    total: Money
    kind: str
    claims: list[Named]


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """A decision a creator made about this buyer."""

    at: datetime
    actor_user_id: str
    referrer: Named
    payment_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Journal:
    """One buyer: who is credited, by what, and what else pointed to whom.

    `models` say what first click, linear and time decay would have given at the first payment above
    zero; nothing of it is booked.
    """

    buyer_id: str
    buyer_name: str
    source: str
    referrer: Named
    started_at: datetime | None
    payment_id: str
    payments: list[ShownPayment]
    touches: list[ShownTouch]
    models: list[ShownModel]
    decisions: list[ShownDecision]


@dataclass(frozen=True, slots=True)
class Credited:
    """A buyer and who is credited for them, as the creator's list shows it."""

    buyer_id: str
    buyer_name: str
    referrer: Named
    source: str
    state: str
    started_at: datetime
    commission: Money | None


def read_credited(
    tx: Transaction, company_id: str, search: str, after: Key | None, limit: int
) -> Page[Credited]:
    """All credited buyers by id; `search`: a buyer's id or name, or a member's name or id."""
    rows = tx.rows(
        "SELECT r.buyer_id, r.buyer_name, m.whop_user_id, m.username, r.source, "  # noqa: S608
        f"{STATE}, r.started_at, e.kept_minor, e.currency, e.exponent "
        "FROM referral r JOIN member m ON m.company_id = r.company_id AND m.id = r.member_id "
        "LEFT JOIN payment_effect e ON e.company_id = r.company_id "
        "  AND e.payment_id = r.conversion_payment_id "
        "WHERE r.company_id = %(company)s AND r.buyer_id > %(after)s AND (%(search)s = '' "
        "  OR r.buyer_id = %(search)s OR r.buyer_name = %(search)s "
        "  OR m.whop_user_id = %(search)s OR m.username_lower = lower(%(search)s)) "
        "ORDER BY r.buyer_id LIMIT %(rows)s",
        {
            "company": company_id,
            "after": after[0] if after else "",
            "search": search,
            "rows": limit + 1,
        },
    )
    found = []
    for buyer, name, user, username, source, state, started, kept, currency, exponent in rows:
        money = None if currency is None else Money(kept, currency, exponent)
        named = Named(user, username)
        found.append(Credited(buyer, name, named, source, state, started, money))
    return cut(found, limit, lambda one: (one.buyer_id,))


def read_journal(tx: Transaction, company_id: str, wanted: str) -> Journal:
    """The journal of a buyer, by Whop user id or by name. Refuses `not_found`."""
    buyer_id = _buyer_of(tx, company_id, wanted)
    charter = load_charter(tx, company_id)
    case = load_cases(tx, {company_id: charter}, [(company_id, buyer_id)])[company_id, buyer_id]
    credit = read_credit(tx, company_id, buyer_id)
    touches = touches_of(case, _other_clicks(tx, company_id, case))
    decided = _decisions(tx, company_id, buyer_id)
    payments, claims = _payments(tx, company_id, case, charter)
    users = {touch.referrer_id for touch in touches} | {credit.referrer_id}
    users |= {who for mine in claims.values() for who in mine} | {row[2] for row in decided}
    names = _names(tx, company_id, users)
    return Journal(
        buyer_id=buyer_id,
        buyer_name=newest_name(case.payments),
        source=credit.source,
        referrer=names(credit.referrer_id),
        started_at=credit.started_at,
        payment_id=credit.payment_id,
        payments=[
            ShownPayment(*row, [names(who) for who in claims.get(row[0], ())]) for row in payments
        ],
        touches=[
            ShownTouch(one.at, one.kind, one.word, names(one.referrer_id), one.is_own)
            for one in touches
        ],
        models=_models(case, credit, touches, names),
        decisions=[
            ShownDecision(at, actor, names(who), payment, reason)
            for at, actor, who, payment, reason in decided
        ],
    )


class _Names:
    """Members by Whop user id."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known

    def __call__(self, user_id: str) -> Named:
        return Named(user_id, self._known.get(user_id, ""))


def _names(tx: Transaction, company_id: str, users: Collection[str]) -> _Names:
    rows = tx.rows(
        "SELECT whop_user_id, username FROM member "
        "WHERE company_id = %s AND whop_user_id = ANY(%s)",
        (company_id, sorted(users)),
    )
    return _Names(dict(rows))


def _buyer_of(tx: Transaction, company_id: str, wanted: str) -> str:
    rows = tx.rows(
        "SELECT buyer_id FROM payment WHERE company_id = %(company)s AND buyer_id = %(wanted)s "
        "UNION ALL SELECT buyer_id FROM payment "
        "WHERE company_id = %(company)s AND buyer_name = %(wanted)s AND buyer_id <> '' LIMIT 1",
        {"company": company_id, "wanted": wanted},
    )
    if not rows or not wanted:
        raise Refusal("not_found", "Nobody of that id or name has paid.", {"buyer": wanted[:100]})
    return str(rows[0][0])


def _other_clicks(tx: Transaction, company_id: str, case: BuyerCase) -> Iterable[Click]:
    """The newest other clicks of the visitors behind the clicks that purchases name."""
    if not case.clicks:
        return []
    rows = tx.rows(
        "SELECT c.token, m.whop_user_id, c.at FROM click c "
        "JOIN member m ON m.company_id = c.company_id AND m.id = c.member_id "
        "WHERE c.company_id = %(company)s AND c.visitor IN "
        "  (SELECT visitor FROM click WHERE company_id = %(company)s AND token = ANY(%(tokens)s)) "
        "ORDER BY c.at DESC LIMIT %(most)s",
        {"company": company_id, "tokens": sorted(case.clicks), "most": MOST_CLICKS},
    )
    return [Click(*row) for row in rows]


def _payments(
    tx: Transaction, company_id: str, case: BuyerCase, charter: Charter
) -> tuple[list[tuple[str, datetime, Money, str]], dict[str, list[str]]]:
    """The buyer's payments with what the books call them, and whom each one's claims name."""
    kinds: dict[str, str] = dict(
        tx.rows(
            "SELECT payment_id, kind FROM payment_effect "
            "WHERE company_id = %s AND payment_id = ANY(%s)",
            (company_id, [one.payment_id for one in case.payments]),
        )
    )
    in_order = sorted(case.payments, key=lambda one: one.order)[:MOST_PAYMENTS]
    payments = [
        (
            one.payment_id,
            one.at,
            Money(one.total_minor, one.currency, one.exponent),
            kinds.get(one.payment_id, "none"),
        )
        for one in in_order
    ]
    claims: dict[str, list[str]] = {}
    for claim in claims_of(case, charter.rules, charter.owner_id):
        claims.setdefault(claim.payment.payment_id, []).append(claim.referrer_id)
    return payments, claims


def _decisions(
    tx: Transaction, company_id: str, buyer_id: str
) -> list[tuple[datetime, str, str, str, str]]:
    rows = tx.rows(
        "SELECT at, actor_user_id, value, coalesce(details ->> 'payment_id', ''), "
        "  coalesce(details ->> 'reason', '') "
        "FROM company_fact WHERE company_id = %s AND kind = 'credit' AND subject = %s "
        "ORDER BY at DESC, key DESC",
        (company_id, buyer_id),
    )
    return [(at, actor, who, payment, reason) for at, actor, who, payment, reason in rows]


def _models(
    case: BuyerCase, credit: Credit, touches: list[Touch], names: _Names
) -> list[ShownModel]:
    """What the models give at the moment the referral starts, else at the first paid purchase."""
    paid = sorted(one.at for one in case.payments if one.above_zero)
    until = credit.started_at or (paid[0] if paid else None)
    if until is None:
        return []
    return [
        ShownModel(
            model,
            [
                ShownShare(names(one.referrer_id), one.share_bp)
                for one in shares(touches, until, model)
            ],
        )
        for model in MODELS
    ]
