"""An independent model of the books: slow, simple, and written from the rule book alone.

It imports nothing of the product. Numbers stand here as the rule book prints them, fractions are
`Fraction`, rounding is Python's own `round` (half to even), and everything is recomputed from
the list of webhook bodies each time it is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.model import bodies
from tests.model.bodies import Body

HOLD = timedelta(days=30)
CLICK_LIFE = timedelta(days=30)
RALLY = timedelta(hours=168)
GOES_ON = ("subscription_cycle", "subscription_update")
XP_BP = {"novice": 10000, "scout": 12500, "sage": 11500, "champion": 10000}
MONEY_BP = {"novice": 10000, "scout": 10000, "sage": 11000, "champion": 12000}


@dataclass(frozen=True)
class Choice:
    """Something a member did or suffered: kind `class`, `prestige` or `ban`, with its value."""

    user_id: str
    kind: str
    at: datetime
    value: str


@dataclass
class World:
    """All that the books are a function of, besides the bodies themselves."""

    codes: Mapping[str, str]
    """Code → Whop user id of the referrer. None of them expires."""
    choices: Sequence[Choice] = ()
    clicks: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)
    """Token → (referrer, when)."""
    owner_id: str = ""
    zone: str = "UTC"
    moves: Sequence[tuple[datetime, str]] = ()
    """Changes of the time zone, each at another moment."""
    ties: Sequence[tuple[datetime, str, str]] = ()
    """(from when on, promo code, Whop user id): the code is theirs; no user = nobody's."""
    affiliates: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)
    """Membership → (whom Whop named, when we heard it)."""
    decisions: Sequence[tuple[datetime, str, str, str]] = ()
    """(when, buyer, referrer, first payment): the creator's word; no referrer = nobody."""


@dataclass
class Sale:
    """One payment credited to a referrer, with all that is worked out of it."""

    payment: Body
    referrer: str
    buyer: str
    is_conversion: bool
    opens_day: bool = False
    in_rally: bool = False
    commission: int = 0
    kept: int = 0
    xp: int = 0
    counted: bool = False
    account: str = ""
    usd_kept: int = 0


def books(
    facts_log: Iterable[tuple[Any, datetime]],
    codes: Mapping[str, str],
    choices: Sequence[Choice],
    now: datetime,
    **more: Any,
) -> dict[str, dict[str, Any]]:
    """Work out every member's books from (webhook body, received_at) pairs in any order.

    A body may be bytes, text or parsed JSON. The answer maps a Whop user id to `money`
    (currency → pending, held, payable, in minor units), `payment_xp`, `lesson_xp`,
    `total_referrals` and `earned_usd_cents`. `more`: `clicks`, `owner_id`, `zone`,
    `moves`, `ties`, `affiliates`, `decisions`.
    """
    world = World(codes=codes, choices=choices, **more)
    told = bodies.Told(facts_log)
    sales = [sale for buyer in told.buyers() for sale in credit(buyer, told, world)]
    for sale in sales:
        sale.in_rally = sale.is_conversion and is_rally(sale, sales)
        value(sale, told, world, now)
    return add_up(sales, told, world)


def add_up(sales: list[Sale], told: bodies.Told, world: World) -> dict[str, dict[str, Any]]:
    """Sum the sales and lessons by member; amounts that are zero are left out."""
    answer: dict[str, dict[str, Any]] = defaultdict(
        lambda: {
            "money": {},
            "payment_xp": 0,
            "lesson_xp": 0,
            "total_referrals": 0,
            "earned_usd_cents": 0,
        }
    )
    for sale in sales:
        mine = answer[sale.referrer]
        if sale.kept:
            purse = mine["money"].setdefault(sale.payment["currency"], {})
            purse[sale.account] = purse.get(sale.account, 0) + sale.kept
        mine["payment_xp"] += sale.xp
        mine["total_referrals"] += sale.counted
        mine["earned_usd_cents"] += sale.usd_kept
    for user_id, xp in lesson_xp(told, world).items():
        answer[user_id]["lesson_xp"] = xp
    return dict(answer)


# --- whom a payment credits ---------------------------------------------------------------------


