"""Boards in Redis: sorted sets of absolute scores, and one line a member that says where they are.

`wl:b:<company>` names the generation that readers see (`live`) and one that is being filled
(`building`). A member's line carries the number of the reading it was made from, so that an older
reading which arrives late changes nothing. Nothing here is the truth: all of it can go.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import redis
from redis.commands.core import Script

from game.rules.boards import Standing
from game.rules.levels import run_cost
from game.rules.ruleset import RuleSet
from game.services.boards.board import Board
from game.services.boards.copies import Copy, letters_of_id, read_entry
from game.services.boards.sources import Around, Slice
from game.services.platform.redis_client import client

MEMBERS_A_CALL = 200
"""More would keep Redis from everybody else for longer than a few milliseconds."""

WANTED = "wl:boards:wanted"

# ARGV: the generation ('' = the live one; one that is being filled only notes who moved), then
# three words a member: id, number of the reading, places as |board=newest=value.
SET = """
local gen = ARGV[1]
if gen == '' then
  local building = redis.call('HGET', KEYS[1], 'building')
  if building then
    for i = 2, #ARGV, 3 do
      redis.call('SADD', KEYS[1] .. ':' .. building .. ':late', ARGV[i])
    end
  end
  gen = redis.call('HGET', KEYS[1], 'live')
  if not gen then return 0 end
