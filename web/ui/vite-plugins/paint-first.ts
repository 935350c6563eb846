// Lets the first shape be painted before the styles have come: they are named behind it, where a browser no longer
// holds back what stands before. The page's own code still waits for them.
import type { Plugin } from "vite";

const STYLES = /\n\s*<link rel="stylesheet"[^>]*>/g;
const CODE_WANTED = "<noscript>";

export function paintFirst(): Plugin {
  return {
    name: "paint-first",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (html) => {
        const styles = html.match(STYLES) ?? [];
        return html.replace(STYLES, "").replace(CODE_WANTED, `${styles.join("").trim()}\n    ${CODE_WANTED}`);
      },
    },
  };
}
