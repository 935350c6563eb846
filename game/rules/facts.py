"""What is known for good: the inputs of every rule.

A fact is what Whop told us or what a person did, with its own time. Facts are merged by
`game.rules.merging`, never edited by hand, and everything a member has is computed from them.
All times are aware UTC datetimes; money is whole minor units of `currency` at `exponent` digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from game.rules.tellings import Ratio, Telling, filled, newest

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Count the whole microseconds since 1970."""
    return (moment - BEGINNING) // _MICROSECOND


ToldBy = tuple[tuple[str, int, int], ...]
"""Which merged fields another body told than the deciding one: (field, its shape, its updated_at
in microseconds since 1970), sorted. Shape 0 = no body told it. Nearly always empty, but it must be
kept with the fact: without it a third body could not know whether a value is its elder or younger.
"""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment that Whop says was paid.

    `at` is its moment: `paid_at`, else `created_at`. `received_at` is when its first body reached
    us. An empty `buyer_id` (a business buyer) earns nobody anything. `usd_total_cents` and the
    presentment figures are None where Whop did not say. `ref` is `metadata.wl_ref`, or empty;
    `ref_received_at` is when the first body that carried one reached us, None while none did; so
    is `promo_received_at` of the promo code.
    `shape` is 2 for the flat body, 1 for the nested one: the newer shape wins a merge.
    """

    payment_id: str
    buyer_id: str
    buyer_name: str
    at: datetime
    created_at: datetime
    updated_at: datetime
    received_at: datetime
    currency: str
    exponent: int
    total_minor: int
    tax_minor: int
    usd_total_cents: int | None
    presentment_minor: int | None
    presentment_currency: str
    presentment_exponent: int
    refunded_minor: int
    billing_reason: str
    membership_id: str
    ref: str
    promo_code_id: str
    shape: int
    ref_received_at: datetime | None = None
    promo_received_at: datetime | None = None
    told: ToldBy = ()
    tellings: tuple[Telling, ...] = ()
    """The amounts of other bodies than the deciding one that still say something; nearly always
    none. The amounts above are what all of them come to: see `game.rules.tellings`."""

    @property
    def own_amounts(self) -> Telling:
        """The amounts of the deciding body alone: None where it is silent."""
        known = {(0, 0), *((one.shape, one.updated) for one in self.tellings)}
        # What was filled in before tellings were kept has no telling to be filled from again.
        filled_in = {name for name, *stamp in self.told if tuple(stamp) in known}
        has_presentment = "presentment_minor" not in filled_in
        return Telling(
            shape=self.shape,
            updated=micros(self.updated_at),
            created=micros(self.created_at),
            currency=self.currency,
            exponent=self.exponent,
            total_minor=self.total_minor,
            tax_minor=None if "tax_minor" in filled_in else self.tax_minor,
            refunded_minor=None if "refunded_minor" in filled_in else self.refunded_minor,
            usd_total_cents=None if "usd_total_cents" in filled_in else self.usd_total_cents,
            presentment_minor=self.presentment_minor if has_presentment else None,
            presentment_currency=self.presentment_currency if has_presentment else "",
            presentment_exponent=self.presentment_exponent if has_presentment else 0,
        )

    def exactly(self, name: str) -> Ratio | None:
        """An amount without its rounding: exact where another body's telling fills a gap."""
        value = getattr(self, name)
        if value is None or not self.tellings or all(name != one for one, _, _ in self.told):
            return None if value is None else (value, 1)
        source = newest(self.tellings, name)
        return (value, 1) if source is None else filled(self.own_amounts, source, name)

    @property
    def bearing(self) -> Payment:
        """What of it the rules look at: nearly all, and a payment is seldom told twice."""
        return self

    @property
    def named_at(self) -> datetime:
        """When the body was written whose name of the buyer this is."""
        for name, _, moment in self.told:
            if name == "buyer_name":
                return BEGINNING + timedelta(microseconds=moment)
        return self.updated_at

    @property
    def base_minor(self) -> int:
        """What the buyer paid for the product: total less tax, never below zero."""
        return max(self.total_minor - self.tax_minor, 0)

    @property
    def above_zero(self) -> bool:
        """Say whether the product was paid for at all: trials, free plans, full codes were not."""
        return self.total_minor > self.tax_minor

    @property
    def order(self) -> tuple[datetime, str]:
        """The order in which payments count: by moment, then by id."""
        return (self.at, self.payment_id)


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund (`rf_…`). `succeeded` never goes back to False once an event said so."""

    refund_id: str
    payment_id: str
    amount_minor: int
    currency: str
    exponent: int
    succeeded: bool
    status: str
    updated_at: datetime

    @property
    def bearing(self) -> tuple[object, ...]:
        """What of it the rules look at: nothing as long as it has not succeeded."""
        if not self.succeeded:
            return ()
        return (self.payment_id, self.amount_minor, self.currency, self.exponent)


@dataclass(frozen=True, slots=True)
class Dispute:
    """One dispute (`dspt_…`) as its newest event tells it; an inquiry moves nothing."""

    dispute_id: str
    payment_id: str
    status: str
    inquiry: bool
    updated_at: datetime

    @property
    def bearing(self) -> tuple[object, ...]:
        """What of it the rules look at."""
        return (self.payment_id, self.status, self.inquiry)


@dataclass(frozen=True, slots=True)
class Membership:
    """One membership. `seen_trialing` stays True once it was seen.

    `first_user_id` is whom the oldest telling names. `ref_received_at` is when the first body that
    carried a reference reached us, None while none did.
    """

    membership_id: str
    user_id: str
    first_user_id: str
    status: str
    seen_trialing: bool
    ref: str
    created_at: datetime
    updated_at: datetime
    received_at: datetime
    ref_received_at: datetime | None = None
    told: ToldBy = ()

    @property
    def first_user_told(self) -> datetime:
        """The `updated_at` of the telling that names `first_user_id`."""
        for name, _, moment in self.told:
            if name == "first_user_id":
                return BEGINNING + timedelta(microseconds=moment)
        return self.updated_at

    @property
    def bearing(self) -> tuple[object, ...]:
        """What of it the rules look at: not its state, nor who holds it now."""
        return (
            self.first_user_id,
            self.first_user_told,
            self.seen_trialing,
            self.ref,
            self.ref_received_at,
            self.created_at,
        )


def newest_name(payments: Iterable[Payment]) -> str:
    """Say what a buyer is called: as the newest telling of all their payments names them."""
    told = [(one.named_at, one.payment_id, one.buyer_name) for one in payments if one.buyer_name]
    return max(told)[2] if told else ""


def promo_known_at(payment: Payment) -> datetime:
    """Say when the promo code of a payment that has one was first received."""
    return payment.promo_received_at or payment.received_at


def ref_known_at(fact: Payment | Membership) -> datetime:
    """Say when the reference of a fact that has one was first received.

    Facts stored before that was noted carried it from their first body on.
    """
    return fact.ref_received_at or fact.received_at


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson finished by one user, at its earliest completion."""

    lesson_id: str
    user_id: str
    user_name: str
    at: datetime

    @property
    def bearing(self) -> tuple[object, ...]:
        """What of it the rules look at: not what its user is called."""
        return (self.user_id, self.lesson_id, self.at)


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer of ours (`ctt_…`) as Whop last told of it.

    `payout_key` is the key of the payout it pays, from its metadata. The amount is 0, without a
    currency, until Whop tells it.
    """

    transfer_id: str
    payout_key: str
    status: str
    amount_minor: int
    currency: str
    exponent: int
    destination_id: str
    problem: str
    updated_at: datetime

    @property
    def bearing(self) -> tuple[object, ...]:
        """What of it the rules look at."""
        return (self.payout_key, self.status, self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class Code:
    """A member's referral code (upper case). `expires_at` None = for ever."""

    code: str
    referrer_id: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Click:
    """A click on a referral link; its token travels in `wl_ref`."""

    token: str
    referrer_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """Something that holds from `at` (inclusive) until the next change of its kind."""

    at: datetime
    value: str


