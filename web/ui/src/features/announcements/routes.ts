import { msg } from "@lingui/core/macro";
import { screen } from "@/components/screen";

export const announcementScreens = [
  screen({
    view: "dashboard",
    path: "announcements",
    name: msg`Announcements`,
    icon: "megaphone",
    roles: ["creator"],
    load: () => import("./routes/announcements-screen"),
  }),
];
