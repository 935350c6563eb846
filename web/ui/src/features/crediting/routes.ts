import { msg } from "@lingui/core/macro";
import { screen } from "@/components/screen";

export const creditScreens = [
  screen({
    view: "dashboard",
    path: "referrals",
    name: msg`Referrals`,
    icon: "people",
    roles: ["creator"],
    forMembers: true,
    load: () => import("./routes/credit-screen"),
  }),
];
