"""What a member's new figures lead to: quest steps, badges, levels, and what to tell of them.

Load, decide, write. What the rules look at is loaded in a fixed number of queries, what becomes
true they say without a look at the database (`game.rules.member_progress`), and all of it is
written once. The caller holds the members' locks and has gathered the differences in a `Posting`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from operator import attrgetter

from game.rules.calendar_windows import Day
from game.rules.member_progress import (
    CountedDay,
    Days,
    Decision,
    Known,
    added,
    decide,
    drafts,
    fallen_asleep,
    woken,
)
from game.rules.metrics import DAY_COUNTS, FIGURES, NEWEST_OF, MemberFigures
from game.services.boards.scores import store_scores
from game.services.ledger.posting import MemberKey, NewReceipt, Posting, Scored
from game.services.members.store import MemberState, store_members
from game.services.members.streaks import ALWAYS, REACH, Reach, around, load_stretches
from game.services.notices.announcing import announce
from game.services.platform import bulk
from game.services.progress.guild_shares import store_shares
from game.services.quests.assignment import (
    load_due,
    load_offered,
    load_open,
    load_unlocked,
    store_given,
    store_moved,
)
from game.services.rulesets.charter import Charter
from models.session import Transaction

LABEL_REACH = timedelta(days=4)
"""A window's moments lie this near its dates, whatever zone chosen since calls them otherwise."""

DAYS = (
    "SELECT d.company_id, d.member_id, d.day, d.part, d.starts_at, "  # noqa: S608 - our own names
    f"{', '.join(f'd.{name}' for name in DAY_COUNTS)} "
    "FROM unnest(%s::text[], %s::bigint[], %s::date[], %s::date[]) "
    "  AS k (company_id, member_id, earliest, latest) "
    "JOIN member_day d USING (company_id, member_id) WHERE d.day BETWEEN k.earliest AND k.latest"
)
_figures = attrgetter(*FIGURES)


def advance(
    tx: Transaction,
    posting: Posting,
    charters: Mapping[str, Charter],
    members: Mapping[MemberKey, MemberState],
) -> None:
    """Write everything gathered in `posting` and all that follows from it for these members."""
    if not members:
        return
    # What counts nothing changed what members are: a class, a prestige.
    is_change_of_kind = not any(change.days for change in posting.changes.values())
    found = {}
    for key, known in load(tx, posting, charters, members).items():
        charter = charters[key[0]]
        found[key] = decide(known, charter.rules, charter.zones, posting.now)
        _post_unlocks(posting, charter, key, found[key])
    _write(tx, posting, charters, members, found)
    store_scores(tx, posting, charters, members, everybody=is_change_of_kind)
    store_members(tx, members.values())


def load(
    tx: Transaction,
    posting: Posting,
    charters: Mapping[str, Charter],
    members: Mapping[MemberKey, MemberState],
) -> dict[MemberKey, Known]:
    """Everything the rules look at, in at most seven queries. Changes nothing."""
    due = load_due(tx, charters, members.values(), posting.now)
    unlocked = load_unlocked(tx, members)
    quests = load_open(tx, members, posting.now)
    offered = load_offered(tx, charters, members, posting.now)
    firsts = [(key, its.since) for key, its in due.items()]
    firsts += [(key, quest.first_day) for key, its in quests.items() for quest in its]
    firsts += [(key, window.first_day) for key, its in offered.items() for _, window in its]
    since: dict[MemberKey, date] = {}
    for key, first in firsts:
        since[key] = min(first, since.get(key, first))
    days = _load_days(tx, since, posting)
    counted = {
        key: added(days[key], posting.changes[key].days, charters[key[0]].zones) for key in members
    }
    fresh = {key: stretches for key in members if (stretches := woken(days[key], counted[key]))}
    asleep = {key for key in members if fallen_asleep(days[key], counted[key])}
    reach = _streak_reach(members, fresh, asleep)
    active = load_stretches(tx, reach)
    return {
        key: Known(
            whose=key,
            figures=MemberFigures(*_figures(member)),
            history=member.history,
            gains=posting.changes[key].gains(),
            days=days[key],
            counted=counted[key],
            active=active[key].stretches if key in active else (),
            first_active=active[key].first if key in active else None,
            reads_all=reach.get(key) == ALWAYS,
            quests=quests[key],
            unlocked=unlocked[key],
            due=due.get(key),
            offered=offered.get(key, ()),
        )
        for key, member in members.items()
    }


