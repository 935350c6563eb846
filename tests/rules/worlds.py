"""Made-up companies: deliveries in both shapes, full of coincidences, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests.model.oracle import Choice
from tests.rules.making import OWNER, PAID_AT, event, iso, money

HOUR = timedelta(hours=1)
MEMBERS = ("user_m1", "user_m2", "user_m3")
BUYERS = ("user_b1", "user_b2", "user_b3", "user_b4", "user_m1")
CODES = {"AAAA2222": "user_m1", "BBBB3333": "user_m2", "CCCC4444": "user_m3", "OOOO5555": OWNER}
PROMOS = ("promo_1", "promo_2")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati")
CURRENCIES = (("usd", 2), ("usd", 2), ("eur", 2), ("jpy", 0), ("kwd", 3))


@dataclass
class MadeUp:
    """One company's deliveries and choices."""

    log: list[tuple[dict[str, Any], datetime]] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    clicks: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    zone: str = "UTC"
    moves: list[tuple[datetime, str]] = field(default_factory=list)
    ties: list[tuple[datetime, str, str]] = field(default_factory=list)
    affiliates: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    decisions: list[tuple[datetime, str, str, str]] = field(default_factory=list)
    now: datetime = PAID_AT

    @property
    def more(self) -> dict[str, Any]:
        """What both sides are given besides the bodies, the codes and the choices."""
        names = ("clicks", "zone", "moves", "ties", "affiliates", "decisions")
        return {"owner_id": OWNER, **{name: getattr(self, name) for name in names}}


