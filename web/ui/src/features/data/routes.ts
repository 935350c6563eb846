import { msg } from "@lingui/core/macro";
import { screen } from "@/components/screen";

export const dataScreens = [
  screen({
    view: "dashboard",
    path: "data",
    name: msg`Data`,
    icon: "repeat",
    roles: ["creator"],
    forMembers: true,
    load: () => import("./routes/data-screen"),
  }),
];
