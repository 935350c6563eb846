"""Reading money as whole minor units, and rounding. No float ever comes near."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal, Inexact

LARGEST_MINOR = 10**12
"""A single amount above this is nonsense: ten billion dollars."""

MOST_DECIMALS = 8
_LARGEST_DIGITS = 13
_SMALLEST_EXPONENT = -60
_EXACT = Context(prec=100, traps=[Inexact])
"""Shifts the point of every amount that is not absurd without losing a digit, or says so."""

_BY_EXPONENT = {
    0: "bif clp djf gnf isk jpy kmf krw pyg rwf ugx uyi vnd vuv xaf xof xpf",
    2: (
        "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob bov brl bsd btn bwp"
        " byn bzd cad cdf che chf chw cny cop cou crc cuc cup cve czk dkk dop dzd egp ern etb eur"
        " fjd fkp gbp gel ghs gip gmd gtq gyd hkd hnl hrk htg huf idr ils inr irr jmd kes kgs khr"
        " kpw kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mru mur mvr mwk mxn mxv myr"
        " mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sdg sek"
        " sgd shp sle sll sos srd ssp stn svc syp szl thb tjs tmt top try ttd twd tzs uah usd usn"
        " uyu uzs ved ves wst xcd xcg yer zar zmw zwg zwl"
    ),
    3: "bhd iqd jod kwd lyd omr tnd",
    4: "clf uyw",
}
WHOLE_BP = 10_000
"""10,000 basis points are one whole: the meaning of the unit, not a number of the game."""

ISO_EXPONENTS: Mapping[str, int] = {
    code: exponent for exponent, codes in _BY_EXPONENT.items() for code in codes.split()
}
"""ISO 4217: how many digits of a currency's amount stand after the point."""


class Nonsense(Exception):
    """A body that can never be booked as it stands: a permanent failure, never a retry.

    `field` is the path inside the body, `reason` says what is wrong with it.
    """

    def __init__(self, reason: str, field: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.reason = reason
        self.field = field


class ExponentUnknown(Nonsense):
    """A bare amount in a currency whose decimals nobody has told yet: another body may."""


def half_even(num: int, den: int) -> int:
    """Round `num / den` to the nearest whole, a half to the even one. Exact; `den` above zero."""
    whole, rest = divmod(num, den)
    twice = 2 * rest
    if twice > den or (twice == den and whole & 1):
        return whole + 1
    return whole


def read_currency(found: object, field: str) -> str:
    """Read a currency code, lower case: three to eight letters or digits, in words (`whop_usd`)."""
    if not isinstance(found, str):
        raise Nonsense("is not a currency", field)
    code = found.lower()
    if code in ISO_EXPONENTS:
        return code
    words = code.split("_")
    if not (3 <= len(code) <= 8 and code.isascii() and all(map(str.isalnum, words))):  # noqa: PLR2004
        raise Nonsense("is not a currency", field)
    return code


def exponent_of(
    currency: str, decimals: object, field: str, exponents: Mapping[str, int] | None = None
) -> int:
    """Find how many decimals a currency has: ISO 4217, else the first body's, else this body's."""
    known = ISO_EXPONENTS.get(currency)
    if known is None and exponents is not None:
        known = exponents.get(currency)
    if known is not None:
        return known
    if decimals is None:
        raise ExponentUnknown(f"the currency {currency!r} is not known", field)
    if isinstance(decimals, bool) or not isinstance(decimals, int):
        raise Nonsense("decimals is not a whole number", field)
    if not 0 <= decimals <= MOST_DECIMALS:
        raise Nonsense(f"decimals is not between 0 and {MOST_DECIMALS}", field)
    return decimals


def to_minor(value: object, exponent: int, field: str) -> int:
    """Turn an amount in major units into minor units: exact, not negative, not absurd."""
    if isinstance(value, str):
        whole, _, part = value.partition(".")
        digits = whole + part
        # The everyday spelling ("46.56") needs no Decimal; everything else takes the long way.
        if len(part) == exponent and len(whole) <= _LARGEST_DIGITS and _are_digits(digits):
            return _within(int(digits), field)
        value = _as_decimal(value, field)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Nonsense("is not an amount", field)
    if isinstance(value, Decimal) and not value.is_finite():
        raise Nonsense("is not an amount", field)
    if value < 0:
        raise Nonsense("is negative", field)
    if isinstance(value, int):
        return _within(value * 10**exponent, field)
    return _exact(value, exponent, field)


def _are_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _as_decimal(text: str, field: str) -> Decimal:
    if len(text) > 40 or not text.isascii() or "_" in text or text != text.strip():  # noqa: PLR2004
        raise Nonsense("is not an amount", field)
    try:
        return Decimal(text)
    except ArithmeticError as error:
        raise Nonsense("is not an amount", field) from error


def _exact(value: Decimal, exponent: int, field: str) -> int:
    # The size is looked at first: 1E+999999 is seven characters and a million digits.
    if not value:
        return 0
    if value.adjusted() > _LARGEST_DIGITS:
        raise Nonsense("is too large", field)
    if value.adjusted() < _SMALLEST_EXPONENT:
        raise Nonsense(f"has more than {exponent} decimals", field)
    try:
        scaled = _EXACT.scaleb(value, exponent)
    except Inexact as error:
        raise Nonsense(f"has more than {exponent} decimals", field) from error
    minor = int(scaled)
    if minor != scaled:
        raise Nonsense(f"has more than {exponent} decimals", field)
    return _within(minor, field)


def _within(minor: int, field: str) -> int:
    if minor > LARGEST_MINOR:
        raise Nonsense("is too large", field)
    return minor


def read_money(
    value: object,
    currency: str | None,
    field: str,
    exponents: Mapping[str, int] | None = None,
) -> tuple[int, int, str]:
    """Read a Money object or a JSON number: (minor units, exponent, currency).

    `currency` is that of a bare number, and of an object which names none; `exponents` holds the
    digits of currencies outside ISO 4217, as the first body gave them. Raises Nonsense.
    """
    decimals: object = None
    if isinstance(value, dict):
        named = value.get("currency")
        decimals = value.get("decimals")
        code = currency if named is None else read_currency(named, field)
        value = value.get("amount")
    else:
        code = currency
    if code is None:
        raise Nonsense("has no currency", field)
    exponent = exponent_of(code, decimals, field, exponents)
    return to_minor(value, exponent, field), exponent, code


def in_major(minor: int, exponent: int) -> str:
    """Write an amount in major units with exactly the currency's decimals: 2751 is "27.51"."""
    sign, digits = "-" * (minor < 0), str(abs(minor)).rjust(exponent + 1, "0")
    whole, part = digits[: len(digits) - exponent], digits[len(digits) - exponent :]
    return f"{sign}{whole}.{part}" if exponent else f"{sign}{whole}"
