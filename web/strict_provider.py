"""Flask reads and writes JSON as the rest of the system does."""

from __future__ import annotations

from typing import Any

from flask.json.provider import DefaultJSONProvider

from game.services.platform import strict_json


class StrictJson(DefaultJSONProvider):
    """Decimals instead of floats, no NaN, bounded depth; keys stay in their order."""

    sort_keys = False
    compact = True

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Read a request's body. Raises ValueError, which Flask answers with 400."""
        return strict_json.loads(s)
