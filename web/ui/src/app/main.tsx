// The page starts here: colours before the first paint, the words, then the store and the screen.
import "@fontsource-variable/inter/wght.css";
import "frosted-ui/styles.lite.css";
import "./app.css";
import "./shell.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { chooseLanguage, speak } from "@/lib/words";
import { followTheme } from "@/lib/theme";
import { App } from "./app";
import { preloadAddress } from "./screens";
import { makeStore } from "./store";

async function start(root: HTMLElement): Promise<void> {
  followTheme();
  preloadAddress(window.location.pathname);
  const language = chooseLanguage(navigator.languages);
  document.documentElement.lang = language;
  await speak(language);
  createRoot(root).render(
    <StrictMode>
      <App store={makeStore()} />
    </StrictMode>,
  );
}

const root = document.getElementById("root");
if (root) void start(root);
