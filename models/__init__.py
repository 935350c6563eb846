"""Tables and the session: what is stored and how a transaction begins and ends."""

from models.base import Base
from models.boards import (
    BoardOutbox,
    BoardState,
    LeaderboardEntry,
    LeaderboardWindow,
    LeagueSeat,
    LeagueWeek,
)
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
from models.guilds import (
    Guild,
    GuildEntry,
    GuildMember,
    GuildQuest,
    GuildReport,
    GuildRequest,
    GuildShare,
    GuildWeek,
)
from models.inbox import DeadLetter, Inbox, InboxAlert, InboxBody, SettlementRun
from models.jobs import Heartbeat, JobTick
from models.links import Appeal, Campaign
from models.members import Member, MemberDay, MemberFact
from models.notices import Epoch, Notice, NoticeOutbox
from models.payouts import Payout, PayoutPart, PayoutStep, Transfer
from models.pool import PoolBalance, PoolMovement, PoolReserve
from models.previews import RulePreview, RulePreviewMember
from models.quests import AchievementUnlock, Quest
from models.whop import WhopHole, WhopQuestion, WhopRun

__all__ = [
    "AchievementShare",
    "AchievementUnlock",
    "Appeal",
    "Audit",
    "Balance",
    "Base",
    "BoardOutbox",
    "BoardState",
    "Campaign",
    "ClickFact",
    "Company",
    "CompanyFact",
    "Creation",
    "CreationRun",
    "Currency",
    "DeadLetter",
    "DisputeFact",
    "Epoch",
    "Guild",
    "GuildEntry",
    "GuildMember",
    "GuildQuest",
    "GuildReport",
    "GuildRequest",
    "GuildShare",
    "GuildWeek",
    "Heartbeat",
    "Inbox",
    "InboxAlert",
    "InboxBody",
    "JobTick",
    "LeaderboardEntry",
    "LeaderboardWindow",
    "LeagueSeat",
    "LeagueWeek",
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
    "Payout",
    "PayoutPart",
    "PayoutStep",
    "Perk",
    "PoolBalance",
    "PoolMovement",
    "PoolReserve",
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
    "Transfer",
    "WhopHole",
    "WhopQuestion",
    "WhopRun",
]
