"""Boards, closed boards and leagues against the books.

Scores are compared with the ledgers of today. What was closed or dealt is compared with the
ledgers as they were at that tick, as far as receipts tell, and the chain of hashes is made anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from game.rules import board_proofs, leagues
from game.rules.board_proofs import FIRST, digest
from game.rules.boards import Score, Standing, ranked
from game.rules.calendar_windows import Day
from game.rules.leagues import Final, Player
from game.rules.metrics import NEWEST_OF
from game.services.boards import counting, history
from game.services.boards.history import Closed
from game.services.boards.league_reads import days_before
from game.services.rulesets.charter import Charter
from game.services.verifying.as_of import Past, read_past
from game.services.verifying.differences import Difference
from models.session import Transaction

DAYS = """
SELECT member_id, day, part, xp, referrals, kept_usd_cents, xp_at, referrals_at, kept_at
FROM member_day WHERE company_id = %s
"""
MEMBERS = """
SELECT m.id, m.xp_at, m.referrals_at, m.commission_at, m.weekly_firsts,
  (SELECT count(*) FROM leaderboard_entries e JOIN leaderboard_window w USING (company_id, number)
   WHERE e.company_id = m.company_id AND e.member_id = m.id AND e.rank = 1
     AND w.time_window = 'weekly' AND w.category = 'xp')
FROM member m WHERE m.company_id = %s ORDER BY 1
"""
WINDOWS = (
    f"SELECT {history.COLUMNS} FROM leaderboard_window w "  # noqa: S608 - our own names
    "WHERE w.company_id = %s ORDER BY w.number"
)
WEEKS = """
SELECT starts_at, ends_at, dealt_through, players, in_force, moved_through
FROM league_week WHERE company_id = %s ORDER BY 1
"""
SEATS = """
SELECT starts_at, member_id, tier, group_number, measured_xp, final_rank, final_xp, step
FROM league_seat WHERE company_id = %s ORDER BY starts_at, member_id
"""


class Dealt(NamedTuple):
    """A row of `league_week`."""

    starts_at: datetime
    ends_at: datetime
    through: int
    players: int
    in_force: bool
    moved_through: int | None

    @property
    def name(self) -> str:
        return f"{self.starts_at:%Y-%m-%d}"


class Seated(NamedTuple):
    """A row of `league_seat`."""

    member_id: int
    tier: int
    group: int
    measured_xp: int | None
    final_rank: int | None
    final_xp: int | None
    step: int | None


def wrong_boards(tx: Transaction, charter: Charter) -> Iterator[Difference]:
    """Every score, closed board and league that is not what the books say."""
    yield from _wrong_scores(tx, charter)
    past = read_past(tx, charter)
    yield from _wrong_chain(tx, charter, past)
    yield from wrong_leagues(tx, charter, past)


def _wrong_scores(tx: Transaction, charter: Charter) -> Iterator[Difference]:
    company = charter.company_id
    wanted = counting.counted(tx, charter)
    nothing = counting.DayScore(dict.fromkeys(NEWEST_OF, 0), dict.fromkeys(NEWEST_OF))
    seen = set()
    for member, day, part, *stored in tx.rows(DAYS, (company,)):
        place = member, Day(day, part)
        seen.add(place)
        score = wanted.get(place, nothing)
        figures = [*score.amounts.values(), *score.newest.values()]
        for name, was, must in zip([*NEWEST_OF, *NEWEST_OF.values()], stored, figures, strict=True):
            if was != must:
                yield _differs(company, f"member_day.{name}", f"{member} {place[1]}", was, must)
    for place, score in sorted(wanted.items(), key=lambda one: one[0]):
        if place not in seen and any(score.amounts.values()):
            where = f"{place[0]} {place[1]}"
            yield _differs(company, "member_day.xp", where, None, score.amounts["xp"])
    newest = counting.newest_ever(wanted)
    for member, xp_at, referrals_at, commission_at, firsts, counted in tx.rows(MEMBERS, (company,)):
        ever = newest[member]
        for name, was, must in (
            ("xp_at", xp_at, ever["xp"]),
            ("referrals_at", referrals_at, ever["referrals"]),
            ("commission_at", commission_at, ever["kept_usd_cents"]),
            ("weekly_firsts", firsts, counted),
        ):
            if was != must:
                yield _differs(company, f"member.{name}", str(member), was, must)


def _wrong_chain(tx: Transaction, charter: Charter, past: Past) -> Iterator[Difference]:
    company, previous = charter.company_id, FIRST
    for place, row in enumerate(tx.rows(WINDOWS, (company,)), 1):
        closed = Closed(*row)
        name = str(closed.number)
        places = history.leaves_of(tx, company, closed.number)
        for what, was, must in (
            ("number", closed.number, place),
            ("members", closed.members, len(places)),
            ("previous", closed.previous, previous),
            ("root", closed.root, board_proofs.root_of([digest(text) for _, text in places])),
            ("hash", closed.hash, digest(closed.record(company))),
        ):
            if was != must:
                yield _differs(company, f"leaderboard_window.{what}", name, was, must)
        previous = closed.hash
        yield from _wrong_places(tx, charter, closed, past)


def _wrong_places(
    tx: Transaction, charter: Charter, closed: Closed, past: Past
) -> Iterator[Difference]:
    """The places of a closed board against what receipts told then."""
    company = charter.company_id
    slice_ = history.entries(tx, company, closed.number, 0, 2**31 - 1)
    scores, unsure = past.scores(
        closed.category, closed.starts_at, closed.ends_at, closed.through_seq
    )
    stored = {one.member_id: one for one in slice_.rows}
    if unsure:
        # A payment's worth was told anew since: its member's figure of then is gone.
        scores = {
            member: Score(member, stored[member].value, stored[member].newest_at)
            if member in unsure and member in stored
            else score
            for member, score in scores.items()
        }
    wanted = {one.member_id: one for one in ranked(list(scores.values()))}
    for member in sorted(stored.keys() | wanted.keys()):
        was, must = stored.get(member), wanted.get(member)
        if was != must:
            where = f"{closed.number} {member}"
            yield _differs(company, "leaderboard_entries", where, _said(was), _said(must))


def _said(one: Standing | None) -> str:
    if one is None:
        return "no place"
    return f"rank {one.rank}, place {one.position}, {one.value} at {one.newest_at}"


def wrong_leagues(tx: Transaction, charter: Charter, past: Past) -> Iterator[Difference]:
    """Every group and move that the books of its tick did not call for."""
    seats: dict[datetime, list[Seated]] = defaultdict(list)
    for row in tx.rows(SEATS, (charter.company_id,)):
        seats[row[0]].append(Seated(*row[1:]))
    tiers: dict[int, int] = {}
    for row in tx.rows(WEEKS, (charter.company_id,)):
        dealt = Dealt(*row)
        of_week = seats[dealt.starts_at]
        yield from _wrong_dealing(charter, past, dealt, of_week, tiers)
        yield from _wrong_moves(charter, past, dealt, of_week)
        for one in of_week:
            tiers[one.member_id] = one.tier + (one.step or 0)


def _wrong_dealing(
    charter: Charter, past: Past, dealt: Dealt, seats: list[Seated], tiers: Mapping[int, int]
) -> Iterator[Difference]:
    """Who was about at the week's start, and into which groups they were cut."""
    company, name = charter.company_id, dealt.name
    week = charter.zones.window("weekly", dealt.starts_at)
    rules = charter.rules.at(dealt.starts_at).leagues
    recent, some = past.scores(
        "xp", days_before(charter, week, rules.active_days), dealt.starts_at, dealt.through
    )
    measured, more = past.scores(
        "xp", days_before(charter, week, rules.measured_days), dealt.starts_at, dealt.through
    )
    if some or more:
        return  # the moments of a lesson were told anew: what they were then is not known
    about = [
        Player(member, tiers.get(member, leagues.LOWEST), measured.get(member, score).value)
        for member, score in recent.items()
        if score.newest_at is not None
    ]
    is_on = leagues.is_in_force(len(about), rules)
    for what, was, must in (
        ("players", dealt.players, len(about)),
        ("in_force", dealt.in_force, is_on),
    ):
        if was != must:
            yield _differs(company, f"league_week.{what}", name, was, must)
    due = {one.member_id: one for one in leagues.deal(about, rules)} if is_on else {}
    for seated in seats:
        seat = due.pop(seated.member_id, None)
        tier = tiers.get(seated.member_id, leagues.LOWEST)
        had = (seated.tier, seated.group, seated.measured_xp)
        must_be = (tier, seat.group, seat.xp) if seat else (tier, seated.group, None)
        if had != must_be:
            yield _differs(company, "league_seat", f"{name} {seated.member_id}", had, must_be)
    for member, missing in sorted(due.items()):
        yield _differs(company, "league_seat", f"{name} {member}", None, missing)


