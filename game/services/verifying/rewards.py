"""Receipts of quests and achievements against the quest, the badge, the claim and the rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from game.rules.multipliers import multiplied
from game.rules.receipt_proof import CLOCKS_APART, multipliers_around
from game.rules.ruleset_parts import Achievement
from game.services.progress.acts import GRANTED, LAST_SECOND
from game.services.rulesets.charter import Charter
from game.services.verifying.differences import Difference
from game.services.verifying.stories import Quest, Reward, Story, Unlock


def wrong_rewards(charter: Charter, story: Story) -> Iterator[Difference]:
    """Every reward of a member that is not what its quest or badge and the rules give.

    A reward without its quest or badge, and the other way round, is named elsewhere.
    """
    quests = {str(quest.id): quest for quest in story.quests}
    unlocks = {unlock.key: unlock for unlock in story.unlocks}
    for reward in story.rewards:
        if reward.kind == "quest" and reward.source_id in quests:
            yield from _wrong_quest(charter, story, reward, quests[reward.source_id])
        elif reward.kind == "achievement" and reward.source_id in unlocks:
            yield from _wrong_badge(charter, story, reward, unlocks[reward.source_id])
    yield from _wrong_claims(charter, story, quests)


def _wrong_quest(
    charter: Charter, story: Story, reward: Reward, quest: Quest
) -> Iterator[Difference]:
    words = (f"quest:{quest.id}", f"quest:{quest.template}")
    yield from _unlike(charter, story, reward, words, quest.reward_xp, quest.claimed_at)
    # Claimed by the member, or granted when the window was closed, or claimed after that.
    if reward.posted_at not in (quest.claimed_at, quest.closed_at) and not _is_late(quest, reward):
        yield _difference(charter, "posted_at", reward, reward.posted_at, quest.claimed_at)


def _is_late(quest: Quest, reward: Reward) -> bool:
    """Whether it was claimed after the window's closing, which counts as of its last second."""
    return (
        quest.claimed_at == quest.ends_at - LAST_SECOND
        and quest.closes_at is not None
        and reward.posted_at >= quest.closes_at
    )


def _wrong_badge(
    charter: Charter, story: Story, reward: Reward, unlock: Unlock
) -> Iterator[Difference]:
    words = (f"ach:{unlock.key}", f"achievement:{unlock.key}")
    yield from _unlike(charter, story, reward, words, unlock.reward_xp, unlock.unlocked_at)
    if reward.posted_at != unlock.unlocked_at:
        yield _difference(charter, "posted_at", reward, reward.posted_at, unlock.unlocked_at)
    worths = [one.reward_xp for one in badges_around(charter, unlock)]
    worth = worths[-1] if worths else None
    if unlock.reward_xp not in worths:
        subject = f"member {unlock.member_id}, {unlock.key}"
        yield Difference(
            charter.company_id,
            "achievement_unlock.reward_xp",
            subject,
            str(unlock.reward_xp),
            str(worth),
        )


def badges_around(charter: Charter, unlock: Unlock) -> list[Achievement]:
    """The versions of a badge that it can have been unlocked by.

    What a creator changes holds at once; a posting of that minute may not have heard of it yet.
    """
    moments = (unlock.unlocked_at - CLOCKS_APART, unlock.unlocked_at)
    held = [charter.rules.at(moment).achievements for moment in moments]
    return [one for badges in held for one in badges if one.key == unlock.key]


def _unlike(  # noqa: PLR0913, PLR0917 - both sides of one receipt
    charter: Charter,
    story: Story,
    reward: Reward,
    words: tuple[str, str],
    reward_xp: int,
    at: datetime | None,
) -> Iterator[Difference]:
    """What of a reward's receipt is not as it is written. `words`: its key and its reason."""
    rules = charter.rules.at(reward.at)
    multipliers = sorted(multipliers_around(story.history, reward.at, rules))
    given = reward.inputs.get("multiplier_bp")
    bp = given if given in multipliers else multipliers[-1]
    for name, stored, computed in (
        ("key", reward.key, words[0]),
        ("reason", reward.reason, words[1]),
        ("at", reward.at, at),
        ("rule_version", reward.rule_version, rules.version),
        ("inputs", reward.inputs, {"reward_xp": reward_xp, "multiplier_bp": bp}),
        ("xp", reward.xp, multiplied(reward_xp, bp)),
    ):
        if stored != computed:
            yield _difference(charter, name, reward, stored, computed)


def _wrong_claims(charter: Charter, story: Story, quests: dict[str, Quest]) -> Iterator[Difference]:
    """Claims are facts: each claimed quest has one, of the moment that stands on the quest."""
    claims = {claim.key: claim.at for claim in story.claims}
    claimed = {number: quest.claimed_at for number, quest in quests.items() if quest.claimed_at}
    for number in sorted(claims.keys() | claimed.keys()):
        if claims.get(number) != claimed.get(number):
            stored, computed = str(claimed.get(number)), str(claims.get(number))
            yield Difference(charter.company_id, "quest.claimed_at", number, stored, computed)
    granted = {claim.key for claim in story.claims if claim.value == GRANTED}
    for reward in story.rewards:
        quest = quests.get(reward.source_id) if reward.kind == "quest" else None
        if quest is None or reward.source_id not in granted:
            continue
        # Claims from before this was noted are told apart by nothing, so only this way round.
        if quest.closes_at is None or reward.posted_at < quest.closes_at:
            yield _difference(charter, "claim", reward, GRANTED, "claimed before the close")


def _difference(
    charter: Charter, what: str, reward: Reward, stored: object, computed: object
) -> Difference:
    subject = f"member {reward.member_id}, {reward.key}"
    return Difference(charter.company_id, f"receipt.{what}", subject, str(stored), str(computed))
