"""What a member does and waits for: the day's visit, a class, a claimed quest.

Each is a fact and, in the same transaction, everything that follows from it, under the member's
lock alone. Calling any of them twice does no more than calling it once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from game.rules.multipliers import may_choose_class, multiplied, multiplier_at, next_class_change
from game.rules.refusals import Refusal
from game.services.ledger.posting import NewReceipt, Posting
from game.services.members.store import MemberState, lock_members
from game.services.progress.advancing import advance
from game.services.rulesets.charter import Charter, load_charter
from models.outgoing import Wake
from models.session import MEMBER, Transaction, transaction

LAST_SECOND = timedelta(seconds=1)
"""A reward nobody claimed is granted as of this much before its window's end."""

GRANTED = "granted"
"""What a claim's fact says where the window's close granted the reward."""


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What a claim granted: XP after the member's class and prestige."""

    quest_id: int
    xp_awarded: int


def record_visit(company_id: str, member_id: int, now: datetime) -> bool:
    """Note that the member opened the app; True for the first time on a local day.

    Also assigns the quests of the day where the member has none yet.
    """
    with transaction(MEMBER, company_id) as tx:
        charter = load_charter(tx, company_id)
        day = charter.zones.day(now)
        known = tx.rows(
            "SELECT 1 FROM member_fact "
            "WHERE company_id = %s AND member_id = %s AND kind = 'visit' AND key = %s",
            (company_id, member_id, str(day)),
        )
        if known:
            return False
        member = locked(tx, company_id, member_id)
        if not add_fact(tx, member, "visit", str(day), "", now, settled=True):
            return False
        posting = Posting(now)
        posting.changes[member.key].count(charter.zones.stretch(now), "visits", 1)
        advance(tx, posting, {company_id: charter}, {member.key: member})
        return True


def choose_class(company_id: str, member_id: int, name: str, now: datetime) -> None:
    """Choose a character class, from this second on.

    Choosing the present one again changes nothing. Refuses `unknown_class` and
    `class_change_too_early` (details: `available_at`).
    """
    with transaction(MEMBER, company_id) as tx:
        charter = load_charter(tx, company_id)
        rules = charter.rules.at(now)
        if name not in rules.classes or name == rules.start_class:
            choices = sorted(rules.classes.keys() - {rules.start_class})
            raise Refusal("unknown_class", f"There is no class {name!r}.", {"choices": choices})
        member = locked(tx, company_id, member_id)
        if member.character_class == name:
            return
        if not may_choose_class(member.history, now, rules):
            available = next_class_change(member.history, rules)
            details = {"available_at": available.isoformat() if available else None}
            days = rules.class_change_days
            words = "1 day" if days == 1 else f"{days} days"
            raise Refusal("class_change_too_early", f"A class stays for {words}.", details)
        second = now.replace(microsecond=0)
        # Left for the next batch as well: a payment of this very second may have been faster.
        add_fact(tx, member, "class", second.isoformat(), name, second, settled=False)
        member = locked(tx, company_id, member_id)
        member.character_class = name
        advance(tx, Posting(now), {company_id: charter}, {member.key: member})
        tx.send(Wake())


def claim_quest(company_id: str, member_id: int, quest_id: int, now: datetime) -> ClaimResult:
    """Grant the reward of a finished quest, exactly once.

    From the moment its window closes the reward is granted as of the window's last second, as the
    closing would do it. Refuses `not_found` (also for somebody else's), `quest_not_complete`
    (details: progress and target) and `quest_already_claimed`.
    """
    with transaction(MEMBER, company_id) as tx:
        charter = load_charter(tx, company_id)
        member = locked(tx, company_id, member_id)
        found = tx.rows(
            "SELECT template, reward_xp, state, progress, target, ends_at, closes_at FROM quest "
            "WHERE company_id = %s AND member_id = %s AND id = %s FOR NO KEY UPDATE",
            (company_id, member_id, quest_id),
        )
        if not found:
            raise Refusal("not_found", "There is no such quest.", {"quest_id": str(quest_id)})
        template, reward_xp, state, progress, target, ends_at, closes_at = found[0]
        if state == "claimed":
            raise Refusal("quest_already_claimed", "This reward has been claimed already.")
        if state != "completed":
            details = {"progress": progress, "target": target}
            raise Refusal("quest_not_complete", "This quest is not finished yet.", details)
        posting = Posting(now)
        is_closed = closes_at is not None and now >= closes_at
        at = ends_at - LAST_SECOND if is_closed else now
        quest = QuestReward(quest_id, template, reward_xp, at_close=is_closed)
        xp = grant(tx, posting, charter, member, quest, at)
        advance(tx, posting, {company_id: charter}, {member.key: member})
        return ClaimResult(quest_id, xp)


@dataclass(frozen=True, slots=True)
class QuestReward:
    """A finished quest whose reward is to be granted.

    `at_close`: its window has closed, so the grant is no activity of the member.
    """

    quest_id: int
    template: str
    reward_xp: int
    at_close: bool = False


def grant(  # noqa: PLR0913, PLR0917 - who, what, when
    tx: Transaction,
    posting: Posting,
    charter: Charter,
    member: MemberState,
    quest: QuestReward,
    at: datetime,
) -> int:
    """Gather the reward of a completed quest as of `at`; the XP. The member must be locked.

    Marks the quest claimed; the caller still has to `advance`.
    """
    rules = charter.rules.at(at)
    multiplier = multiplier_at(member.history, at, rules)
    xp = multiplied(quest.reward_xp, multiplier)
    tx.run(
        "UPDATE quest SET state = 'claimed', claimed_at = %s WHERE company_id = %s AND id = %s",
        (at, member.company_id, quest.quest_id),
    )
    value = GRANTED if quest.at_close else ""
    add_fact(tx, member, "claim", str(quest.quest_id), value, at, settled=True)
    posting.add(
        NewReceipt(
            member=member.key,
            key=f"quest:{quest.quest_id}",
            kind="quest",
            source_id=str(quest.quest_id),
            reason=f"quest:{quest.template}",
            xp=xp,
            at=at,
            rule_version=rules.version,
            inputs={"reward_xp": quest.reward_xp, "multiplier_bp": multiplier},
        )
    )
    change = posting.changes[member.key]
    change.quests_claimed += 1
    change.count(charter.zones.stretch(at), "quests_claimed", 1)
    change.count(charter.zones.stretch(at), "quests_granted", int(quest.at_close))
    return xp


def locked(tx: Transaction, company_id: str, member_id: int) -> MemberState:
    """The member, locked and loaded. Refuses `not_found`."""
    members = lock_members(tx, [(company_id, member_id)])
    if not members:
        raise Refusal("not_found", "There is no such member.", {"member_id": str(member_id)})
    return members[company_id, member_id]


def add_fact(  # noqa: PLR0913, PLR0917 - the columns of a fact
    tx: Transaction,
    member: MemberState,
    kind: str,
    key: str,
    value: str,
    at: datetime,
    *,
    settled: bool,
) -> bool:
    """Record a fact of the member; False where it is known already."""
    return bool(
        tx.run(
            "INSERT INTO member_fact (company_id, member_id, kind, key, at, value, settled) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (member.company_id, member.id, kind, key, at, value, settled),
        )
    )
