// How fresh the page is, in one word; pressed, it explains itself. Changes are read out, politely.
import { t } from "@lingui/core/macro";
import { Hint } from "@/components/hint";
import type { LiveState } from "@/lib/live";
import { useLiveState } from "../use-live-state";
import "./live-badge.css";

export function LiveBadge() {
  const state = useLiveState();
  const { word, hint } = wordsFor(state);
  return (
    <Hint about={t`${word}: what is this?`} text={hint}>
      <span className="live-badge" role="status" data-state={state} data-testid="live">
        {word}
      </span>
    </Hint>
  );
}

function wordsFor(state: LiveState): { word: string; hint: string } {
  const words: Record<LiveState, { word: string; hint: string }> = {
    connecting: { word: t`Connecting`, hint: t`The page is connecting, so that news show up by themselves.` },
    live: { word: t`Live`, hint: t`News show up here the moment they happen.` },
    reconnecting: { word: t`Reconnecting`, hint: t`The connection was lost. It comes back by itself.` },
    polling: {
      word: t`Every 5 s`,
      hint: t`There is no live connection here, so the page looks for news every 5 seconds.`,
    },
    offline: { word: t`Offline`, hint: t`We cannot be reached right now. What you see may be old.` },
  };
  return words[state];
}