@dataclass(frozen=True, slots=True)
class Affiliate:
    """What Whop answered about a membership's own affiliate. `user_id` empty = it has none."""

    user_id: str
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """A creator's word on whom a buyer is credited to, from `payment_id` on; the newest decides.

    `referrer_id` empty = nobody.
    """

    at: datetime
    referrer_id: str
    payment_id: str


@dataclass(frozen=True, slots=True)
class MemberHistory:
    """What a member chose and suffered, oldest first.

    `classes`: values are class names. `prestiges`: the new prestige level as a decimal string.
    `bans`: "banned" or "lifted". `guilds`: the guild's number as a decimal string, empty = none.
    """

    whop_user_id: str
    classes: Sequence[Change] = ()
    prestiges: Sequence[Change] = ()
    bans: Sequence[Change] = ()
    guilds: Sequence[Change] = ()


@dataclass(frozen=True, slots=True)
class BuyerCase:
    """Everything known of one buyer of one company.

    `refunds` and `disputes` are keyed by payment id, `memberships` by membership id;
    `codes` is keyed by upper-case code, `clicks` by token (only those the payments name).
    Of the memberships they pay for, told by all their payers together: `starters` says who began
    it, `trial_memberships` holds those seen `trialing` or begun with a zero payment,
    `first_payments` names the first payment above zero. Where they are silent the buyer's own
    payments speak (they differ only after a transfer).
    `ties` are keyed by promo code id: whose it is from when on, oldest first (only those the
    payments name), `affiliates` by membership id; `decisions` are the creator's about this buyer.
    """

    buyer_id: str
    payments: Sequence[Payment]
    refunds: Mapping[str, Sequence[Refund]] = field(default_factory=dict)
    disputes: Mapping[str, Sequence[Dispute]] = field(default_factory=dict)
    memberships: Mapping[str, Membership] = field(default_factory=dict)
    codes: Mapping[str, Code] = field(default_factory=dict)
    clicks: Mapping[str, Click] = field(default_factory=dict)
    starters: Mapping[str, str] = field(default_factory=dict)
    trial_memberships: frozenset[str] = frozenset()
    first_payments: Mapping[str, str] = field(default_factory=dict)
    ties: Mapping[str, Sequence[Change]] = field(default_factory=dict)
    affiliates: Mapping[str, Affiliate] = field(default_factory=dict)
    decisions: Sequence[Decision] = ()
