"""Which Redis servers are refused for what they do when memory is short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def reckless_policy(info: Mapping[str, Any]) -> str:
    """The policy in a server's INFO by which any key may go; empty = only what has a time to live.

    `allkeys-*` was seen to throw a whole queue away to make room for cache keys.
    """
    policy = str(info.get("maxmemory_policy", ""))
    return policy if policy.startswith("allkeys") else ""