def _load_days(
    tx: Transaction,
    since: Mapping[MemberKey, date],
    posting: Posting,
) -> Mapping[MemberKey, Days]:
    """What is stored of each member's days from a date on, and of those that are counted in."""
    spans = [(key, first - LABEL_REACH, date.max) for key, first in since.items()]
    for key, change in posting.changes.items():
        kept_from = since[key] - LABEL_REACH if key in since else date.max
        earlier = {stretch.date for stretch in change.days if stretch.date < kept_from}
        spans += [(key, day, day) for day in earlier]
    found: dict[MemberKey, dict[Day, CountedDay]] = defaultdict(dict)
    if spans:
        for company, member_id, day, part, starts_at, *counts in tx.rows(DAYS, _arrays(spans)):
            found[company, member_id][Day(day, part)] = CountedDay(starts_at, counts)
    return found


def _streak_reach(
    members: Mapping[MemberKey, MemberState],
    fresh: Mapping[MemberKey, Collection[Day]],
    asleep: Collection[MemberKey],
) -> dict[MemberKey, Reach]:
    """How far each member's active days are looked at: a year around what became active.

    All of them where a day ceased to be active, where a streak may be longer than that, and where
    they were last read by the rule without frozen days.
    """
    reach = {key: around(days) for key, days in fresh.items()}
    for key, member in members.items():
        is_long = key in fresh and member.best_streak >= REACH.days - 1
        if is_long or key in asleep or not member.streaks_read:
            reach[key] = ALWAYS
    return reach


def _arrays(spans: Collection[tuple[MemberKey, date, date]]) -> tuple[list[object], ...]:
    """Stretches of dates, a member each, as the arrays that `unnest` takes."""
    return (
        [company for (company, _), _, _ in spans],
        [member_id for (_, member_id), _, _ in spans],
        [first for _, first, _ in spans],
        [last for _, _, last in spans],
    )


def _post_unlocks(posting: Posting, charter: Charter, member: MemberKey, found: Decision) -> None:
    """Gather the badges with their receipts, and count them on the day they came."""
    for unlock in found.unlocks:
        posting.unlocks.append(
            {
                "company_id": member[0],
                "member_id": member[1],
                "key": unlock.key,
                "reward_xp": unlock.reward_xp,
                "unlocked_at": posting.now,
            }
        )
        posting.add(
            NewReceipt(
                member=member,
                key=f"ach:{unlock.key}",
                kind="achievement",
                source_id=unlock.key,
                reason=f"achievement:{unlock.key}",
                xp=unlock.xp,
                at=posting.now,
                rule_version=found.rules.version,
                inputs={"reward_xp": unlock.reward_xp, "multiplier_bp": unlock.multiplier_bp},
            )
        )
    stretch = charter.zones.stretch(posting.now)
    posting.changes[member].count(stretch, "achievements", len(found.unlocks))


def _write(
    tx: Transaction,
    posting: Posting,
    charters: Mapping[str, Charter],
    members: Mapping[MemberKey, MemberState],
    found: Mapping[MemberKey, Decision],
) -> None:
    """Write each table once; what is told of quests waits for their numbers."""
    numbers = store_given(tx, {key: its.given for key, its in found.items()}, posting.now)
    moved = [(key[0], quest) for key, its in found.items() for quest in its.moved]
    store_moved(tx, moved, posting.now)
    store_shares(tx, posting, charters, members)
    posting.write_books(tx)
    _write_days(tx, charters, posting)
    told = {}
    for key, its in found.items():
        for name in FIGURES:
            setattr(members[key], name, getattr(its.figures, name))
        follows = drafts(its, numbers[key], charters[key[0]].rules)
        told[key] = [*posting.changes[key].notices, *follows]
    announce(tx, members, told, posting.now)


def _write_days(tx: Transaction, charters: Mapping[str, Charter], posting: Posting) -> None:
    """Add the gathered counts to their stretches, rewards as of the moment they were granted."""
    for key, at, xp in posting.granted:
        stretch = charters[key[0]].zones.stretch(at)
        posting.changes[key].score(None, Scored(stretch, at, {"xp": xp}))
    rows = [
        {
            "company_id": key[0],
            "member_id": key[1],
            "day": stretch.date,
            "part": stretch.part,
            "starts_at": charters[key[0]].zones.starts(stretch),
            **counts,
            **{
                column: change.newest.get(stretch, {}).get(what)
                for what, column in NEWEST_OF.items()
            },
        }
        for key, change in sorted(posting.changes.items())
        for stretch, counts in sorted(change.days.items())
        if any(counts.values()) or stretch in change.newest
    ]
    bulk.insert(
        tx,
        "member_day",
        rows,
        key="company_id member_id day part",
        update="starts_at",
        add=" ".join(DAY_COUNTS),
        latest=" ".join(NEWEST_OF.values()),
    )
