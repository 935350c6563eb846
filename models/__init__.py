"""Tables and the session: what is stored and how a transaction begins and ends."""

from models.base import Base
from models.books import Balance, LessonEffect, Movement, PaymentEffect, Receipt, Referral
from models.companies import Audit, Company, CompanyFact, RuleSetVersion, SystemConfig
from models.creations import AchievementShare, Creation, CreationRun, Perk
from models.facts import (
    ClickFact,
    Currency,
    DisputeFact,
    LessonFact,
    MembershipFact,
    PaymentFact,
    ReferralCode,
    RefundFact,
)
from models.inbox import DeadLetter, Inbox, InboxAlert, InboxBody, SettlementRun
from models.jobs import Heartbeat, JobTick
from models.members import Member, MemberDay, MemberFact
from models.notices import Epoch, Notice, NoticeOutbox
from models.previews import RulePreview, RulePreviewMember
from models.quests import AchievementUnlock, Quest

__all__ = [
    "AchievementShare",
    "AchievementUnlock",
    "Audit",
    "Balance",
    "Base",
    "ClickFact",
    "Company",
    "CompanyFact",
    "Creation",
    "CreationRun",
    "Currency",
    "DeadLetter",
    "DisputeFact",
    "Epoch",
    "Heartbeat",
    "Inbox",
    "InboxAlert",
    "InboxBody",
    "JobTick",
    "LessonEffect",
    "LessonFact",
    "Member",
    "MemberDay",
    "MemberFact",
    "MembershipFact",
    "Movement",
    "Notice",
    "NoticeOutbox",
    "PaymentEffect",
    "PaymentFact",
    "Perk",
    "Quest",
    "Receipt",
    "Referral",
    "ReferralCode",
    "RefundFact",
    "RulePreview",
    "RulePreviewMember",
    "RuleSetVersion",
    "SettlementRun",
    "SystemConfig",
]
