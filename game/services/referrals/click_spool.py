"""Where clicks wait while Postgres does not take them: a stream of their own in REDIS_URL.

Apart from the deliveries, because what blocks a click (somebody holds its member's row) must not
keep them waiting. A click keeps its own time, and its token lets it count once however often it is
moved: `ClickMover` stores and commits first and deletes afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import redis
import structlog
from psycopg2.errors import LockNotAvailable, QueryCanceled

import settings
from game.rules.codes import canonical
from game.rules.visits import Visit, device_of
from game.services.inbox.spool import Entry, Fields, NotSpooled, client, put_aside
from game.services.platform.sealing import SealBroken, open_sealed, seal
from game.services.referrals import links, visitors
from game.services.referrals.links import Target

log = structlog.get_logger(__name__)

STREAM = "wl:spool:clicks"
KIND = "click"
BATCH = 200
MOST_WAITING = 200_000
"""Entries; a flood of made-up codes in an outage must not take the deliveries' room in Redis."""
PATIENCE_MS = 200
"""For one click. It comes again, and those behind it must not wait for its member's row."""
MOST_BLOCKED = 5
"""Members waited for in one round."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A link followed at `at` by a browser at an address. Whose link it is is settled later."""

    token: str
    code: str
    at: datetime
    address: str
    browser: str
    country: str = ""
    utm: Mapping[str, str] = field(default_factory=dict)

    @property
    def visit(self) -> Visit:
        """What of it may be kept as it is."""
        return Visit(device_of(self.browser), self.country, self.utm)


def put(click: Followed, *, wait_ms: int) -> bool:
    """Keep a click until Postgres takes it. False = in Redis's log, but not yet known to be synced.

    Redis syncs once a second, and a visitor is not kept waiting for that. Raises NotSpooled.
    """
    if not settings.current().redis_url:
        raise NotSpooled("no REDIS_URL")
    try:
        if int(client().xlen(STREAM)) >= MOST_WAITING:
            raise NotSpooled("full")
        pipe = client().pipeline(transaction=False)
        pipe.xadd(STREAM, cast(Any, _fields(click)))
        pipe.execute_command("WAITAOF", 1, 0, max(wait_ms, 1))  # type: ignore[no-untyped-call]
        added, waited = pipe.execute(raise_on_error=False)
    except (redis.RedisError, OSError) as error:
        raise NotSpooled(str(error)) from error
    if isinstance(added, Exception):
        raise NotSpooled(str(added))
    return not isinstance(waited, Exception) and waited[0] >= 1


def depth() -> int:
    """Clicks that still wait in Redis. Raises redis.RedisError."""
    return int(client().xlen(STREAM))


class ClickMover:
    """Moves clicks to Postgres, a batch at a time. Those that are blocked are passed by."""

    def __init__(self) -> None:
        self._after = "-"

    def move(self, now: datetime) -> bool:
        """Move what can be moved of the next batch; True when there is more behind it.

        Raises errors of Postgres that are not about one click, and redis.RedisError: then nothing
        is lost, and the entries come again.
        """
        entries = cast(
            Sequence[Entry], client().xrange(STREAM, min=self._after, max="+", count=BATCH)
        )
        is_full = len(entries) == BATCH
        self._after = f"({entries[-1][0].decode()}" if is_full else "-"
        round_ = _Round()
        done: list[bytes] = []
        try:
            for entry_id, fields in entries:
                try:
                    is_done = round_.store(_followed(fields))
                except (SealBroken, KeyError, ValueError) as error:
                    put_aside(STREAM, entry_id, fields, error, now)
                    continue
                if is_done:
                    done.append(entry_id)
        finally:
            if done:
                client().xdel(STREAM, *done)
        return is_full and bool(done)


class _Round:
    """One batch: whose codes were looked up, and whose rows somebody holds."""

    def __init__(self) -> None:
        self._targets: dict[str, Target | None] = {}
        self._blocked: set[tuple[str, int]] = set()

    def store(self, click: Followed) -> bool:
        """Store a click, or find that it counts nowhere. False = not now."""
        target = self._target(click.code)
        if target is None or not target.is_open(click.at):
            return True
        member = (target.company_id, target.member_id)
        if member in self._blocked or len(self._blocked) >= MOST_BLOCKED:
            return False
        visitor = visitors.visitor_of(
            target.company_id, target.visitor_key, click.address, click.browser
        )
        if visitors.is_member(*member, visitor):
            return True
        try:
            links.record_click(
                target, visitor, click.token, click.at, click.visit, timeout_ms=PATIENCE_MS
            )
        except (LockNotAvailable, QueryCanceled):
            self._blocked.add(member)
            return False
        return True

    def _target(self, code: str) -> Target | None:
        if code not in self._targets:
            self._targets[code] = links.find(code)
        return self._targets[code]


def _fields(click: Followed) -> dict[str, str | bytes]:
    """The sealed part tells who; the rest is for whoever looks at the stream."""
    who = json.dumps([click.address, click.browser[: visitors.LONGEST_AGENT]]).encode()
    return {
        "token": click.token,
        "code": click.code,
        "at": click.at.isoformat(),
        "visit": json.dumps([click.country, dict(click.utm)]),
        "sealed": seal(click.token, who, KIND),
    }


def _followed(fields: Fields) -> Followed:
    token = fields[b"token"].decode()
    address, browser = json.loads(open_sealed(token, fields[b"sealed"], KIND))
    at = datetime.fromisoformat(fields[b"at"].decode()).astimezone(UTC)
    # Entries of the version before do not say how the link was followed.
    country, utm = json.loads(fields.get(b"visit", b'["", {}]'))
    code = canonical(fields[b"code"].decode())
    return Followed(token, code, at, address, browser, country, utm)
