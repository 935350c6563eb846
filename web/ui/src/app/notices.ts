// Every kind of notice the page knows, as its features registered it.
import { achievementNotices } from "@/features/achievements/notices";
import { announcementNotices } from "@/features/announcements/notices";
import { boardNotices } from "@/features/boards/notices";
import { earningNotices } from "@/features/earnings/notices";
import { guildNotices } from "@/features/guilds/notices";
import { profileNotices } from "@/features/profile/notices";
import { questNotices } from "@/features/quests/notices";
import { referralNotices } from "@/features/referrals/notices";
import { Registry } from "@/lib/notices";

export const notices = new Registry([
  ...referralNotices,
  ...earningNotices,
  ...questNotices,
  ...achievementNotices,
  ...profileNotices,
  ...announcementNotices,
  ...guildNotices,
  ...boardNotices,
]);
