import { msg } from "@lingui/core/macro";
import { EVERYBODY, screen } from "@/components/screen";

export const achievementScreens = [
  screen({
    view: "experience",
    path: "achievements",
    name: msg`Achievements`,
    icon: "trophy",
    roles: EVERYBODY,
    forMembers: true,
    load: () => import("./routes/achievements-screen"),
  }),
];