end
local base = KEYS[1] .. ':' .. gen .. ':'
local boards = {}
for i = 2, #ARGV, 3 do
  local id, seq, text = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local before = redis.call('HGET', base .. 'm', id)
  local old, known = {}, -1
  if before then
    known = tonumber(string.match(before, '^%d+'))
    for name, newest in string.gmatch(before, '|([^=|]+)=(%x+)') do old[name] = newest end
  end
  if tonumber(seq) >= known then
    local line = {seq}
    for name, newest, value in string.gmatch(text, '|([^=|]+)=(%x+)=(%d+)') do
      if old[name] and old[name] ~= newest then
        redis.call('ZREM', base .. name, old[name] .. id)
      end
      old[name] = nil
      redis.call('ZADD', base .. name, '-' .. value, newest .. id)
      boards[name] = true
      line[#line + 1] = name .. '=' .. newest
    end
    for name, newest in pairs(old) do redis.call('ZREM', base .. name, newest .. id) end
    redis.call('HSET', base .. 'm', id, table.concat(line, '|'))
  end
end
for name in pairs(boards) do redis.call('SADD', base .. 'names', name) end
return 1
"""

# ARGV: board, id of a member or '', then either places about them or the first place and how many.
READ = """
local gen = redis.call('HGET', KEYS[1], 'live')
if not gen then return false end
local base = KEYS[1] .. ':' .. gen .. ':'
local board, id, first, count = base .. ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local total, place = redis.call('ZCARD', board), -1
if id ~= '' then
  local line = redis.call('HGET', base .. 'm', id)
  local _, till = false, false
  if line then _, till = string.find(line, '|' .. ARGV[1] .. '=', 1, true) end
  if till then
    local entry = string.match(line, '^%x+', till + 1) .. id
    place = redis.call('ZRANK', board, entry) or -1
  end
  local middle = place >= 0 and place or total
  first, count = math.max(middle - count, 0), middle + count - math.max(middle - count, 0) + 1
end
local rows = redis.call('ZRANGE', board, first, first + count - 1, 'WITHSCORES')
local rank = 0
if rows[2] then rank = redis.call('ZCOUNT', board, '-inf', '(' .. rows[2]) + 1 end
return {redis.call('HGET', KEYS[1], 'live_meta') or '', total, place, first, rank, rows}
"""

# ARGV: generation, its description. 1 = readers see it now, 0 = somebody moved meanwhile.
SHOW = """
if redis.call('HGET', KEYS[1], 'building') ~= ARGV[1] then return -1 end
if redis.call('SCARD', KEYS[1] .. ':' .. ARGV[1] .. ':late') > 0 then return 0 end
redis.call('HSET', KEYS[1], 'live', ARGV[1], 'live_meta', ARGV[2])
redis.call('HDEL', KEYS[1], 'building')
return 1
"""


@dataclass(frozen=True, slots=True)
class Meta:
    """What a generation holds: by which level rules, and from which windows on."""

    levels: str
    weekly: int
    monthly: int

    def has(self, board: Board, rules: RuleSet) -> bool:
        """Whether that board is complete in it."""
        if board.window is None:
            return board.category != "level" or self.levels == level_rules(rules)
        first = self.weekly if board.window.kind == "weekly" else self.monthly
        return not board.character_class and board.window.starts_at.timestamp() >= first

    def text(self) -> str:
        return json.dumps({"levels": self.levels, "weekly": self.weekly, "monthly": self.monthly})


def level_rules(rules: RuleSet) -> str:
    """What of a rule set levels depend on."""
    return f"{rules.level_coefficient}.{run_cost(rules)}"


def key(company_id: str) -> str:
    """The key that names a company's generations."""
    return f"wl:b:{company_id}"


def generations(company_id: str) -> tuple[str, str]:
    """(live, building) generation; empty = there is none."""
    found: Any = client().hmget(key(company_id), "live", "building")
    live, building = ((word or b"").decode() for word in found)
    return live, building


def want(company_id: str) -> None:
    """Ask for a company's boards to be built: somebody reads them."""
    with contextlib.suppress(redis.RedisError):
        client().sadd(WANTED, company_id)


def wanted() -> list[str]:
    """Companies whose boards somebody asked for."""
    found: Any = client().smembers(WANTED)
    return sorted(word.decode() for word in found)


def wanted_no_more(company_id: str) -> None:
    client().srem(WANTED, company_id)


def live_meta(company_id: str) -> Meta | None:
    """What the generation that readers see holds; None = there is none."""
    text = client().hget(key(company_id), "live_meta")
    return Meta(**json.loads(text)) if text else None


def put(company_id: str, copies: Sequence[Copy], generation: str = "") -> None:
    """Set these members' places; in the live generation where none is named."""
    script = _script(SET)
    for begin in range(0, len(copies), MEMBERS_A_CALL):
        words: list[str] = [generation]
        for copy in copies[begin : begin + MEMBERS_A_CALL]:
            places = "".join(f"|{name}={newest}={value}" for name, newest, value in copy.places)
            words += [copy.letters, str(copy.seq), places]
        script(keys=[key(company_id)], args=words)


def fill(company_id: str, generation: str, copies: Sequence[Copy]) -> None:
    """Add members to a generation that nobody reads yet and that does not hold them."""
    base = f"{key(company_id)}:{generation}:"
    scores: dict[str, dict[str, int]] = {}
    lines: dict[str, str] = {}
    for copy in copies:
        line = [str(copy.seq)]
        for name, newest, value in copy.places:
            scores.setdefault(name, {})[newest + copy.letters] = -value
            line.append(f"{name}={newest}")
        lines[copy.letters] = "|".join(line)
    with client().pipeline(transaction=False) as pipe:
        for name, entries in scores.items():
            pipe.zadd(base + name, entries)
        if lines:
            pipe.hset(base + "m", mapping=lines)  # type: ignore[arg-type]  # narrower than it is
        if scores:
            pipe.sadd(base + "names", *scores)
        pipe.execute()


def begin(company_id: str, generation: str) -> None:
    """Name a generation that is being filled; from now on it is noted who moves."""
    client().hset(key(company_id), "building", generation)


def take_late(company_id: str, generation: str, most: int) -> list[int]:
    """Some of those who moved while it was being filled; none = it has everybody."""
    found: Any = client().spop(f"{key(company_id)}:{generation}:late", most)
    return [int(word, 16) for word in found or ()]


def show(company_id: str, generation: str, meta: Meta) -> bool | None:
    """Let readers see a filled generation. False = somebody moved; None = another one is wanted."""
    answer = _script(SHOW)(keys=[key(company_id)], args=[generation, meta.text()])
    return None if answer < 0 else bool(answer)


def drop(company_id: str, generation: str) -> None:
    """Forget a generation that nobody reads any more."""
    if not generation:
        return
    base = f"{key(company_id)}:{generation}:"
    names: Any = client().smembers(base + "names")
    client().unlink(base + "m", base + "late", base + "names", *(base + n.decode() for n in names))


def forget(company_id: str) -> None:
    """Have readers go to Postgres until boards are built again."""
    both = generations(company_id)
    client().unlink(key(company_id))
    for generation in both:
        drop(company_id, generation)


def drop_windows_before(company_id: str, meta: Meta) -> int:
    """Forget the boards of windows older than those that are kept; how many."""
    live, _ = generations(company_id)
    base = f"{key(company_id)}:{live}:"
    names: Any = client().smembers(base + "names") if live else ()
    old = [name for name in (word.decode() for word in names) if _is_before(name, meta)]
    if old:
        client().unlink(*(base + name for name in old))
        client().srem(base + "names", *old)
    return len(old)


def _is_before(name: str, meta: Meta) -> bool:
    short, begins, *_ = name.split(":")
    if short not in ("w", "m"):
        return False
    return int(begins) < (meta.weekly if short == "w" else meta.monthly)


def read_around(board: Board, rules: RuleSet, member_id: int, neighbours: int) -> Around | None:
    """A member's place and those about it; None = ask Postgres."""
    found = _read(board, rules, letters_of_id(member_id), 0, neighbours)
    if found is None:
        return None
    members, place, rows = found
    mine = rows[place - rows[0].position + 1] if place >= 0 and rows else None
    return Around(mine, mine.rank if mine else members + 1, members, rows)


def read_slice(board: Board, rules: RuleSet, offset: int, limit: int) -> Slice | None:
    """Places from `offset` on; None = ask Postgres."""
    found = _read(board, rules, "", offset, limit)
    return None if found is None else Slice(found[0], found[2])


def _read(
    board: Board, rules: RuleSet, member: str, first: int, count: int
) -> tuple[int, int, list[Standing]] | None:
    try:
        answer = _script(READ)(
            keys=[key(board.company_id)], args=[board.name, member, first, count]
        )
    except redis.RedisError:
        return None
    if not answer or not answer[0]:
        return None
    meta, members, place, begins, rank, words = answer
    if not Meta(**json.loads(meta)).has(board, rules):
        return None
    return members, place, list(_standings(words, begins, rank))


def _standings(words: Sequence[bytes], first: int, rank: int) -> Iterable[Standing]:
    """The rows of a stretch of places; `rank` is that of the first one."""
    before = None
    for place in range(0, len(words), 2):
        member_id, newest_at = read_entry(words[place].decode())
        value = -int(float(words[place + 1]))
        position = first + place // 2 + 1
        if before is not None and value != before:
            rank = position
        before = value
        yield Standing(member_id, value, newest_at, rank, position)


def _script(text: str) -> Script:
    """A script by its hash: only the first call of a server's life carries the text."""
    return client().register_script(text)
