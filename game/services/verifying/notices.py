"""Notices of levels, quests and badges against what they tell of.

Those of payments are compared in `receipts`. What cannot be derived from anything else: the
moment of a `level_up` (levels may follow from a choice or from new rules, without any receipt), and
in which order the notices of one posting were numbered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from game.services.notices import kinds as notice_kinds
from game.services.rulesets import wording
from game.services.rulesets.book import CompanyBook
from game.services.verifying.differences import Difference
from game.services.verifying.rewards import badges_around
from game.services.verifying.stories import Notice, Quest, Story, Unlock, quest_ids

LOWEST = 1


def wrong_notices(book: CompanyBook, story: Story) -> Iterator[Difference]:
    """Every notice of a member that tells what is not so, and what they were never told of."""
    quests = {str(quest.id): quest for quest in story.quests}
    unlocks = {unlock.key: unlock for unlock in story.unlocks}
    yield from _wrong_levels(book, story)
    completed: list[object] = []
    unlocked: list[object] = []
    for notice in story.notices:
        if notice.type == "quest_available":
            yield from _wrong_given(book, notice, quests)
        elif notice.type == "quest_completed":
            completed.append(notice.data.get("quest_id"))
            yield from _wrong_completed(book, notice, quests)
        elif notice.type == "achievement_unlocked":
            unlocked.append(notice.data.get("key"))
            yield from _wrong_unlocked(book, notice, unlocks)
        elif notice.type not in notice_kinds.KINDS:
            yield _difference(book, "type", notice, notice.type, "a type that is known")
        elif notice.type != "level_up":
            yield from _misfit(book, notice)
    done = [number for number, quest in quests.items() if quest.completed_at is not None]
    yield from _untold(book, story, "quest_completed", completed, done)
    yield from _untold(book, story, "achievement_unlocked", unlocked, list(unlocks))


def _wrong_levels(book: CompanyBook, story: Story) -> Iterator[Difference]:
    """Levels come one by one; a prestige begins again at the lowest."""
    level = ever = LOWEST
    runs_left = story.prestige_level
    for notice in story.notices:
        if notice.type != "level_up":
            continue
        is_new_run = runs_left > 0 and notice.data.get("previous_level") == LOWEST != level
        runs_left -= is_new_run
        level = (LOWEST if is_new_run else level) + 1
        ever = max(ever, level)
        yield from _unlike(book, notice, {"level": level, "previous_level": level - 1})
    # A run that has just begun has told of no level yet.
    reached = story.level_reached if runs_left and story.level_reached == LOWEST else level
    for name, stored, told in (
        ("level_reached", story.level_reached, reached),
        ("level_ever", story.level_ever, ever),
    ):
        if stored != told:
            what = f"member.{name} against notices"
            yield Difference(book.company_id, what, str(story.member_id), str(stored), str(told))


def _wrong_given(
    book: CompanyBook, notice: Notice, quests: Mapping[str, Quest]
) -> Iterator[Difference]:
    ids = quest_ids(notice)
    found = [quests[number] for number in ids if number in quests]
    for number in sorted(set(ids) - quests.keys()):
        yield _difference(book, "data", notice, f"quest {number}", "a quest of this member")
    for quest in found:
        yield from _unlike(book, notice, {"quest_ids": ids, "window": quest.time_window})
        yield from _wrong_moment(book, notice, quest.assigned_at)
    if not ids:
        yield _difference(book, "data", notice, notice.data, "quests that were given")


def _wrong_completed(
    book: CompanyBook, notice: Notice, quests: Mapping[str, Quest]
) -> Iterator[Difference]:
    quest = quests.get(str(notice.data.get("quest_id")))
    if quest is None:
        yield _difference(book, "data", notice, notice.data, "a quest of this member")
        return
    written = book.rules.catalogue.quest(quest.entry)
    template = written or wording.quest_template(book.rules, quest.template, quest.rule_version)
    title = template.title if template else quest.template
    wanted = {"quest_id": str(quest.id), "title": title, "reward_xp": quest.reward_xp}
    yield from _unlike(book, notice, wanted)
    yield from _wrong_moment(book, notice, quest.completed_at)


def _wrong_unlocked(
    book: CompanyBook, notice: Notice, unlocks: Mapping[str, Unlock]
) -> Iterator[Difference]:
    unlock = unlocks.get(str(notice.data.get("key")))
    if unlock is None:
        yield _difference(book, "data", notice, notice.data, "a badge of this member")
        return
    rules = book.rules.at(unlock.unlocked_at)
    titles = [one.title for one in badges_around(book, unlock)]
    if not titles:
        yield _difference(book, "data", notice, notice.data, "a badge of its rules")
        return
    told = notice.data.get("title")
    wanted = {
        "key": unlock.key,
        "title": told if told in titles else titles[-1],
        "reward_xp": unlock.reward_xp,
        "rarity": rules.rarity_of(unlock.reward_xp),
    }
    yield from _unlike(book, notice, wanted)
    yield from _wrong_moment(book, notice, unlock.unlocked_at)


def _untold(
    book: CompanyBook, story: Story, kind: str, told: list[object], happened: list[str]
) -> Iterator[Difference]:
    """What a member was not told exactly once."""
    for name in happened:
        if (times := told.count(name)) != 1:
            subject = f"member {story.member_id}, {name}"
            yield Difference(
                book.company_id, f"notice {kind}", subject, f"told {times} times", "told once"
            )


def _unlike(book: CompanyBook, notice: Notice, wanted: Mapping[str, Any]) -> Iterator[Difference]:
    # Python holds True for 1: what stands in the row decides as well.
    if notice.data != wanted or notice_kinds.misfit(notice.type, notice.data):
        yield _difference(book, "data", notice, notice.data, wanted)


def _misfit(book: CompanyBook, notice: Notice) -> Iterator[Difference]:
    """A kind that follows from nothing else is at least what its row says."""
    if wrong := notice_kinds.misfit(notice.type, notice.data):
        yield _difference(book, "data", notice, notice.data, wrong)


def _wrong_moment(book: CompanyBook, notice: Notice, moment: object) -> Iterator[Difference]:
    if notice.at != moment:
        yield _difference(book, "at", notice, notice.at, moment)


def _difference(
    book: CompanyBook, what: str, notice: Notice, stored: object, computed: object
) -> Difference:
    subject = f"member {notice.member_id}, number {notice.seq}"
    return Difference(book.company_id, f"notice.{what}", subject, str(stored), str(computed))
