// Arriving at a screen: its name in the browser's title, the top of the page, and the reader's place at its heading.
// The first screen of all keeps the place where the browser has it.
import { useEffect, type ReactNode } from "react";
import { useLocation } from "react-router";
import { focusHeading } from "@/components/screen-head";
import { APP_NAME } from "@/lib/words";

export function Arrival({ title, children }: { title: string; children: ReactNode }) {
  const { key } = useLocation();
  useEffect(() => {
    document.title = `${title} · ${APP_NAME}`;
  }, [title]);
  useEffect(() => {
    if (key === "default") return;
    window.scrollTo(0, 0);
    focusHeading();
  }, [key]);
  return children;
}
