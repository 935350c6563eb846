// The shapes of the API under the names the page uses. They are generated; here a few words are narrowed.
// Money and XP are whole numbers, times are ISO 8601 UTC.
import type { components } from "./api-types";

type Schemas = components["schemas"];

export type CharacterClass = "scout" | "sage" | "champion";
export type Money = Schemas["Money"];
/** One currency of a member's commission. `payable_minor` is below zero while there is a debt. */
export type Balance = Schemas["Balance"];
/** The same with the days on which the pending part comes. */
export type BalanceAhead = Schemas["BalanceAhead"];
export type Coming = Schemas["Coming"];
export type Commission = Schemas["Commission"];
export type CommissionState = Commission["state"];
export type Payout = Schemas["Payout"];
export type PayoutState = Payout["state"];
export type PayoutsMade = Schemas["PayoutsMade"];
export type PayoutOverview = Schemas["PayoutOverview"];
export type Statement = Schemas["Statement"];
export type Pools = Schemas["Pools"];
export type Company = Schemas["Company"];

/** `experience_points` shows zero while a debt is earned back; of `commission` the main currency comes first. */
export type Member = Omit<Schemas["Member"], "character_class"> & { character_class: CharacterClass | null };

export type SessionAnswer = Omit<Schemas["SignedIn"], "member"> & {
  /** Null for an operator who is no member of the company. */
  member: Member | null;
};
export type Role = SessionAnswer["role"];

export type Quest = Schemas["Quest"];
/** The same with each fact that counted. */
export type QuestDetail = Schemas["QuestDetail"];
export type QuestWindow = Quest["window"];
export type QuestClaim = Omit<Schemas["Claim"], "member"> & { member: Member };

export type InputValue = string | number | boolean | null | InputValue[] | { [key: string]: InputValue };

/** One change of a member's books, with what it was computed from. `xp` and money are signed. */
export type Receipt = Omit<Schemas["Receipt"], "class" | "inputs"> & {
  class: CharacterClass | "novice" | null;
  inputs: Record<string, InputValue>;
};

export type Achievement = Schemas["Achievement"];
export type Perk = Schemas["Perk"];
/** A special quest or an achievement as its creator sees it. */
export type Creation = Schemas["Creation"];
export type Metric = Schemas["Metric"];
export type Rarity = Achievement["rarity"];

export type Board = Schemas["Board"];
export type BoardHead = Schemas["BoardHead"];
export type Place = Schemas["Place"];
export type MyPlace = Schemas["MyPlace"];
export type Moved = Schemas["Moved"];
export type ClosedBoard = Schemas["ClosedBoard"];
export type PlaceProof = Schemas["Proof"];
export type League = Schemas["League"];
export type LeagueRow = Schemas["LeagueRow"];
export type BoardCategory = BoardHead["category"];
export type BoardType = BoardHead["type"];

export type ReferralLink = Schemas["Link"];
export type OwnLink = Schemas["OwnLink"];
export type Funnel = Schemas["Funnel"];
export type Visits = Schemas["Visits"];
export type CampaignView = Schemas["CampaignView"];
export type Plan = Schemas["Plan"];
export type Appeal = Schemas["Appeal"];
export type Tie = Schemas["Tie"];
export type Credited = Schemas["Credited"];
export type Journal = Schemas["Journal"];
export type Named = Schemas["Named"];
export type Choices = Schemas["Choices"];
export type TeamMember = Schemas["TeamMember"];
export type ReferralStats = Schemas["ReferralStats"];
export type Referral = Schemas["Referral"];
export type ReferralState = Referral["state"];

/** What a class is worth under the company's present rules; rates in basis points. */
export type ClassRule = Omit<Schemas["Class"], "key"> & { key: CharacterClass };
export type Rules = Omit<Schemas["Rules"], "classes" | "document"> & {
  classes: ClassRule[];
  document: RulesDocument | null;
};
/** A whole rule set as it is stored. Its numbers are whole: basis points, cents, points. */
export type RulesDocument = Record<string, unknown>;
export type RulesPreview = Schemas["Preview"];
export type PreviewFound = Schemas["PreviewResult"];

/** A comparison with Whop's own lists, or an import of what was before the installation. */
export type WhopRun = Schemas["WhopRun"];
export type CompanyWhopRun = Schemas["CompanyWhopRun"];
export type Reconcile = Schemas["Reconcile"];
export type WhopImport = Schemas["Import"];
export type Streak = Schemas["Streak"];
export type ClassComparison = Omit<Schemas["Comparison"], "classes"> & {
  classes: (Omit<Schemas["ClassOutcome"], "key"> & { key: CharacterClass | "novice" })[];
};
export type Outlook = Schemas["Outlook"];
export type SinceVisit = Schemas["SinceVisit"];
export type OwnSettings = Schemas["OwnSettings"];
export type Announcement = Schemas["ShownAnnouncement"];

export type Ticket = Schemas["Ticket"];

/** A notice; `id` counts up per member without holes, and is absent on company-wide news. */
export interface Notice {
  id?: number | undefined;
  type: string;
  data: Record<string, unknown>;
  at: string;
}

export type NoticePage = Omit<Schemas["Notices"], "notices" | "read_up_to"> & { notices: Notice[] };
/** The list as people read it, newest first, and up to which number they have. */
export type NoticeHistory = Omit<Schemas["Notices"], "notices"> & { notices: Notice[] };

export type Guild = Schemas["Guild"];
export type GuildAccess = Guild["access"];
export type GuildMember = Schemas["GuildMember"];
export type GuildRole = GuildMember["role"];
export type GuildRequest = Schemas["GuildRequest"];
export type GuildQuest = Schemas["GuildQuest"];
/** One entry of a guild's channel: a message, or what became of the guild. */
export type GuildEntry = Schemas["Entry"];

export type Queues = Schemas["Queues"];
export type DeadLetter = Schemas["Letter"];
