// Every screen of the app in the order of the navigation. The first four of a frame stand in a phone's tab bar.
import { msg } from "@lingui/core/macro";
import { EVERYBODY, screen, type Screen } from "@/components/screen";
import { achievementScreens } from "@/features/achievements/routes";
import { companyScreens } from "@/features/company/routes";
import { creationScreens } from "@/features/creations/routes";
import { earningScreens } from "@/features/earnings/routes";
import { operationScreens } from "@/features/operations/routes";
import { questScreens } from "@/features/quests/routes";
import { referralScreens } from "@/features/referrals/routes";
import { ruleScreens } from "@/features/rules/routes";

/** It shows several features side by side, which none of them could. */
const home = screen({
  frame: "experience",
  path: "",
  name: msg`Home`,
  icon: "home",
  roles: EVERYBODY,
  forMembers: true,
  isFirst: true,
  load: () => import("./screens/home-screen"),
});

export const screens: readonly Screen[] = [
  home,
  ...questScreens,
  ...referralScreens,
  ...earningScreens,
  ...achievementScreens,
  ...companyScreens,
  ...ruleScreens,
  ...creationScreens,
  ...operationScreens,
];

/** Fetch the screen of an address beside the session, instead of after it. */
export function preloadAddress(path: string): void {
  const [, frame, , ...rest] = path.split("/");
  const name = frame === "dashboard" ? "dashboard" : "experience";
  screens.find((one) => one.frame === name && one.path === rest.join("/").replace(/\/$/, ""))?.preload();
}
