// Every screen of the app in the order of the navigation. The first four of a view stand in a phone's tab bar.
import { msg } from "@lingui/core/macro";
import { EVERYBODY, screen, type Screen } from "@/components/screen";
import { achievementScreens } from "@/features/achievements/routes";
import { announcementScreens } from "@/features/announcements/routes";
import { boardScreens } from "@/features/boards/routes";
import { companyScreens, settingScreens } from "@/features/company/routes";
import { creationScreens } from "@/features/creations/routes";
import { creditScreens } from "@/features/crediting/routes";
import { dataScreens } from "@/features/data/routes";
import { earningScreens } from "@/features/earnings/routes";
import { guildScreens } from "@/features/guilds/routes";
import { operationScreens } from "@/features/operations/routes";
import { payoutScreens } from "@/features/payouts/routes";
import { questScreens } from "@/features/quests/routes";
import { referralScreens } from "@/features/referrals/routes";
import { ruleScreens } from "@/features/rules/routes";

/** It shows several features side by side, which none of them could. */
const home = screen({
  view: "experience",
  path: "",
  name: msg`Home`,
  icon: "home",
  roles: EVERYBODY,
  forMembers: true,
  isFirst: true,
  load: () => import("./screens/home-screen"),
});

/** It puts every feature's words to its notices. */
const news = screen({
  view: "experience",
  path: "news",
  name: msg`News`,
  icon: "bell",
  roles: EVERYBODY,
  forMembers: true,
  load: () => import("./screens/news-screen"),
});

export const screens: readonly Screen[] = [
  home,
  ...questScreens,
  ...boardScreens,
  ...guildScreens,
  ...referralScreens,
  ...earningScreens,
  ...achievementScreens,
  news,
  ...companyScreens,
  ...payoutScreens,
  ...ruleScreens,
  ...creditScreens,
  ...creationScreens,
  ...announcementScreens,
  ...dataScreens,
  ...settingScreens,
  ...operationScreens,
];

/** Fetch the screen of an address beside the session, instead of after it. */
export function preloadAddress(path: string): void {
  const [, view, , ...rest] = path.split("/");
  const name = view === "dashboard" ? "dashboard" : "experience";
  screens.find((one) => one.view === name && one.path === rest.join("/").replace(/\/$/, ""))?.preload();
}