def credit(buyer: str, told: bodies.Told, world: World) -> list[Sale]:
    """Find the referral of a buyer, and every payment it is credited with."""
    paid = sorted(
        (p for p in told.payments.values() if p["buyer"] == buyer and p["base"] > 0),
        key=lambda p: (p["at"], p["id"]),
    )
    referral = decided(buyer, told, world)
    if referral == NOT_DECIDED:
        referral = find_referral(paid, told, world)
    if referral is None:
        return []
    start, referrer = referral
    sales = [
        Sale(payment, referrer, buyer, is_conversion=False)
        for payment in paid
        if (payment["at"], payment["id"]) >= start
    ]
    for sale in sales:
        if may_convert(sale.payment, told):
            sale.is_conversion = True
            break
    seen_days = set()
    for sale in sales:
        if not sale.is_conversion:
            day = local_day(sale.payment["at"], world)
            sale.opens_day = day not in seen_days
            seen_days.add(day)
    return sales


NOT_DECIDED = ((datetime.min.replace(tzinfo=UTC), ""), "")


def decided(buyer: str, told: bodies.Told, world: World) -> tuple[tuple[datetime, str], str] | None:
    """Say what the creator decided last about a payment of this buyer's."""
    about = [
        (at, payment, referrer)
        for at, whom, referrer, payment in world.decisions
        if whom == buyer and told.payments.get(payment, {}).get("buyer") == buyer
    ]
    if not about:
        return NOT_DECIDED
    _, payment, referrer = max(about)
    if referrer in {"", buyer, world.owner_id}:
        return None
    return (told.payments[payment]["at"], payment), referrer


def find_referral(
    paid: list[Body], told: bodies.Told, world: World
) -> tuple[tuple[datetime, str], str] | None:
    """Live through the moments at which claims became known; keep what holds at the end."""
    known = []
    for payment in paid:
        for place, (referrer, since) in enumerate(claims(payment, told, world)):
            known.append((since, (payment["at"], payment["id"], place), referrer))
    held: tuple[tuple[datetime, str, int], str] | None = None
    for since, start, referrer in sorted(known):
        if held is None or (start < held[0] and since <= held[0][0] + HOLD):
            held = (start, referrer)
    return None if held is None else ((held[0][0], held[0][1]), held[1])


def claims(payment: Body, told: bodies.Told, world: World) -> list[tuple[str, datetime]]:
    """Say whom a payment names, weightiest first, and since when we knew each."""
    membership = told.memberships.get(payment["membership"])
    if payment["reason"] in GOES_ON and told.starter(payment["membership"]) not in {
        None,
        payment["buyer"],
    }:
        return []
    created = [payment["created"]]
    if membership:
        created.append(membership["created"])
    asked: list[tuple[str | None, datetime]] = []
    if payment["ref"]:
        asked.append((named(payment["ref"], created, world), payment["ref_received"]))
    if membership and membership["ref"]:
        since = max(payment["received"], membership["ref_received"])
        asked.append((named(membership["ref"], created, world), since))
    tied = [tie for tie in world.ties if tie[1] == payment["promo"] and tie[0] <= payment["at"]]
    if payment["promo"] and tied:
        asked.append((max(reversed(tied), key=lambda tie: tie[0])[2], payment["promo_received"]))
    if payment["membership"] in world.affiliates:
        affiliate, heard = world.affiliates[payment["membership"]]
        asked.append((affiliate, max(payment["received"], heard)))
    return [
        (referrer, since)
        for referrer, since in asked
        if referrer and referrer not in {payment["buyer"], world.owner_id}
    ]


def named(ref: str | None, created: list[datetime], world: World) -> str | None:
    """Resolve a code or a click token."""
    if not ref:
        return None
    if ref.upper() in world.codes:
        return world.codes[ref.upper()]
    if ref in world.clicks:
        referrer, clicked = world.clicks[ref]
        if any(moment - clicked <= CLICK_LIFE for moment in created):
            return referrer
    return None


def may_convert(payment: Body, told: bodies.Told) -> bool:
    """Say whether this payment begins something: a sale, or the paid life after a trial."""
    if payment["reason"] not in GOES_ON:
        return True
    if not payment["membership"] or not told.began_free(payment["membership"]):
        return False
    same = [p for p in told.payments.values() if p["membership"] == payment["membership"]]
    first = min((p["at"], p["id"]) for p in same if p["base"] > 0)
    return first == (payment["at"], payment["id"])


# --- what it is worth ---------------------------------------------------------------------------


