// Light or dark: Whop's own cookie first, then what the frame says, else the device's setting.

export type Appearance = "light" | "dark";

const COOKIE = /(?:^|;\s*)whop-frosted-theme=[^;]*appearance(?::|%3A)(light|dark)/i;

export function appearanceFromCookie(cookies: string): Appearance | null {
  const found = COOKIE.exec(cookies)?.[1]?.toLowerCase();
  return found === "light" || found === "dark" ? found : null;
}

export function showAppearance(appearance: Appearance): void {
  const root = document.documentElement;
  root.classList.remove("light", "dark");
  root.classList.add(appearance);
  root.style.colorScheme = appearance;
}

let unfollowDevice: () => void = () => undefined;

/** Choose once before the first paint and follow the device for as long as nobody else has spoken. */
export function followTheme(): void {
  const device = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = appearanceFromCookie(document.cookie);
  const followDevice = () => showAppearance(device.matches ? "dark" : "light");
  if (chosen) return showAppearance(chosen);
  followDevice();
  device.addEventListener("change", followDevice);
  unfollowDevice = () => device.removeEventListener("change", followDevice);
}

/** The frame around the page has spoken. */
export function showIframeAppearance(appearance: Appearance): void {
  unfollowDevice();
  showAppearance(appearance);
}