def make_world(seed: int, payments: int = 12) -> MadeUp:
    """Draw a company: payments, what happens to them, and what its members chose."""
    dice = Random(seed)
    world = MadeUp(zone=dice.choice(ZONES))
    world.now = PAID_AT + dice.randrange(120 * 24) * HOUR
    moved = {_moment(dice, days=dice.choice([2, 60])) for _ in range(dice.choice([0, 0, 1, 2, 4]))}
    world.moves = [(at, dice.choice(ZONES)) for at in sorted(moved)]
    for number in range(6):
        at = PAID_AT + dice.randrange(-60 * 24, 60 * 24) * HOUR
        world.clicks[f"token_{number}"] = (dice.choice(MEMBERS), at)
    for member in MEMBERS:
        _make_choices(world, dice, member)
    for number in range(payments):
        _make_payment(world, dice, number)
    for number in range(dice.randrange(4)):
        _make_membership(world, dice, number)
    for number in range(dice.randrange(30)):
        _make_lesson(world, dice, number)
    _make_credits(world, dice, payments)
    doubles = [dice.choice(world.log) for _ in range(len(world.log) // 3)]
    world.log += [(body, received + HOUR) for body, received in doubles]
    dice.shuffle(world.log)
    return world


def _moment(dice: Random, days: int = 60) -> datetime:
    return PAID_AT + dice.randrange(days * 24) * HOUR


def _make_choices(world: MadeUp, dice: Random, member: str) -> None:
    for _ in range(dice.randrange(3)):
        name = dice.choice(("scout", "sage", "champion"))
        world.choices.append(Choice(member, "class", _moment(dice), name))
    if dice.random() < 0.3:
        world.choices.append(Choice(member, "prestige", _moment(dice), "1"))
    if dice.random() < 0.3:
        banned_at = _moment(dice)
        world.choices.append(Choice(member, "ban", banned_at, "banned"))
        world.choices.append(Choice(member, "ban", banned_at + 100 * HOUR, "lifted"))


def _make_credits(world: MadeUp, dice: Random, payments: int) -> None:
    """What else names a referrer: tied promo codes, Whop's affiliates, the creator."""
    somebody = [*MEMBERS, *MEMBERS, OWNER, ""]
    for _ in range(dice.randrange(5)):
        world.ties.append((_moment(dice), dice.choice(PROMOS), dice.choice(somebody)))
    for number in range(4):
        if dice.random() < 0.3:
            known = _received(dice, _moment(dice))
            world.affiliates[f"mem_{number}"] = (dice.choice(somebody), known)
    for _ in range(dice.choice([0, 0, 0, 1, 2])):
        payment = f"pay_{dice.randrange(payments + 1)}"
        whom, who = dice.choice(BUYERS), dice.choice(somebody)
        world.decisions.append((_moment(dice), whom, who, payment))


def _ref(dice: Random) -> str | None:
    refs = [*CODES, "aaaa2222", "nobody", *(f"token_{number}" for number in range(6))]
    return dice.choice([None, None, *refs])


def _received(dice: Random, at: datetime) -> datetime:
    return at + dice.choice([HOUR, HOUR, 5 * HOUR, 20 * 24 * HOUR, 45 * 24 * HOUR])


def _make_payment(world: MadeUp, dice: Random, number: int) -> None:
    at = _moment(dice)
    currency, decimals = dice.choice(CURRENCIES)
    minor = dice.choice([0, 25, 99, 4656, 12000, dice.randrange(1, 300_000)])
    amounts = {"total": minor, "tax": dice.choice([0, 0, minor // 20])}
    usd = minor if currency == "usd" else dice.choice([None, minor + 7])
    told = {"at": at, "currency": currency, "decimals": decimals, "usd": usd} | amounts
    told["user"] = dice.choice([*BUYERS, *BUYERS, None])
    told["membership"] = dice.choice([None, "mem_0", "mem_1", "mem_2", "mem_3"])
    told["ref"] = _ref(dice)
    told["promo"] = dice.choice([None, None, *PROMOS])
    reasons = ("one_time", "subscription_create", "subscription_cycle", "subscription_update")
    told["reason"] = dice.choice(reasons)
    received = _received(dice, at)
    for turn in range(dice.choice([1, 1, 2, 3])):
        shape = dice.choice([_flat, _nested])
        body = shape(f"pay_{number}", told, at + turn * HOUR)
        world.log.append((event("payment.succeeded", body), received))
        told["usd"] = usd if usd is not None else minor + 7
        if dice.random() < 0.3:
            told |= _told_otherwise(dice, told)
        told["ref"] = told["ref"] or _ref(dice)
        told["promo"] = told["promo"] or dice.choice([None, *PROMOS])
        received += dice.choice([HOUR, 40 * 24 * HOUR])
    if told["total"]:
        _make_refunds(world, dice, number, told)
        _make_dispute(world, dice, number, at)


def _told_otherwise(dice: Random, told: dict[str, Any]) -> dict[str, Any]:
    """The same payment in another currency, as a body that is silent here and there."""
    currency, decimals = dice.choice([*CURRENCIES, ("gbp", 2)])
    total = told["total"] * dice.choice([1, 2, 9]) // dice.choice([1, 4])
    tax, refunded = dice.choice([None, 0, total // 11]), dice.choice([None, None, 0, total // 3])
    usd = total if currency == "usd" else dice.choice([None, total // 2])
    amounts = {"total": total, "tax": tax, "refunded": refunded, "usd": usd}
    return {"currency": currency, "decimals": decimals} | amounts


def _amount(minor: int | None, decimals: int) -> Decimal | None:
    return None if minor is None else Decimal(minor).scaleb(-decimals)


def _common(payment_id: str, told: dict[str, Any], updated: datetime) -> dict[str, Any]:
    user = told["user"]
    return {
        "id": payment_id,
        "created_at": iso(told["at"]),
        "updated_at": iso(updated),
        "paid_at": iso(told["at"]),
        "currency": told["currency"],
        "billing_reason": told["reason"],
        "metadata": {"wl_ref": told["ref"]} if told["ref"] else None,
        "user": {"id": user, "username": user, "name": None} if user else None,
    }


def _money(minor: int | None, currency: str, decimals: int) -> dict[str, Any] | None:
    return None if minor is None else money(str(_amount(minor, decimals)), currency, decimals)


def _flat(payment_id: str, told: dict[str, Any], updated: datetime) -> dict[str, Any]:
    currency, decimals = told["currency"], told["decimals"]
    usd = told["usd"]
    return _common(payment_id, told, updated) | {
        "total": money(str(_amount(told["total"], decimals)), currency, decimals),
        "tax_amount": _money(told["tax"], currency, decimals),
        "refunded_amount": _money(told.get("refunded"), currency, decimals),
        "usd_total": _money(usd, "usd", 2),
        "presentment_total": money(str(_amount(told["total"] * 2, 2)), "gbp"),
        "membership_id": told["membership"],
        "promo_code_id": told["promo"],
    }


def _nested(payment_id: str, told: dict[str, Any], updated: datetime) -> dict[str, Any]:
    decimals = told["decimals"]
    return _common(payment_id, told, updated) | {
        "total": _amount(told["total"], decimals),
        "tax_amount": _amount(told["tax"], decimals) if told["tax"] else None,
        "refunded_amount": _amount(told.get("refunded"), decimals),
        "usd_total": _amount(told["usd"], 2),
        "membership": {"id": told["membership"]} if told["membership"] else None,
        "promo_code": {"id": told["promo"]} if told["promo"] else None,
    }


def _make_refunds(world: MadeUp, dice: Random, number: int, told: dict[str, Any]) -> None:
    for part in range(dice.choice([0, 0, 0, 1, 2, 3])):
        at = told["at"] + dice.randrange(1, 500) * HOUR
        minor = dice.choice([told["total"], dice.randrange(1, told["total"] + 1)])
        for status in dice.sample(["pending", "succeeded", "failed"], dice.randrange(1, 4)):
            at += HOUR
            data: dict[str, Any] = {
                "id": f"rf_{number}_{part}",
                "status": status,
                "created_at": iso(at),
            }
            amount = _amount(minor, told["decimals"])
            if dice.random() < 0.5:
                sent = money(str(amount), told["currency"], told["decimals"])
                data |= {"payment_id": f"pay_{number}", "updated_at": iso(at)}
                is_settled = dice.random() < 0.5
                data |= {"amount": sent if is_settled else None, "original_amount": sent}
            else:
                data |= {"payment": {"id": f"pay_{number}"}, "currency": told["currency"]}
                data |= {"amount": amount}
            world.log.append((event("refund.updated", data, timestamp=iso(at)), at + HOUR))


def _make_dispute(world: MadeUp, dice: Random, number: int, at: datetime) -> None:
    if dice.random() < 0.7:
        return
    statuses = ["needs_response", "won", "lost", "prevented", "closed", "other", "warning_closed"]
    for status in dice.sample(statuses, dice.randrange(1, 4)):
        at += dice.choice([0, 1]) * HOUR
        data = {
            "id": f"dspt_{number}",
            "status": status,
            "inquiry": dice.random() < 0.1,
            "payment": {"id": f"pay_{number}"},
            "updated_at": iso(at),
        }
        world.log.append((event("dispute.updated", data), at + HOUR))


def _make_membership(world: MadeUp, dice: Random, number: int) -> None:
    created = _moment(dice) - 30 * 24 * HOUR
    ref = _ref(dice)
    for turn in range(dice.choice([1, 2])):
        updated = created + turn * 24 * HOUR
        data = {
            "id": f"mem_{number}",
            "status": dice.choice(["active", "trialing", "canceled"]),
            "user_id": dice.choice(BUYERS),
            "metadata": {"wl_ref": ref} if ref else {},
            "created_at": iso(created),
            "updated_at": iso(updated),
        }
        received = _received(dice, updated)
        ref = ref or _ref(dice)
        world.log.append((event("membership.updated", data), received))


def _make_lesson(world: MadeUp, dice: Random, number: int) -> None:
    at = _moment(dice, days=2)
    data = {
        "id": f"lesi_{number}",
        "completed": True,
        "created_at": iso(at),
        "lesson": {"id": f"lesn_{dice.randrange(25)}"},
        "user": {"id": dice.choice(MEMBERS), "username": "someone"},
    }
    world.log.append((event("course_lesson_interaction.completed", data), at + HOUR))
