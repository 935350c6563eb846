import { msg } from "@lingui/core/macro";
import { screen } from "@/components/screen";

export const operationScreens = [
  screen({
    view: "dashboard",
    path: "operations",
    name: msg`Operations`,
    icon: "bolt",
    roles: ["admin"],
    load: () => import("./routes/operations-screen"),
  }),
];
