"""What a member's new figures lead to: quest steps, badges, levels, and what to tell of them.

Everything here is a moment: recorded once, when first true. The caller holds the members' locks
and has gathered the differences in a `Posting`; `advance` lets the rules find what became true
and writes it all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from game.rules import member_progress
from game.rules.multipliers import multiplier_at
from game.rules.ruleset import RuleSet
from game.services.ledger.posting import Line, MemberKey, Posting
from game.services.members.store import MemberState, store_members
from game.services.notices.announcing import News, announce
from game.services.platform import bulk
from game.services.progress.day_counts import write_days
from game.services.progress.streaks import store_streaks
from game.services.quests.assignment import assign
from game.services.quests.progress import OpenQuest, load_open, step, store_open
from game.services.rulesets.book import CompanyBook
from models.session import Transaction


def advance(
    tx: Transaction,
    posting: Posting,
    books: Mapping[str, CompanyBook],
    members: Mapping[MemberKey, MemberState],
) -> None:
    """Write everything gathered in `posting` and all that follows from it for these members."""
    news: dict[MemberKey, News] = defaultdict(list)
    for key, member in members.items():
        apply(member, posting)
        news[key] += posting.changes[key].notices
    for key, offered in assign(tx, books, members.values(), posting.now).items():
        news[key] += offered
    store_streaks(tx, books, members, write_days(tx, books, posting))
    open_quests = load_open(tx, members, posting.now)
    unlocked = load_unlocked(tx, members)
    for key, member in members.items():
        book = books[key[0]]
        advance_one(posting, book, member, open_quests[key], unlocked[key], news[key])
    store_open(tx, open_quests, posting.now)
    posting.write_books(tx)
    write_days(tx, books, posting)
    announce(tx, members, news, posting.now)
    store_members(tx, members.values())


def apply(member: MemberState, posting: Posting) -> None:
    """Move a member's figures by what was gathered for them."""
    change = posting.changes[member.key]
    member.lifetime_xp += change.xp
    member.total_referrals += change.referrals
    member.earned_usd_cents += change.earned_usd_cents
    member.quests_claimed += change.quests_claimed
    member.clicks += change.clicks
    change.xp = change.referrals = change.earned_usd_cents = 0
    change.quests_claimed = change.clicks = 0


def advance_one(  # noqa: PLR0913, PLR0917 - one member's part of the batch
    posting: Posting,
    book: CompanyBook,
    member: MemberState,
    open_quests: list[OpenQuest],
    unlocked: frozenset[str],
    news: News,
) -> None:
    """Let the rules find what one member's figures lead to: into `posting`, the quests and `news`.

    Nothing is read or written here, so what one more sale would bring is found the same way.
    """
    rules = book.rules.at(posting.now)
    multiplier = multiplier_at(member.history, posting.now, rules)
    found = member_progress.advance(
        member_progress.MemberState(
            lifetime_xp=member.lifetime_xp,
            prestige_level=member.prestige_level,
            level_reached=member.level_reached,
            level_ever=member.level_ever,
            metrics=_metrics(member),
            unlocked=unlocked,
            multiplier_bp=multiplier,
        ),
        rules,
    )
    for unlock in found.unlocks:
        _unlock(posting, member, unlock, rules)
        news.append(
            (
                "achievement_unlocked",
                {
                    "key": unlock.key,
                    "title": rules.achievement(unlock.key).title,
                    "reward_xp": unlock.reward_xp,
                    "rarity": rules.rarity_of(unlock.reward_xp),
                },
            )
        )
    posting.changes[member.key].count(
        book.zones.stretch(posting.now), "achievements", len(found.unlocks)
    )
    member.lifetime_xp = found.lifetime_xp
    member.level_reached, member.level_ever = found.level_reached, found.level_ever
    for quest in open_quests:
        if step(quest, member, len(found.unlocks), posting.now):
            title = book.rules.numbered(quest.rule_version).quest(quest.template).title
            data = {"quest_id": str(quest.id), "title": title, "reward_xp": quest.reward_xp}
            news.append(("quest_completed", data))
    news += [("level_up", {"level": level, "previous_level": level - 1}) for level in found.levels]


def _metrics(member: MemberState) -> dict[str, int]:
    """The figures achievements look at, as they stand."""
    return {
        "conversions": member.total_referrals,
        "earned_usd_cents": member.earned_usd_cents,
        "quests_claimed": member.quests_claimed,
        "streak": member.best_streak,
        "prestige": member.prestige_level,
        "class_chosen": int(bool(member.history.classes)),
    }


def _unlock(posting: Posting, member: MemberState, unlock: Any, rules: RuleSet) -> None:
    posting.unlocks.append(
        {
            "company_id": member.company_id,
            "member_id": member.id,
            "key": unlock.key,
            "reward_xp": unlock.reward_xp,
            "unlocked_at": posting.now,
        }
    )
    posting.add(
        Line(
            member=member.key,
            key=f"ach:{unlock.key}",
            kind="achievement",
            source_id=unlock.key,
            reason=f"achievement:{unlock.key}",
            xp=unlock.xp,
            at=posting.now,
            rule_version=rules.version,
            inputs={"reward_xp": unlock.reward_xp, "multiplier_bp": unlock.multiplier_bp},
        )
    )


def load_unlocked(
    tx: Transaction, members: Mapping[MemberKey, MemberState]
) -> Mapping[MemberKey, frozenset[str]]:
    """The badges these members have, in one query."""
    found: dict[MemberKey, set[str]] = defaultdict(set)
    if members:
        for company, member_id, key in tx.rows(
            "SELECT company_id, member_id, key "
            "FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, member_id) "
            "JOIN achievement_unlock USING (company_id, member_id)",
            bulk.pairs(members),
        ):
            found[company, member_id].add(key)
    return defaultdict(frozenset, {key: frozenset(keys) for key, keys in found.items()})
