import { msg } from "@lingui/core/macro";
import { EVERYBODY, screen } from "@/components/screen";

export const earningScreens = [
  screen({
    view: "experience",
    path: "earnings",
    name: msg`Earnings`,
    icon: "coin",
    roles: EVERYBODY,
    forMembers: true,
    load: () => import("./routes/earnings-screen"),
  }),
];
