"""Notices of levels, quests and badges against what they tell of.

Those of payments are compared in `receipts`. What cannot be derived from anything else: the
moment of a `level_up` (levels may follow from a choice or from new rules, without any receipt), and
in which order the notices of one posting were numbered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from game.services.notices import kinds as notice_kinds
from game.services.rulesets import wording
from game.services.rulesets.charter import Charter
from game.services.verifying.differences import Difference
from game.services.verifying.rewards import badges_around
from game.services.verifying.stories import NoticeRow, Quest, Story, Unlock, quest_ids

LOWEST = 1


def wrong_notices(charter: Charter, story: Story) -> Iterator[Difference]:
    """Every notice of a member that tells what is not so, and what they were never told of."""
    quests = {str(quest.id): quest for quest in story.quests}
    unlocks = {unlock.key: unlock for unlock in story.unlocks}
    yield from _wrong_levels(charter, story)
    completed: list[object] = []
    unlocked: list[object] = []
    for notice in story.notices:
        if notice.type == "quest_available":
            yield from _wrong_given(charter, notice, quests)
        elif notice.type == "quest_completed":
            completed.append(notice.data.get("quest_id"))
            yield from _wrong_completed(charter, notice, quests)
        elif notice.type == "achievement_unlocked":
            unlocked.append(notice.data.get("key"))
            yield from _wrong_unlocked(charter, notice, unlocks)
        elif notice.type not in notice_kinds.KINDS:
            yield _difference(charter, "type", notice, notice.type, "a type that is known")
        elif notice.type != "level_up":
            yield from _misfit(charter, notice)
    done = [number for number, quest in quests.items() if quest.completed_at is not None]
    yield from _untold(charter, story, "quest_completed", completed, done)
    yield from _untold(charter, story, "achievement_unlocked", unlocked, list(unlocks))


def _wrong_levels(charter: Charter, story: Story) -> Iterator[Difference]:
    """Levels come one by one; each prestige begins again at the lowest and says so."""
    level = ever = LOWEST
    begun: list[datetime] = []
    for notice in story.notices:
        if notice.type != "level_up":
            continue
        if notice.data.get("level") == LOWEST:
            begun.append(notice.at.replace(microsecond=0))
            left = notice.data.get("previous_level")
            level = LOWEST
            # Taken back XP may have made it less than was reached; never less than is open.
            least = charter.rules.at(notice.at).prestige.from_level
            if not isinstance(left, int) or not least <= left <= ever:
                yield _difference(charter, "data", notice, notice.data, f"from level {least} on")
            yield from _misfit(charter, notice)
            continue
        level += 1
        ever = max(ever, level)
        yield from _unlike(charter, notice, {"level": level, "previous_level": level - 1})
    for name, stored, told in (
        ("level_reached", story.level_reached, level),
        ("level_ever", story.level_ever, ever),
        ("prestige", [str(one.at) for one in story.history.prestiges], [str(at) for at in begun]),
    ):
        if stored != told:
            what = f"member.{name} against notices"
            yield Difference(charter.company_id, what, str(story.member_id), str(stored), str(told))


def _wrong_given(
    charter: Charter, notice: NoticeRow, quests: Mapping[str, Quest]
) -> Iterator[Difference]:
    ids = quest_ids(notice)
    found = [quests[number] for number in ids if number in quests]
    for number in sorted(set(ids) - quests.keys()):
        yield _difference(charter, "data", notice, f"quest {number}", "a quest of this member")
    for quest in found:
        yield from _unlike(charter, notice, {"quest_ids": ids, "window": quest.time_window})
        yield from _wrong_moment(charter, notice, quest.assigned_at)
    if not ids:
        yield _difference(charter, "data", notice, notice.data, "quests that were given")


def _wrong_completed(
    charter: Charter, notice: NoticeRow, quests: Mapping[str, Quest]
) -> Iterator[Difference]:
    quest = quests.get(str(notice.data.get("quest_id")))
    if quest is None:
        yield _difference(charter, "data", notice, notice.data, "a quest of this member")
        return
    written = charter.rules.catalogue.quest(quest.entry)
    template = written or wording.quest_template(charter.rules, quest.template, quest.rule_version)
    title = template.title if template else quest.template
    wanted = {"quest_id": str(quest.id), "title": title, "reward_xp": quest.reward_xp}
    yield from _unlike(charter, notice, wanted)
    yield from _wrong_moment(charter, notice, quest.completed_at)


def _wrong_unlocked(
    charter: Charter, notice: NoticeRow, unlocks: Mapping[str, Unlock]
) -> Iterator[Difference]:
    unlock = unlocks.get(str(notice.data.get("key")))
    if unlock is None:
        yield _difference(charter, "data", notice, notice.data, "a badge of this member")
        return
    rules = charter.rules.at(unlock.unlocked_at)
    titles = [one.title for one in badges_around(charter, unlock)]
    if not titles:
        yield _difference(charter, "data", notice, notice.data, "a badge of its rules")
        return
    told = notice.data.get("title")
    wanted = {
        "key": unlock.key,
        "title": told if told in titles else titles[-1],
        "reward_xp": unlock.reward_xp,
        "rarity": rules.rarity_of(unlock.reward_xp),
    }
    yield from _unlike(charter, notice, wanted)
    yield from _wrong_moment(charter, notice, unlock.unlocked_at)


def _untold(
    charter: Charter, story: Story, kind: str, told: list[object], happened: list[str]
) -> Iterator[Difference]:
    """What a member was not told exactly once."""
    for name in happened:
        if (times := told.count(name)) != 1:
            subject = f"member {story.member_id}, {name}"
            yield Difference(
                charter.company_id, f"notice {kind}", subject, f"told {times} times", "told once"
            )


def _unlike(charter: Charter, notice: NoticeRow, wanted: Mapping[str, Any]) -> Iterator[Difference]:
    # Python holds True for 1: what stands in the row decides as well.
    if notice.data != wanted or notice_kinds.misfit(notice.type, notice.data):
        yield _difference(charter, "data", notice, notice.data, wanted)


def _misfit(charter: Charter, notice: NoticeRow) -> Iterator[Difference]:
    """A kind that follows from nothing else is at least what its row says."""
    if wrong := notice_kinds.misfit(notice.type, notice.data):
        yield _difference(charter, "data", notice, notice.data, wrong)


def _wrong_moment(charter: Charter, notice: NoticeRow, moment: object) -> Iterator[Difference]:
    if notice.at != moment:
        yield _difference(charter, "at", notice, notice.at, moment)


def _difference(
    charter: Charter, what: str, notice: NoticeRow, stored: object, computed: object
) -> Difference:
    subject = f"member {notice.member_id}, number {notice.seq}"
    return Difference(charter.company_id, f"notice.{what}", subject, str(stored), str(computed))
