"""From a Whop body to the fact in it. Nothing but a fact, None or Nonsense comes out.

Which events are read by which of these modules is said in `game.rules.fact_kinds`.
"""

from __future__ import annotations

from game.rules.bodies.envelope import Arrival, Envelope, read_envelope
from game.rules.money import Nonsense

__all__ = ["Arrival", "Envelope", "Nonsense", "read_envelope"]
