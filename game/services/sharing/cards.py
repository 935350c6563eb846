"""What stands on a member's card: only the shown name and figures of the game, never money."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import blake2b
from json import dumps
from typing import Literal

import structlog
from redis import RedisError

from game.rules import levels
from game.services.members.profile import ANONYMOUS, no_such_member
from game.services.members.streaks import read_streak
from game.services.platform.redis_client import client
from game.services.rulesets.charter import Charter, load_charter
from models.session import Row, Transaction

log = structlog.get_logger(__name__)

CardKind = Literal["rank", "level", "week"]
CARD_KINDS: tuple[CardKind, ...] = ("rank", "level", "week")
APP_NAME = "Whop Legends"
DRAWN = 1
"""Counts up with each change of how cards are drawn: older pictures are not shown any more."""
KEPT_SECONDS = 3_600
TAG_BYTES = 16
NEWEST_RECEIPTS = 5_000
"""How far back a week's XP is added up; nobody is posted more to in a week."""

MEMBER = """
SELECT m.username, m.anonymous, m.character_class, m.lifetime_xp, m.prestige_level,
  m.total_referrals, m.best_streak, c.title
FROM member m JOIN company c USING (company_id) WHERE m.company_id = %s AND m.id = %s
"""

RANK = """
SELECT 1 + count(*) FILTER (WHERE lifetime_xp > %s), count(*) FROM member WHERE company_id = %s
"""

WEEK = """
SELECT coalesce(sum(d.conversions), 0)::bigint, coalesce(sum(d.clicks), 0)::bigint,
  coalesce(sum(d.quests_claimed), 0)::bigint,
  (SELECT coalesce(sum(xp), 0)::bigint FROM (
     SELECT xp, at FROM receipt WHERE company_id = %(company)s AND member_id = %(member)s
     ORDER BY seq DESC LIMIT %(most)s) AS newest
   WHERE at >= %(since)s AND at < %(until)s)
FROM member_day d WHERE d.company_id = %(company)s AND d.member_id = %(member)s
  AND d.day >= %(day)s AND d.starts_at >= %(since)s AND d.starts_at < %(until)s
"""


@dataclass(frozen=True, slots=True)
class Card:
    """All that a picture shows. `done` of `goal` is the ring around the emblem."""

    name: str
    place: str
    emblem: str
    done: int
    goal: int
    headline: str
    below: str
    tiles: tuple[tuple[str, str], ...]

    @property
    def tag(self) -> str:
        """Names the picture: the same words and figures are the same picture."""
        told = dumps([DRAWN, asdict(self)], sort_keys=True).encode()
        return blake2b(told, digest_size=TAG_BYTES).hexdigest()


def read_card(
    tx: Transaction, company_id: str, member_id: int, kind: CardKind, now: datetime
) -> Card:
    """What the member's card says now. Raises the refusal `not_found`."""
    rows = tx.rows(MEMBER, (company_id, member_id))
    if not rows:
        raise no_such_member(member_id)
    charter = load_charter(tx, company_id)
    row = rows[0]
    username, anonymous, character_class, xp, prestige, referrals, best, title = row
    rules = charter.rules.at(now)
    level = levels.level_now(xp, prestige, rules)
    done, goal = levels.progress(xp, prestige, rules)
    played = rules.class_of(character_class or rules.start_class)
    tiles: tuple[tuple[str, str], ...]
    if kind == "rank":
        [(rank, members)] = tx.rows(RANK, (xp, company_id))
        headline, below = f"#{rank:,}", f"by XP, members: {members:,}"
        tiles = (("Level", f"{level:,}"), ("XP", f"{xp:,}"), ("Referrals", f"{referrals:,}"))
    elif kind == "level":
        headline, below = f"Level {level:,}", f"{goal - done:,} XP to level {level + 1:,}"
        streak = read_streak(tx, charter, member_id, best, now)
        third = ("Prestige", f"{prestige}") if prestige else ("Best streak", _days(streak.best))
        tiles = (("Class", played.title), ("Streak", _days(streak.days)), third)
    else:
        headline, below, tiles = _week(tx, charter, member_id, now)
    return Card(
        name=ANONYMOUS if anonymous else username or ANONYMOUS,
        place=f"{APP_NAME} · {title}" if title else APP_NAME,
        emblem=character_class or "novice",
        done=done,
        goal=goal,
        headline=headline,
        below=below,
        tiles=tiles,
    )


def _week(
    tx: Transaction, charter: Charter, member_id: int, now: datetime
) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    week = charter.zones.window("weekly", now)
    asked = {
        "company": charter.company_id,
        "member": member_id,
        "since": week.starts_at,
        "until": week.ends_at,
        "day": week.first_day,
        "most": NEWEST_RECEIPTS,
    }
    [row] = tx.rows(WEEK, asked)
    sales, clicks, quests, xp = _whole(row)
    tiles = (("Referrals", f"{sales:,}"), ("Clicks", f"{clicks:,}"), ("Quests", f"{quests:,}"))
    return f"{xp:+,} XP".replace("-", "\N{MINUS SIGN}"), "this week", tiles


def _whole(row: Row) -> tuple[int, ...]:
    return tuple(int(figure) for figure in row)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def picture_of(card: Card) -> bytes:
    """The card as PNG: the one that is kept, else drawn now. A lost Redis costs only time."""
    key = f"wl:card:{card.tag}"
    try:
        kept = client().get(key)
    except RedisError as error:
        log.warning("redis_unavailable", error=type(error).__name__)
        kept = None
    if isinstance(kept, bytes):
        return kept
    # Loaded with the first picture: most processes never draw one.
    from game.services.sharing.drawing import draw  # noqa: PLC0415

    drawn = draw(card)
    try:
        client().set(key, drawn, ex=KEPT_SECONDS)
    except RedisError as error:
        log.warning("redis_unavailable", error=type(error).__name__)
    return drawn
