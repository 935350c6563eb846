"""What a member's new figures lead to, as ORM objects: days, streaks, quests, badges, levels."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.textbook.models import LessonRow, Member, MemberDay, Notice, Quest, Unlock, XpEntry
from game.rules import member_progress
from game.rules.achievements import locked_left
from game.rules.calendar_windows import Day, Zones
from game.rules.facts import MemberHistory
from game.rules.multipliers import multiplier_at
from game.rules.quests import QuestWorld, offers
from game.rules.quests import progress as progress_of
from game.rules.ruleset import Rules
from game.rules.ruleset_parts import WindowKind
from game.rules.streaks import Activity, longest_run

RULES = Rules()
ZONES = Zones()
RALLIES = frozenset(
    name
    for name, played in RULES.numbered(1).classes.items()
    if played.ability is not None and played.ability.kind == "rally"
)
YEAR = timedelta(days=366)
COUNTED = {
    "referrals": "conversions",
    "commission": "commission_usd_cents",
    "lessons": "lessons",
    "achievements": "achievements",
}


@dataclass
class TouchedMember:
    """A locked member and what this webhook changed for them."""

    member: Member
    history: MemberHistory
    news: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    days: set[date] = field(default_factory=set)

    @property
    def can_rally(self) -> bool:
        """Whether the member ever played the class whose conversions count for each other."""
        return any(change.value in RALLIES for change in self.history.classes)

    def tell(self, kind: str, data: dict[str, Any]) -> None:
        self.news.append((kind, data))

    def count(self, session: Session, day: date, what: str, amount: int) -> None:
        """Add to one of the counts of a day."""
        if not amount:
            return
        row = session.get(MemberDay, (self.member.id, day))
        if row is None:
            row = MemberDay(
                member_id=self.member.id, day=day, conversions=0, commission_usd_cents=0,
                lessons=0, achievements=0,
            )  # fmt: skip
            session.add(row)
        setattr(row, what, getattr(row, what) + amount)
        self.days.add(day)


Touched = dict[int, TouchedMember]
"""The members this webhook touched, by id."""


def advance(session: Session, one: TouchedMember, now: datetime) -> list[tuple[int, str]]:
    """Follow the member's figures to quests, badges and levels; the frames to publish."""
    session.flush()
    _assign(session, one, now)
    _streak(session, one)
    _levels_and_badges(session, one, now)
    _quests(session, one, now)
    return _announce(session, one, now)


def _assign(session: Session, one: TouchedMember, now: datetime) -> None:
    member, today = one.member, ZONES.day(now).date
    if member.quests_through is not None and member.quests_through >= today:
        return
    recent = now - timedelta(days=RULES.at(now).quests.lessons_recent_days)
    has_lessons = session.scalar(select(LessonRow.lesson_id).where(LessonRow.at > recent).limit(1))
    unlocked = frozenset(session.scalars(select(Unlock.key).where(Unlock.member_id == member.id)))
    world = QuestWorld(
        lessons_recent=has_lessons is not None,
        in_guild=False,
        locked_achievements=locked_left(unlocked, RULES.at(now)),
    )
    kinds: tuple[WindowKind, ...] = ("daily", "weekly", "monthly")
    for offer in offers(
        member.company_id, member.id, now, member.level_ever, world, kinds, RULES, ZONES
    ):
        session.add(
            Quest(
                member_id=member.id,
                template=offer.template,
                time_window=offer.window,
                slot=offer.slot,
                first_day=offer.first_day,
                last_day=offer.last_day,
                target_type=offer.target_type,
                target=offer.target,
                baseline=member.level_ever,
                reward_xp=offer.reward_xp,
                progress=0,
            )
        )
        one.tell("quest_available", {"template": offer.template, "window": offer.window})
    member.quests_through = today


def _streak(session: Session, one: TouchedMember) -> None:
    for day in one.days:
        active = set(
            session.scalars(
                select(MemberDay.day).where(
                    MemberDay.member_id == one.member.id,
                    MemberDay.day.between(day - YEAR, day + YEAR),
                    MemberDay.conversions > 0,
                )
            )
        )
        activity = Activity({Day(one) for one in active}, Day(min(active)) if active else None)
        run = longest_run(activity, Day(day), ZONES)
        one.member.best_streak = max(one.member.best_streak, run)


def _levels_and_badges(session: Session, one: TouchedMember, now: datetime) -> None:
    member, rules = one.member, RULES.at(now)
    unlocked = frozenset(session.scalars(select(Unlock.key).where(Unlock.member_id == member.id)))
    multiplier = multiplier_at(one.history, now, rules)
    metrics = {
        "conversions": member.total_referrals,
        "earned_usd_cents": member.earned_usd_cents,
        "quests_claimed": 0,
        "streak": member.best_streak,
        "class_chosen": int(bool(one.history.classes)),
    }
    found = member_progress.advance(
        member_progress.ProgressState(
            member.lifetime_xp, 0, member.level_reached, member.level_ever, metrics, unlocked,
            multiplier,
        ),
        rules,
    )  # fmt: skip
    for unlock in found.unlocks:
        session.add(Unlock(member_id=member.id, key=unlock.key, unlocked_at=now))
        session.add(
            XpEntry(
                member_id=member.id,
                key=f"ach:{unlock.key}",
                kind="achievement",
                xp=unlock.xp,
                reason=f"achievement:{unlock.key}",
                inputs={"reward_xp": unlock.reward_xp, "multiplier_bp": unlock.multiplier_bp},
                created_at=now,
            )
        )
        one.tell("achievement_unlocked", {"key": unlock.key})
    one.count(session, ZONES.day(now).date, "achievements", len(found.unlocks))
    member.lifetime_xp = found.lifetime_xp
    member.level_reached, member.level_ever = found.level_reached, found.level_ever
    for level in found.levels:
        one.tell("level_up", {"level": level, "previous_level": level - 1})


def _quests(session: Session, one: TouchedMember, now: datetime) -> None:
    session.flush()
    open_quests = session.scalars(
        select(Quest).where(Quest.member_id == one.member.id, Quest.state == "assigned")
    ).all()
    if not open_quests:
        return
    first = min(quest.first_day for quest in open_quests)
    days = session.scalars(
        select(MemberDay).where(MemberDay.member_id == one.member.id, MemberDay.day >= first)
    ).all()
    for quest in open_quests:
        counted = one.member.level_ever - quest.baseline
        if quest.target_type != "level":
            name = COUNTED.get(quest.target_type)
            within = [d for d in days if name and quest.first_day <= d.day <= quest.last_day]
            counted = sum(getattr(day, name) for day in within) if name else 0
        quest.progress = progress_of(counted, quest.target, quest.progress)
        if quest.progress >= quest.target:
            quest.state, quest.completed_at = "completed", now
            one.tell("quest_completed", {"quest_id": quest.id, "reward_xp": quest.reward_xp})


def _announce(session: Session, one: TouchedMember, now: datetime) -> list[tuple[int, str]]:
    """Number and store the notices; (member id, frame) of each."""
    frames = []
    for kind, data in one.news:
        one.member.notice_seq += 1
        seq = one.member.notice_seq
        session.add(Notice(member_id=one.member.id, seq=seq, type=kind, data=data, created_at=now))
        text = json.dumps({"id": seq, "type": kind, "data": data, "at": now.isoformat()})
        frames.append((one.member.id, text))
    return frames
