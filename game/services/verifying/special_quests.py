"""Quests of creators against the version they were given by, and quests that were swapped."""

from __future__ import annotations

from collections.abc import Iterator

from game.rules.achievements import reachable
from game.rules.calendar_windows import Zones
from game.rules.creations import SPECIAL, SpecialQuest, window_of
from game.rules.member_progress import given as given_quest
from game.rules.metrics import QUEST_METRICS
from game.rules.quest_proof import worlds
from game.rules.quests import next_candidate, special_offer
from game.rules.receipt_proof import CLOCKS_APART, classes_around
from game.rules.requirements import as_document
from game.services.progress.rerolling import AGAIN
from game.services.rulesets.charter import Charter
from game.services.verifying.differences import Difference
from game.services.verifying.stories import Given, Quest, Story
from models.session import Transaction

SUMS = (
    "SELECT {sums} FROM member_day d WHERE d.company_id = %(company)s AND d.member_id = %(member)s "
    "AND CASE WHEN d.starts_at IS NULL THEN d.day BETWEEN %(first)s AND %(last)s "
    "ELSE d.starts_at >= %(since)s AND d.starts_at < %(until)s END"
)


def is_special(quest: Quest) -> bool:
    """Whether a row says that a creator wrote it."""
    return quest.time_window == SPECIAL or quest.entry is not None


def wrong_special(
    charter: Charter, zones: list[Zones], story: Story, quest: Quest, given: Given
) -> Iterator[Difference]:
    """What of a creator's quest is not as its version gives it to this member."""
    written = charter.rules.catalogue.quest(quest.entry)
    if written is None:
        yield _difference(charter, "entry", quest, quest.entry, "a quest of the creator's")
        return
    if quest.assigned_at != given.at:
        yield _difference(charter, "assigned_at", quest, quest.assigned_at, given.at)
    moments = (given.at - CLOCKS_APART, given.at)
    if not any(written in charter.rules.catalogue.quests(moment) for moment in moments):
        yield _difference(charter, "entry", quest, quest.entry, "a version that held then")
    classes = classes_around(story.history, given.at)
    if not any(written.audience.admits(one, given.level_ever) for one in classes):
        yield _difference(charter, "audience", quest, f"level {given.level_ever}", written.audience)
    yield from _wrong_window(charter, zones, quest, written, given)


def _wrong_window(
    charter: Charter, zones: list[Zones], quest: Quest, written: SpecialQuest, given: Given
) -> Iterator[Difference]:
    windows = [found for one in zones if (found := window_of(written.schedule, given.at, one))]
    if not windows:
        yield _difference(charter, "starts_at", quest, quest.starts_at, "a window of its schedule")
        return
    window = next((one for one in windows if one.starts_at == quest.starts_at), windows[0])
    rules = charter.rules.at(window.starts_at)
    offer = special_offer(written, window, given.level_ever, rules)
    wanted = given_quest(offer, given.level_ever).quest
    terms = None if offer.terms is None else as_document(offer.terms)
    for name, stored, computed in (
        ("template", quest.template, wanted.template),
        ("time_window", quest.time_window, offer.window),
        ("slot", quest.slot, offer.slot),
        ("starts_at", quest.starts_at, wanted.starts_at),
        ("ends_at", quest.ends_at, wanted.ends_at),
        ("first_day", quest.first_day, wanted.first_day),
        ("last_day", quest.last_day, wanted.last_day),
        ("target_type", quest.target_type, wanted.target_type),
        ("target", quest.target, wanted.target),
        ("terms", quest.terms, terms),
        ("baseline", quest.baseline, wanted.baseline),
        ("reward_xp", quest.reward_xp, wanted.reward_xp),
        ("rule_version", quest.rule_version, wanted.rule_version),
    ):
        if stored != computed:
            yield _difference(charter, name, quest, stored, computed)


def counts_of(tx: Transaction, charter: Charter, quest: Quest) -> dict[str, int]:
    """What the days of a quest's window add up to now, by metric."""
    counted = {name: metric.count for name, metric in QUEST_METRICS.items() if metric.count}
    sums = ", ".join(f"coalesce(sum(d.{count}), 0)::bigint" for count in counted.values())
    values = {
        "company": charter.company_id,
        "member": quest.member_id,
        "first": quest.first_day,
        "last": quest.last_day,
        "since": quest.starts_at,
        "until": quest.ends_at,
    }
    [row] = tx.rows(SUMS.format(sums=sums), values)
    return dict(zip(counted, row, strict=True))


def wrong_rerolls(charter: Charter, story: Story) -> Iterator[Difference]:
    """Every swap of a member that left no fact, no old quest or not the new one it must."""
    facts = {fact.value: fact for fact in story.rerolls}
    replaced = {str(quest.id): quest for quest in story.quests if quest.state == "replaced"}
    for number in sorted(facts.keys() ^ replaced.keys()):
        stored = "replaced" if number in replaced else "not replaced"
        yield Difference(charter.company_id, "quest.state", number, stored, "as its reroll says")
    for number in sorted(facts.keys() & replaced.keys()):
        old, fact = replaced[number], facts[number]
        if old.closed_at != fact.at:
            yield _difference(charter, "closed_at", old, old.closed_at, fact.at)
        place = (old.time_window, old.starts_at, old.slot + AGAIN)
        new = [q for q in story.quests if (q.time_window, q.starts_at, q.slot) == place]
        if len(new) != 1 or new[0].assigned_at != fact.at:
            yield _difference(charter, "slot", old, f"{len(new)} in its place", "1 of that moment")
            continue
        wanted = _next_ones(charter, story, old, new[0])
        if new[0].template not in wanted:
            words = " or ".join(sorted(wanted))
            yield _difference(charter, "template", new[0], new[0].template, words)
    places = {(q.time_window, q.starts_at, q.slot + AGAIN) for q in replaced.values()}
    for quest in story.quests:
        if quest.slot.endswith(AGAIN) and (
            (quest.time_window, quest.starts_at, quest.slot) not in places
        ):
            yield _difference(charter, "slot", quest, quest.slot, "one of those that are drawn")


def _next_ones(charter: Charter, story: Story, old: Quest, new: Quest) -> set[str]:
    """The templates that may have followed; whether there were lessons then is not kept."""
    rules = charter.rules.at(new.starts_at)
    found = set()
    for given in story.given.get(str(new.id), ()):
        left = len(reachable(charter.rules.at(given.at))) - given.badges
        for world in worlds(left, story.in_guild(given.at)):
            following = next_candidate(
                "daily", old.slot, old.template, given.level_ever, world, rules
            )
            found.add(following.key if following else "none")
    return found


def _difference(
    charter: Charter, what: str, quest: Quest, stored: object, computed: object
) -> Difference:
    return Difference(
        charter.company_id, f"quest.{what}", str(quest.id), str(stored), str(computed)
    )
