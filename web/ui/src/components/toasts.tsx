// Telling the member something in passing. The toaster is fetched when the page is idle, or with the first toast.
import { lazy, Suspense, useEffect, useState } from "react";
import type { Tone } from "@/lib/notices";

const load = () => import("./toaster");
const LazyToasts = lazy(load);
let asked: (() => void) | undefined;
let wanted = false;

export interface TellOptions {
  /** A toast of the same id is changed instead of a second one being shown. */
  id?: string;
  duration?: number;
  onClose?: () => void;
}

export function tell(tone: Tone, title: string, text = "", options: TellOptions = {}): void {
  wanted = true;
  asked?.();
  void load().then(({ show }) => show(tone, title, { description: text || undefined, ...options }));
}

/** Where toasts appear; empty until the first is told. */
export function Toasts() {
  const [needed, setNeeded] = useState(wanted);
  useEffect(() => {
    asked = () => setNeeded(true);
    return () => (asked = undefined);
  }, []);
  if (!needed) return null;
  return (
    <Suspense fallback={null}>
      <LazyToasts />
    </Suspense>
  );
}

/** Fetch the toaster before it is needed, when there is nothing better to do. */
export function preloadToasts(): void {
  void load();
}
