// Whether the side bar stands beside the page. The same width as in the style sheets.
import { useSyncExternalStore } from "react";

const WIDE = "(min-width: 56.25rem)";

export function isWide(): boolean {
  return window.matchMedia(WIDE).matches;
}

export function useIsWide(): boolean {
  return useSyncExternalStore(follow, isWide);
}

function follow(changed: () => void): () => void {
  const query = window.matchMedia(WIDE);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}
