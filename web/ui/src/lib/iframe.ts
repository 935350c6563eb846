// Whop's frame around this page. The SDK is loaded only inside a frame: outside nobody would answer it.
import type { Appearance } from "./theme";

export function isFramed(): boolean {
  return window.parent !== window;
}

/** Ask Whop for its colours now and on every change. Silence or an error leaves things as they are. */
export async function followIframe(appId: string, show: (appearance: Appearance) => void): Promise<void> {
  const { createSdk } = await import("@whop/iframe");
  const take = (theme: { appearance?: Appearance | undefined }) => {
    if (theme.appearance) show(theme.appearance);
  };
  const sdk = createSdk({ appId, onMessage: { onColorThemeChange: take } });
  try {
    take(await sdk.getColorTheme());
  } catch {
    // Not framed by Whop, or its app does not know this call: the cookie or the device has decided.
  }
}

/** Whop's front door, as the server names it in the page: in development the local Whop's. */
export function whopHome(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="whop-home"]')?.content ?? "/";
}
