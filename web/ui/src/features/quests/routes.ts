import { msg } from "@lingui/core/macro";
import { EVERYBODY, screen } from "@/components/screen";

export const questScreens = [
  screen({
    view: "experience",
    path: "quests",
    name: msg`Quests`,
    icon: "scroll",
    roles: EVERYBODY,
    forMembers: true,
    load: () => import("./routes/quests-screen"),
  }),
];
