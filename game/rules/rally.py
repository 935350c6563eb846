"""Which conversions of a member happened in a rally: enough of them within the hours before."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

from game.rules.ruleset import Rules


def rally_window(rules: Rules) -> timedelta:
    """Say how far a conversion reaches: a change re-prices those of so long afterwards."""
    return timedelta(hours=max(version.rally.hours for version in rules.all()))


def rally_flags(
    times: Sequence[tuple[str, datetime]], rules: Rules | None = None
) -> dict[str, bool]:
    """Flag each conversion of one member: enough lie in (its moment - hours, its moment].

    `times` are (payment id, moment), taken back or not, in any order; conversions of the very
    same moment count for each other.
    """
    rules = rules or Rules()
    moments = sorted(at for _, at in times)
    flags = {}
    for payment_id, at in times:
        rally = rules.at(at).rally
        before = bisect_right(moments, at - timedelta(hours=rally.hours))
        flags[payment_id] = bisect_right(moments, at) - before >= rally.conversions
    return flags
