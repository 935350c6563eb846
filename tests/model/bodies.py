"""The model's own reading of webhook bodies: all tellings are kept, then the last word is taken."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

Body = dict[str, Any]

NO_DECIMALS = ("jpy", "krw", "vnd", "clp", "isk", "pyg", "ugx", "xaf", "xof", "xpf", "rwf")
THREE_DECIMALS = ("kwd", "bhd", "omr", "jod", "tnd", "lyd", "iqd")


class Told:
    """Everything the bodies tell, each fact in its final wording."""

    def __init__(self, log: Iterable[tuple[Any, datetime]]) -> None:
        """Read all (body, received_at) pairs; order and doubles do not matter."""
        tellings: dict[tuple[str, str], list[Body]] = defaultdict(list)
        self.lessons: dict[tuple[str, str], datetime] = {}
        self.ever_holders: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        for raw, received in log:
            body = json.loads(raw, parse_float=Decimal) if isinstance(raw, str | bytes) else raw
            self._hear(body, received, tellings)
        self.payments = {
            key: last_word(told) for (kind, key), told in tellings.items() if kind == "payment"
        }
        self.memberships = {
            key: one_membership(told)
            for (kind, key), told in tellings.items()
            if kind == "membership"
        }
        self.refunds = [told for (kind, _), told in tellings.items() if kind == "refund"]
        self.disputes = [told for (kind, _), told in tellings.items() if kind == "dispute"]

    def _hear(self, body: Body, received: datetime, tellings: dict[Any, list[Body]]) -> None:
        family, _, event = body["type"].partition(".")
        data = body["data"]
        sent = when(body.get("timestamp")) or received
        if body["type"] == "payment.succeeded":
            tellings["payment", data["id"]].append(payment(data, received, sent))
        elif family in {"refund", "dispute"}:
            told = refund(data, sent) if family == "refund" else dispute(data, sent)
            tellings[family, data["id"]].append(told)
        elif family == "membership":
            tellings[family, data["id"]].append(membership(data, received, sent))
        elif family == "course_lesson_interaction" and event == "completed":
            key = (data["user"]["id"], data["lesson"]["id"])
            at = when(data["created_at"])
            if at is not None and data["completed"]:
                self.lessons[key] = min(at, self.lessons.get(key, at))

    def buyers(self) -> list[str]:
        """List everybody who paid."""
        return sorted({p["buyer"] for p in self.payments.values() if p["buyer"]})

    def starter(self, membership_id: str | None) -> str | None:
        """Say who began a membership: its earliest payer, or the holder told of by then."""
        if not membership_id:
            return None
        payers = [
            (p["at"], p["id"], p["buyer"])
            for p in self.payments.values()
            if p["membership"] == membership_id and p["buyer"]
        ]
        fact = self.memberships.get(membership_id, {})
        holder = fact.get("first_user")
        if payers and (holder is None or min(payers)[0] < fact["first_user_told"]):
            return str(min(payers)[2])
        return holder

    def began_free(self, membership_id: str) -> bool:
        """Say whether a membership was seen on trial, or its first payment was of nothing."""
        if self.memberships.get(membership_id, {}).get("trial", False):
            return True
        paid = [p for p in self.payments.values() if p["membership"] == membership_id]
        return bool(paid) and min(paid, key=lambda p: (p["at"], p["id"]))["base"] <= 0

    def taken(self, paid: Body) -> Fraction:
        """Compute the share of a payment that is taken back."""
        if any(
            verdict["status"] in {"lost", "prevented"} for verdict in self._verdicts(paid["id"])
        ):
            return Fraction(1)
        share, fits = Fraction(0), True
        for told in self.refunds:
            succeeded = [t for t in told if t["status"] == "succeeded"]
            if succeeded and succeeded[0]["payment"] == paid["id"]:
                back = max(succeeded, key=lambda t: (t["updated"], t["amount"]))
                total = total_in(paid, back["currency"])
                fits = fits and (total is not None or not back["amount"])
                share += Fraction(back["amount"]) / total if total else 0
        if not fits and paid["refunded"] is not None:
            share = max(share, paid["refunded"])
        return min(share, Fraction(1))

    def in_dispute(self, paid: Body) -> bool:
        """Say whether a dispute is undecided."""
        settled = {"won", "closed", "lost", "prevented"}
        return any(verdict["status"] not in settled for verdict in self._verdicts(paid["id"]))

    def _verdicts(self, payment_id: str) -> list[Body]:
        rank = {"lost": 2, "prevented": 2, "won": 1, "closed": 1}
        newest = [
            # The rule book leaves open what a tie of an inquiry and a dispute means: the dispute.
            max(told, key=lambda t: (t["updated"], rank.get(t["status"], 0), not t["inquiry"]))
            for told in self.disputes
        ]
        return [t for t in newest if t["payment"] == payment_id and not t["inquiry"]]


def total_in(paid: Body, currency: str) -> Fraction | None:
    """Find the payment's total in major units of a refund's currency, by any telling."""
    if currency == paid["currency"]:
        return Fraction(paid["total_major"])
    if currency == "usd" and paid["usd_whole"]:
        return Fraction(paid["usd_whole"], 100)
    if paid["presented"] and paid["presented"][1] == currency:
        return Fraction(paid["presented"][0])
    for telling in reversed(paid["tellings"]):
        if telling["currency"] == currency and telling["total"]:
            return Fraction(telling["total_major"])
        if telling["presented"] and telling["presented"][1] == currency:
            return Fraction(telling["presented"][0])
    return None


AMOUNTS = ("currency", "total", "total_major", "tax", "refunded", "usd_total", "presented")
"""What is taken whole from the deciding body, and filled by shares where that is silent."""


def last_word(told: list[Body]) -> Body:
    """Of each field the newest telling that is not silent; the earliest time of receiving."""
    answer: Body = {}
    in_order = sorted(told, key=lambda t: (t["shape"], t["updated"]))
    for telling in in_order:
        answer |= {key: value for key, value in telling.items() if value is not None}
        for key in telling:
            answer.setdefault(key, None)
    answer["tellings"] = in_order
    answer |= amounts(in_order)
    answer["received"] = min(t["received"] for t in told)
    answer["ref_received"] = min((t["received"] for t in told if t["ref"]), default=None)
    answer["promo_received"] = min((t["received"] for t in told if t["promo"]), default=None)
    answer["at"] = answer["paid_at"] or answer["created"]
    answer["base"] = max(answer["total"] - (answer["tax"] or 0), 0)
    return answer


def amounts(in_order: list[Body]) -> Body:
    """Work out the amounts that the tellings, eldest first, come to.

    `usd_whole` is what the whole total is worth in cents, `refunded` the refunded part of the
    total, both exact; None where nobody said.
    """
    last = in_order[-1]
    answer = {key: last[key] for key in AMOUNTS}

    def newest(key: str) -> Body | None:
        return next((t for t in reversed(in_order) if t[key] is not None), None)

    def part(key: str) -> Fraction | None:
        telling = newest(key)
        if telling is None or not telling["total"]:
            return None
        return Fraction(telling[key], telling["total"])

    tax = part("tax")
    if last["tax"] is None and tax is not None:
        answer["tax"] = round(tax * last["total"])
    answer["refunded"] = part("refunded")
    dollars = newest("usd_total")
    answer["usd_whole"] = None
    if dollars is not None:
        same = dollars["currency"] == last["currency"] and dollars["total"]
        grown = Fraction(last["total"], dollars["total"]) if same else Fraction(1)
        answer["usd_whole"] = dollars["usd_total"] * grown
    shown = newest("presented")
    if last["presented"] is None and shown is not None:
        same = shown["currency"] == last["currency"] and shown["total"]
        grown = Fraction(last["total"], shown["total"]) if same else Fraction(1)
        answer["presented"] = (Fraction(shown["presented"][0]) * grown, shown["presented"][1])
    return answer


def one_membership(told: list[Body]) -> Body:
    """Merge a membership: reference and first holder are the oldest telling's that has them."""
    by_age = sorted(told, key=lambda t: t["updated"])
    return {
        "trial": any(t["status"] == "trialing" for t in told),
        "ref": next((t["ref"] for t in by_age if t["ref"]), None),
        "first_user": next((t["user"] for t in by_age if t["user"]), None),
        "first_user_told": next((t["updated"] for t in by_age if t["user"]), None),
        "created": by_age[-1]["created"],
        "ref_received": min((t["received"] for t in told if t["ref"]), default=None),
    }


