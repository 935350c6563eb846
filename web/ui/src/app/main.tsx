// The page starts here: colours before the first paint, then the store and the screen.
import "@fontsource-variable/inter/wght.css";
import "frosted-ui/styles.css";
import "./app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "react-redux";
import { experienceInPath } from "@/lib/frame";
import { followTheme } from "@/lib/theme";
import { App } from "./app";
import { makeStore } from "./store";

const showAppearance = followTheme();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Provider store={makeStore()}>
        <App experienceId={experienceInPath(window.location.pathname)} showAppearance={showAppearance} />
      </Provider>
    </StrictMode>,
  );
}
