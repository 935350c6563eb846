// The shapes of the API as this page reads them. Money and XP are whole numbers, times are ISO 8601 UTC.

export type CharacterClass = "scout" | "sage" | "champion";
export type Role = "member" | "moderator" | "creator" | "admin";

export interface Money {
  amount_minor: number;
  currency: string;
  exponent: number;
}

/** One currency of a member's commission. `payable_minor` is below zero while there is a debt. */
export interface Balance {
  currency: string;
  exponent: number;
  earned_minor: number;
  pending_minor: number;
  held_minor: number;
  payable_minor: number;
  paid_minor: number;
}

export interface Member {
  id: string;
  whop_user_id: string;
  username: string;
  avatar_url: string | null;
  character_class: CharacterClass | null;
  level: number;
  /** XP of this run, shown as zero while a debt is earned back. */
  experience_points: number;
  lifetime_xp: number;
  xp_to_next_level: number;
  /** The XP at which the present and the next level begin. */
  level_xp: number;
  next_level_xp: number;
  prestige_level: number;
  /** Those whose payment was large enough to count for achievements and boards. */
  total_referrals: number;
  /** The main currency first. */
  commission: Balance[];
  /** When the class may be changed next; null means at once. */
  class_change_at: string | null;
  created_at: string;
}

export interface Company {
  id: string;
  title: string;
  time_zone: string;
}

export interface SessionAnswer {
  token: string;
  expires_at: string;
  member: Member;
  company: Company;
  role: Role;
  /** The Whop app's id: what the frame's SDK has to name itself with. */
  app_id?: string | null;
}

export type QuestWindow = "daily" | "weekly" | "monthly";
export type QuestState = "assigned" | "completed" | "claimed";

export interface Quest {
  id: string;
  template: string;
  title: string;
  description: string;
  window: QuestWindow;
  slot: string;
  difficulty: "easy" | "medium" | "hard" | "epic";
  target_type: string;
  target: number;
  progress: number;
  reward_xp: number;
  state: QuestState;
  starts_at: string;
  ends_at: string;
  completed_at: string | null;
  claimed_at: string | null;
}

export interface QuestClaim {
  quest: Quest;
  xp_awarded: number;
  member: Member;
}

export type InputValue = string | number | boolean | null | InputValue[] | { [key: string]: InputValue };

/** One change of a member's books, with what it was computed from. `xp` and money are signed. */
export interface Receipt {
  id: string;
  /** When the fact happened; it may be heard of later. */
  at: string;
  /** When it was booked: what the list goes by. */
  posted_at: string;
  kind: "payment" | "quest" | "achievement" | "lesson";
  xp: number;
  commission: Money | null;
  reason: string;
  title: string;
  payment_id: string | null;
  class: CharacterClass | "novice" | null;
  rule_version: number;
  multiplier_bp: number | null;
  inputs: Record<string, InputValue>;
}

export type Rarity = "common" | "rare" | "epic" | "legendary";

export interface Achievement {
  key: string;
  title: string;
  description: string;
  metric: string;
  threshold: number;
  reward_xp: number;
  rarity: Rarity;
  progress: number;
  unlocked_at: string | null;
}

export interface ReferralLink {
  code: string;
  url: string;
  expires_at: string | null;
}

export interface ReferralStats {
  /** Null before the member's first link. */
  link: ReferralLink | null;
  clicks: number;
  pending: number;
  completed: number;
  reversed: number;
  refunded: number;
  conversions: number;
  earned: Money[];
}

/** What a class is worth under the company's present rules; rates in basis points. */
export interface ClassRule {
  key: CharacterClass;
  xp_bp: number;
  commission_bp: number;
  /** A class may have none. */
  ability: { name: string; bonus_bp: number; description: string } | null;
}

export interface ClassRules {
  version: number;
  class_change_days: number;
  classes: ClassRule[];
}

export interface Ticket {
  ticket: string;
  url: string;
  sse_url: string;
  expires_at: string;
  last_id: number;
}

/** A notice; `id` counts up per member without holes, and is absent on company-wide news. */
export interface Notice {
  id?: number | undefined;
  type: string;
  data: Record<string, unknown>;
  at: string;
}

export interface NoticePage {
  notices: Notice[];
  last_id: number;
  epoch: string;
  complete: boolean;
}