def value(sale: Sale, told: bodies.Told, world: World, now: datetime) -> None:
    """Work out commission, XP and counts of one sale, as of now."""
    payment = sale.payment
    at = payment["at"]
    banned = chosen(sale.referrer, "ban", at, world) == "banned"
    role = chosen(sale.referrer, "class", at, world) or "novice"
    runs = int(chosen(sale.referrer, "prestige", at, world) or 0)
    base = payment["base"]
    usd_base = usd(base, payment)
    taken = told.taken(payment)
    if not banned:
        formula = round(Fraction(base * 1000 * MONEY_BP[role], 10**8))
        sale.commission = min(formula, base * 5000 // 10000)
        bp = XP_BP[role] + 500 * runs + ability(role, usd_base, sale)
        sale.xp = points(sale, usd_base) * bp // 10000
    sale.kept = sale.commission - round(sale.commission * taken)
    sale.usd_kept = usd(sale.kept, payment)
    sale.xp -= round(sale.xp * taken)
    sale.counted = sale.is_conversion and not banned and usd_base >= 100 and taken < Fraction(1, 2)
    if told.in_dispute(payment):
        sale.account = "held"
    else:
        sale.account = "pending" if now < at + HOLD else "payable"


def points(sale: Sale, usd_base: int) -> int:
    """Count the points before any multiplier."""
    if sale.is_conversion:
        return 100 + min(2 * (usd_base // 100), 2000)
    return (10 if sale.opens_day else 0) + min(usd_base // 100, 1000)


def ability(role: str, usd_base: int, sale: Sale) -> int:
    """Say what the class adds on a conversion."""
    if not sale.is_conversion:
        return 0
    if role == "scout":
        return 2000
    if role == "sage" and usd_base >= 10000:
        return 5000
    return 1500 if role == "champion" and sale.in_rally else 0


def is_rally(sale: Sale, sales: list[Sale]) -> bool:
    """Count the referrer's conversions of the seven days before, this one included."""
    at = sale.payment["at"]
    near = [
        other
        for other in sales
        if other.referrer == sale.referrer
        and other.is_conversion
        and at - RALLY < other.payment["at"] <= at
    ]
    return len(near) >= 3


def usd(amount: int, payment: Body) -> int:
    """Value an amount of the payment's currency in US cents."""
    if payment["currency"] == "usd":
        return amount
    if payment["usd_whole"] is None:
        return 0
    worth: Fraction = amount * payment["usd_whole"] / Fraction(payment["total"])
    return round(worth)


def chosen(user_id: str, kind: str, at: datetime, world: World) -> str:
    """Read the newest choice of a kind that was made by then."""
    made = [c for c in world.choices if c.user_id == user_id and c.kind == kind and c.at <= at]
    return max(made, key=lambda c: c.at).value if made else ""


def local_day(at: datetime, world: World) -> datetime:
    """Name the company's local day by its first moment.

    At a change of zone the open day runs on to the first midnight of the new zone at or after its
    old end.
    """
    zone = ZoneInfo(world.zone)
    long_start: datetime | None = None
    long_end: datetime | None = None
    for moment, name in sorted(world.moves):
        if at < moment:
            break
        if long_start is not None and long_end is not None and moment < long_end:
            start, end = long_start, long_end
        else:
            start, end = midnight(moment, zone), midnight(moment, zone, days=1)
        zone = ZoneInfo(name)
        since = midnight(end, zone)
        if since < end:
            since = midnight(end, zone, days=1)
        long_start, long_end = start, since
    if long_start is not None and long_end is not None and long_start <= at < long_end:
        return long_start
    return midnight(at, zone)


def midnight(at: datetime, zone: ZoneInfo, days: int = 0) -> datetime:
    """Say when the local day of a moment began, or the one so many days after."""
    day = at.astimezone(zone).date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def lesson_xp(told: bodies.Told, world: World) -> dict[str, int]:
    """Add up the lessons of each user: five points each, the first ten of a day."""
    days: dict[tuple[str, datetime], list[tuple[datetime, str]]] = defaultdict(list)
    for (user_id, lesson_id), at in told.lessons.items():
        if chosen(user_id, "ban", at, world) != "banned":
            days[user_id, local_day(at, world)].append((at, lesson_id))
    total: dict[str, int] = defaultdict(int)
    for (user_id, _), done in days.items():
        for at, _ in sorted(done)[:10]:
            role = chosen(user_id, "class", at, world) or "novice"
            runs = int(chosen(user_id, "prestige", at, world) or 0)
            total[user_id] += 5 * (XP_BP[role] + 500 * runs) // 10000
    return dict(total)
