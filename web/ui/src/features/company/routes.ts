import { msg } from "@lingui/core/macro";
import { screen, TEAM } from "@/components/screen";

export const companyScreens = [
  screen({
    view: "dashboard",
    path: "",
    name: msg`Overview`,
    icon: "home",
    roles: TEAM,
    forMembers: true,
    load: () => import("./routes/overview-screen"),
  }),
];

/** They stand behind what is used every day. */
export const settingScreens = [
  screen({
    view: "dashboard",
    path: "settings",
    name: msg`Settings`,
    icon: "gear",
    roles: ["creator"],
    forMembers: true,
    load: () => import("./routes/settings-screen"),
  }),
];
