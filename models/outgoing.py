"""What a service may want sent after its commit: plain values, no transport."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Wake:
    """Tell the workers to look at the inbox. Losable, harmless when doubled."""


@dataclass(frozen=True, slots=True)
class RunTask:
    """Run a Celery task by name; `arguments` are ids only."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


class Channel(NamedTuple):
    """One numbered list of a company. `kind` names its source, `key` whose list it is."""

    company_id: str
    kind: str
    key: int


@dataclass(frozen=True, slots=True)
class Frames:
    """Numbered frames of one channel, oldest first: (number, JSON text) pairs.

    `outbox_id` is the row to delete once all frames of the batch are published; 0 = none.
    """

    channel: Channel
    frames: Sequence[tuple[int, str]]
    outbox_id: int = 0


@dataclass(frozen=True, slots=True)
class Scores:
    """Members of a company whose scores moved, to be set in Redis from what Postgres then says.

    `outbox_key` is the row to delete once they are.
    """

    company_id: str
    members: Sequence[int]
    outbox_key: str


Message = Wake | RunTask | Frames | Scores
