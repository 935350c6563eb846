// A card's picture. It needs the session's token, so the page fetches it instead of the browser.
import { useEffect, useState } from "react";
import { session } from "@/lib/session";

export type CardKind = "rank" | "level" | "week";

export interface Card {
  /** As a data address, which the page's content policy allows for pictures. */
  url: string;
  file: File;
}

const UNAUTHORIZED = 401;

/** The picture of one kind; null while it is drawn, "failed" where it cannot be had. */
export function useCard(kind: CardKind): Card | "failed" | null {
  const [found, setFound] = useState<{ kind: CardKind; card: Card | "failed" } | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    fetchCard(kind, stop.signal)
      .catch(() => "failed" as const)
      .then((card) => {
        if (!stop.signal.aborted) setFound({ kind, card });
      })
      .catch(() => undefined);
    return () => stop.abort();
  }, [kind]);
  return found?.kind === kind ? found.card : null;
}

async function fetchCard(kind: CardKind, signal: AbortSignal): Promise<Card> {
  const token = session.currentToken();
  let response = await ask(kind, token, signal);
  if (response.status === UNAUTHORIZED) response = await ask(kind, await session.renewed(token), signal);
  if (!response.ok) throw new Error(`card ${response.status}`);
  const picture = await response.blob();
  const file = new File([picture], `legends-${kind}.png`, { type: "image/png" });
  return { file, url: await asDataAddress(picture) };
}

function ask(kind: CardKind, token: string | undefined, signal: AbortSignal): Promise<Response> {
  const headers = { Authorization: `Bearer ${token ?? ""}` };
  return fetch(`/api/v1/users/me/card.png?kind=${kind}`, { headers, signal });
}

function asDataAddress(picture: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(picture);
  });
}