def _wrong_moves(
    charter: Charter, past: Past, dealt: Dealt, seats: list[Seated]
) -> Iterator[Difference]:
    """Who went up and down at the week's end."""
    if dealt.moved_through is None:
        return
    rules = charter.rules.at(dealt.starts_at).leagues
    scores, unsure = past.scores("xp", dealt.starts_at, dealt.ends_at, dealt.moved_through)
    if unsure:
        return
    ordered = sorted(seats, key=lambda seat: (seat.tier, seat.group, seat.member_id))
    for (tier, _), group in groupby(ordered, key=lambda seat: (seat.tier, seat.group)):
        stored = {one.member_id: (one.final_rank, one.final_xp, one.step) for one in group}
        standings = ranked(
            [scores.get(member, Score(member, 0, None)) for member in stored], everybody=True
        )
        ends = [Final(one.member_id, one.value, one.rank) for one in standings]
        steps = leagues.moves(ends, tier, rules)
        for one in ends:
            due = (one.rank, one.xp, steps[one.member_id])
            if stored[one.member_id] != due:
                where = f"{dealt.name} {one.member_id}"
                was = stored[one.member_id]
                yield _differs(charter.company_id, "league_seat.step", where, was, due)


def _differs(company: str, what: str, where: str, stored: object, computed: object) -> Difference:
    return Difference(company, what, where, str(stored), str(computed))
