import { msg } from "@lingui/core/macro";
import { EVERYBODY, screen } from "@/components/screen";

export const boardScreens = [
  screen({
    view: "experience",
    path: "boards",
    name: msg`Boards`,
    icon: "podium",
    roles: EVERYBODY,
    forMembers: true,
    load: () => import("./routes/boards-screen"),
  }),
];
