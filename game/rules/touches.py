"""All that ever pointed a buyer to a member, and what other ways to share credit would have given.

Shown beside the books, never booked: what is credited is `attribution`'s alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal

from game.rules.codes import canonical
from game.rules.facts import BuyerCase, Click, Payment
from game.rules.money import WHOLE_BP

HALF_LIFE = timedelta(days=7)
"""After this long a touch weighs half as much by time decay."""

Kind = Literal["code", "click", "promo", "affiliate"]
Model = Literal["first_click", "linear", "time_decay"]


@dataclass(frozen=True, slots=True)
class Touch:
    """Something that names a referrer: a click, or a code that came with a purchase.

    `word`: the code, token, promo code or membership that says so. `is_own`: it names the buyer.
    """

    at: datetime
    kind: Kind
    word: str
    referrer_id: str
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What a model gives one referrer; the shares of a model add up to 10,000 basis points."""

    referrer_id: str
    share_bp: int


def touches_of(case: BuyerCase, other_clicks: Iterable[Click] = ()) -> list[Touch]:
    """Give every touch of a buyer once, in order of time.

    `other_clicks` are those of the same visitors that no purchase names.
    """
    found: dict[tuple[str, str], Touch] = {}

    def note(at: datetime, kind: Kind, word: str, referrer_id: str) -> None:
        key = (kind, word)
        if referrer_id and (key not in found or at < found[key].at):
            found[key] = Touch(at, kind, word, referrer_id, referrer_id == case.buyer_id)

    for payment in case.payments:
        membership = case.memberships.get(payment.membership_id)
        for ref, at in _refs(payment, case):
            code, click = case.codes.get(canonical(ref)), case.clicks.get(ref)
            if code is not None:
                note(at, "code", code.code, code.referrer_id)
            elif click is not None:
                note(click.at, "click", click.token, click.referrer_id)
        ties = [tie for tie in case.ties.get(payment.promo_code_id, ()) if tie.at <= payment.at]
        if ties:
            note(payment.created_at, "promo", payment.promo_code_id, ties[-1].value)
        affiliate = case.affiliates.get(payment.membership_id)
        if affiliate is not None:
            began = payment.created_at if membership is None else membership.created_at
            note(began, "affiliate", payment.membership_id, affiliate.user_id)
    for click in other_clicks:
        note(click.at, "click", click.token, click.referrer_id)
    return sorted(found.values(), key=lambda one: (one.at, one.kind, one.word))


def _refs(payment: Payment, case: BuyerCase) -> list[tuple[str, datetime]]:
    membership = case.memberships.get(payment.membership_id)
    named = [(payment.ref, payment.created_at)]
    if membership is not None:
        named.append((membership.ref, membership.created_at))
    return [(ref, at) for ref, at in named if ref]


def shares(touches: Sequence[Touch], until: datetime, model: Model) -> list[Share]:
    """Share the credit of a purchase made at `until` among the touches up to then.

    What is left by rounding goes to the largest remainders, then by id. Touches of the buyer's own
    count for nobody; empty = there is no touch that counts.
    """
    counted = [one for one in touches if one.at <= until and not one.is_own]
    weights: dict[str, Fraction] = defaultdict(Fraction)
    for place, touch in enumerate(counted):
        weights[touch.referrer_id] += _WEIGHTS[model](place, until - touch.at)
    total = sum(weights.values())
    if not total:
        return []
    exact = {who: WHOLE_BP * weight / total for who, weight in weights.items()}
    given = {who: int(part) for who, part in exact.items()}
    rest = WHOLE_BP - sum(given.values())
    for who in sorted(exact, key=lambda one: (given[one] - exact[one], one))[:rest]:
        given[who] += 1
    in_order = sorted(given.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Share(who, part) for who, part in in_order if part]


def _decayed(age: timedelta) -> Fraction:
    """Halve with each half-life, and fall in a straight line in between: exact, without a float."""
    halvings, rest = divmod(age, HALF_LIFE)
    within = Fraction(rest // timedelta(microseconds=1), HALF_LIFE // timedelta(microseconds=1))
    return (1 - within / 2) * Fraction(1, 2**halvings)


_WEIGHTS: dict[Model, Callable[[int, timedelta], Fraction]] = {
    "first_click": lambda place, _: Fraction(place == 0),
    "linear": lambda _, __: Fraction(1),
    "time_decay": lambda _, age: _decayed(age),
}
MODELS: tuple[Model, ...] = ("first_click", "linear", "time_decay")
