// Where toasts appear: in a corner on a desk; at the top on a phone, whose buttons are under the thumb.
import { Toaster } from "frosted-ui";
import { useSyncExternalStore } from "react";

const NARROW = "(max-width: 560px)";

export function Toasts() {
  const narrow = useSyncExternalStore(listen, isNarrow);
  return <Toaster position={narrow ? "top-center" : "bottom-right"} limit={3} />;
}

function listen(changed: () => void): () => void {
  const query = window.matchMedia(NARROW);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

function isNarrow(): boolean {
  return window.matchMedia(NARROW).matches;
}
