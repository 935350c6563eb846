"""What a followed link says of its visitor without naming them: device, country, and its words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

UTM = ("source", "medium", "campaign", "term", "content")
LONGEST_WORD = 100
_COUNTRY = re.compile(r"[A-Z]{2}")
_NOT_SAID = frozenset({"XX", "T1", "ZZ"})
"""What proxies write where they do not know a country, or for Tor."""
_CONTROL = re.compile("[\\x00-\\x1f\\x7f\\ud800-\\udfff]")


@dataclass(frozen=True, slots=True)
class Visit:
    """How a link was followed; what is not known is empty."""

    device: str = ""
    country: str = ""
    utm: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


UNKNOWN = Visit()


def device_of(browser: str) -> str:
    """Name the class of device a browser says it runs on: phone, tablet, desktop; "" = not said."""
    told = browser.lower()
    if not told:
        return ""
    if "ipad" in told or "tablet" in told or ("android" in told and "mobile" not in told):
        return "tablet"
    if "iphone" in told or "ipod" in told or "mobi" in told:
        return "phone"
    return "desktop" if "mozilla/" in told else ""


def country_of(told: str) -> str:
    """Read a country as proxies write it; "" for what is none."""
    country = told.strip().upper()
    return country if _COUNTRY.fullmatch(country) and country not in _NOT_SAID else ""


def utm_of(query: Mapping[str, str]) -> dict[str, str]:
    """Take the `utm_…` words of a query, cut, without their prefix and without empty ones."""
    found = {name: _CONTROL.sub("", query.get(f"utm_{name}", ""))[:LONGEST_WORD] for name in UTM}
    return {name: word for name, word in found.items() if word}
