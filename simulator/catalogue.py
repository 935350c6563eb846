"""What the twin's company sells, and where ids, names and buyers come from.

Everything is drawn from a given random generator, so one seed gives one world.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from random import Random

from simulator.facts import Buyer, Card, Company, Money, Person, Plan, Promo

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
FIRST_NAMES = (
    "Mira Tobin Aiko Lena Omar Priya Jonas Salma Diego Freya Kofi Nadia Elio Hana Viktor Zuri "
    "Matteo Ines Ravi Petra Callum Yara Soren Lucia Idris Noor Emil Tessa Bram Alma"
)
LAST_NAMES = (
    "Fell Okafor Lindqvist Moreau Tanaka Haddad Costa Brandt Reyes Novak Achebe Rossi Iqbal "
    "Dahl Ferreira Winter Osei Marin Kaya Holt Sato Varga Quinn Abadi Stone Petrov Lund Cole"
)
FIRST, LAST = FIRST_NAMES.split(), LAST_NAMES.split()

# US cents for one whole unit: what the twin's acquirer charged, not a rate of the product.
USD_CENTS = {
    "usd": Decimal(100),
    "eur": Decimal("108.53"),
    "jpy": Decimal("0.66"),
    "kwd": Decimal("325.00"),
}


class Ids:
    """Ids in Whop's style: a prefix and a random part without meaning."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def new(self, prefix: str, length: int = 14) -> str:
        return f"{prefix}_" + "".join(self._rng.choices(ALPHABET, k=length))

    def message(self) -> str:
        return self.new("msg", 24)


def company(company_id: str, *, owner_id: str = "", experience_id: str = "") -> Company:
    """The company of that id; owner and experience get names derived from it when not given."""
    name = company_id.removeprefix("biz_")
    return Company(
        id=company_id,
        title="Guild of Traders" if name == "demo" else f"Guild {name}",
        route=f"guild-{name.lower()}",
        owner_id=owner_id or f"user_{name}_creator",
        experience_id=experience_id or f"exp_{name}",
    )


def plans(company_id: str) -> tuple[Plan, ...]:
    """The price list: subscriptions, single purchases and a trial in four currencies."""
    tag = company_id.removeprefix("biz_")

    def plan(
        key: str, titles: tuple[str, str], price: Money, period: int | None = 30, trial: int = 0
    ) -> Plan:
        title, product = titles
        product_id = f"prod_{tag}_{product.lower().replace(' ', '_')}"
        return Plan(f"plan_{tag}_{key}", title, product_id, product, price, period, trial)

    return (
        plan("monthly", ("Monthly", "Raid Pass"), Money(4900, "usd")),
        plan("starter", ("Monthly", "Scout Notes"), Money(1005, "usd")),
        plan("trial", ("Monthly with trial", "Raid Pass"), Money(4900, "usd"), trial=7),
        plan("guild", ("Monthly", "Inner Circle"), Money(12000, "usd")),
        plan("lifetime_eu", ("Lifetime", "Raid Pass"), Money(4490, "eur"), None),
        plan("lifetime", ("Lifetime", "Order Flow 101"), Money(29900, "usd"), None),
        plan("tip", ("Once", "Tip Jar"), Money(25, "usd"), None),
        plan("monthly_jp", ("Monthly", "Raid Pass"), Money(5000, "jpy")),
        plan("lifetime_kw", ("Lifetime", "Raid Pass"), Money(10_000, "kwd"), None),
    )


def promos(company_id: str) -> tuple[Promo, ...]:
    tag = company_id.removeprefix("biz_")
    return (
        Promo(f"promo_{tag}_storm10", "STORM10", 10),
        Promo(f"promo_{tag}_half", "HALFMOON", 50),
        Promo(f"promo_{tag}_free", "GUILDGIFT", 100),
    )


def to_usd(amount: Money) -> Money:
    """What the charge came to in US cents that day."""
    cents = (amount.major * USD_CENTS[amount.currency]).to_integral_value(ROUND_HALF_EVEN)
    return Money(int(cents), "usd")


def person(rng: Random, ids: Ids) -> Person:
    first, last = rng.choice(FIRST), rng.choice(LAST)
    username = f"{first}{last}{rng.randrange(10_000)}".lower()
    return Person(ids.new("user"), username, f"{first} {last}")


def buyer(rng: Random, ids: Ids, who: Person | None = None) -> Buyer:
    """Somebody who pays. Cards and addresses are their own: nobody looks like a fraud ring."""
    card = Card(
        method_id=ids.new("payt"),
        brand=rng.choice(("visa", "mastercard")),
        last4=f"{rng.randrange(10_000):04d}",
        issuer_number=str(rng.randrange(400_000, 560_000)),
        exp_month=rng.randint(1, 12),
        exp_year=rng.randint(2028, 2033),
    )
    return Buyer(
        person=who or person(rng, ids),
        member_id=ids.new("mber"),
        card=card,
        # 2001:db8::/32 is set aside for examples and large enough that no two buyers share one.
        ip="2001:db8:" + ":".join(f"{rng.randrange(1, 0x10000):x}" for _ in range(6)),
        risk_score=rng.randint(1, 40),
    )
