// A clock for words like "4 min left": re-renders its user at the given pace.
import { useEffect, useState } from "react";
import { serverNow } from "@/lib/clock";

export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
