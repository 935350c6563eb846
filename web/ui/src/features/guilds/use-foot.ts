// Keeps a list at its foot while the reader is there, and where they are while they read further up.
import { useCallback, useLayoutEffect, useRef, useState } from "react";

const NEAR_PX = 80;

/** `content` changes when something was added. */
export function useFoot(content: string) {
  const scroller = useRef<HTMLDivElement>(null);
  const atFoot = useRef(true);
  /** Height below the reader's place, before entries are put in above it. */
  const below = useRef<number | null>(null);
  const [isAway, setAway] = useState(false);

  const toFoot = useCallback(() => {
    const list = scroller.current;
    if (list) list.scrollTop = list.scrollHeight;
  }, []);

  useLayoutEffect(() => {
    if (atFoot.current) toFoot();
  }, [content, toFoot]);

  // After every change: what was put in above must not move what is read.
  useLayoutEffect(() => {
    const list = scroller.current;
    if (!list || below.current === null || list.scrollHeight === below.current) return;
    list.scrollTop += list.scrollHeight - below.current;
    below.current = null;
  });

  const scrolled = useCallback(() => {
    const list = scroller.current;
    if (!list) return;
    atFoot.current = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_PX;
    setAway(!atFoot.current);
  }, []);

  const keep = useCallback(() => {
    below.current = scroller.current?.scrollHeight ?? null;
  }, []);

  return { scroller, scrolled, toFoot, keep, isAway };
}