def payment(data: Body, received: datetime, sent: datetime) -> Body:
    """Read one telling of a payment; None where it is silent."""
    currency = named_currency(data["total"], data.get("currency"))
    presented = data.get("presentment_total")
    return {
        "id": data["id"],
        "shape": 2 if isinstance(data["total"], dict) else 1,
        "updated": when(data.get("updated_at")) or sent,
        "received": received,
        "created": when(data["created_at"]),
        "paid_at": when(data.get("paid_at")),
        "buyer": (data.get("user") or {}).get("id"),
        "reason": data.get("billing_reason"),
        "membership": data.get("membership_id") or (data.get("membership") or {}).get("id"),
        "ref": (data.get("metadata") or {}).get("wl_ref"),
        "promo": data.get("promo_code_id") or (data.get("promo_code") or {}).get("id"),
        "currency": currency,
        "total": minor(data["total"], currency),
        "tax": minor(data.get("tax_amount"), currency),
        "refunded": minor(data.get("refunded_amount"), currency),
        "usd_total": minor(data.get("usd_total"), "usd"),
        "total_major": major(data["total"]),
        "presented": (major(presented), presented["currency"]) if presented else None,
    }


def refund(data: Body, sent: datetime) -> Body:
    """Read one telling of a refund; the processor's amount where the settled one is not known."""
    back = data["amount"] if data.get("amount") is not None else data["original_amount"]
    return {
        "payment": data.get("payment_id") or data["payment"]["id"],
        "amount": major(back),
        "currency": named_currency(back, data.get("currency")),
        "status": data["status"],
        "updated": when(data.get("updated_at")) or sent,
    }


