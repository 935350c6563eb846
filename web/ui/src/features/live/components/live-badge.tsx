// How fresh the page is, in one word. Changes are read out, politely.
import type { LiveState } from "@/lib/live";
import { useLiveState } from "../use-live";
import "./live-badge.css";

const WORDS: Record<LiveState, { word: string; hint: string }> = {
  connecting: { word: "Connecting", hint: "Opening the live connection" },
  live: { word: "Live", hint: "Changes appear as they happen" },
  reconnecting: { word: "Reconnecting", hint: "The live connection was lost and is being opened again" },
  polling: { word: "Every 5 s", hint: "No live connection here: changes are fetched every five seconds" },
  offline: { word: "Offline", hint: "The server cannot be reached: figures may be old" },
};

export function LiveBadge() {
  const state = useLiveState();
  const { word, hint } = WORDS[state];
  return (
    <span className="live-badge" role="status" data-state={state} title={hint} data-testid="live">
      {word}
    </span>
  );
}
