import { msg } from "@lingui/core/macro";
import { EVERYBODY, screen } from "@/components/screen";

export const guildScreens = [
  screen({
    view: "experience",
    path: "guild",
    name: msg`Guild`,
    icon: "shield",
    roles: EVERYBODY,
    forMembers: true,
    load: () => import("./routes/guild-screen"),
  }),
];