def dispute(data: Body, sent: datetime) -> Body:
    """Read one telling of a dispute."""
    return {
        "payment": data["payment"]["id"],
        "status": data["status"],
        "inquiry": bool(data.get("inquiry")) or data["status"].startswith("warning_"),
        "updated": when(data.get("updated_at")) or sent,
    }


def membership(data: Body, received: datetime, sent: datetime) -> Body:
    """Read one telling of a membership."""
    return {
        "status": data["status"],
        "user": data.get("user_id") or (data.get("user") or {}).get("id"),
        "ref": (data.get("metadata") or {}).get("wl_ref"),
        "created": when(data["created_at"]),
        "updated": when(data.get("updated_at")) or sent,
        "received": received,
    }


def named_currency(money: Any, outside: str | None) -> str:
    """Find the currency of an amount."""
    inside = money.get("currency") if isinstance(money, dict) else None
    return str(inside or outside).lower()


def major(money: Any) -> Decimal | None:
    """Read an amount in major units."""
    if money is None:
        return None
    return Decimal(str(money["amount"] if isinstance(money, dict) else money))


def minor(money: Any, currency: str) -> int | None:
    """Read an amount in minor units."""
    amount = major(money)
    if amount is None:
        return None
    digits = 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2
    return int(amount * 10**digits)


def when(text: str | None) -> datetime | None:
    """Read an ISO time as UTC."""
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
