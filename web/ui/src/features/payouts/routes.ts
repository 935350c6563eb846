import { msg } from "@lingui/core/macro";
import { screen } from "@/components/screen";

export const payoutScreens = [
  screen({
    view: "dashboard",
    path: "payouts",
    name: msg`Payouts`,
    icon: "coin",
    roles: ["creator"],
    load: () => import("./routes/payouts-screen"),
  }),
];
