import { msg } from "@lingui/core/macro";
import { screen } from "@/components/screen";

export const ruleScreens = [
  screen({
    view: "dashboard",
    path: "rules",
    name: msg`Rules`,
    icon: "scroll",
    roles: ["creator"],
    forMembers: true,
    load: () => import("./routes/rules-screen"),
  }),
];
