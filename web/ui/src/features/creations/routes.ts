import { msg } from "@lingui/core/macro";
import { screen } from "@/components/screen";

export const creationScreens = [
  screen({
    view: "dashboard",
    path: "quests",
    name: msg`Quests & rewards`,
    icon: "star",
    roles: ["moderator", "creator"],
    forMembers: true,
    load: () => import("./routes/creations-screen"),
  }),
];
