import { msg } from "@lingui/core/macro";
import { screen } from "@/components/screen";

/** The creator of a community earns nothing by a link of their own, so none is offered to them. */
export const referralScreens = [
  screen({
    view: "experience",
    path: "referrals",
    name: msg`Referrals`,
    icon: "people",
    roles: ["member", "moderator", "admin"],
    forMembers: true,
    load: () => import("./routes/referrals-screen"),
  }),
];
