// The few line icons the page uses. Decorative: words stand beside each.
import type { ReactNode } from "react";
import type { MORE } from "./more-icons";

const PATHS = {
  bolt: <path d="M9.5 1.5 3 9.5h4l-1 5 6.5-8h-4Z" fill="currentColor" stroke="none" />,
  home: <path d="M2.5 7.5 8 2.5l5.5 5v5.5a.5.5 0 0 1-.5.5H10V10H6v3.5H3a.5.5 0 0 1-.5-.5Z" />,
  more: <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" />,
  people: (
    <path d="M8.5 5.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0ZM1.5 13c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 3.2a2.5 2.5 0 0 1 0 4.6m2 1.7c1.3.6 2 1.9 2 3.5" />
  ),
  repeat: <path d="M3 7a4 4 0 0 1 4-3.5h5.5m0 0L10.5 1.5m2 2-2 2M13 9a4 4 0 0 1-4 3.5H3.5m0 0 2 2m-2-2 2-2" />,
  scroll: <path d="M4.5 2.5h7a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1ZM6 6h4M6 8.5h4M6 11h2" />,
  trophy: (
    <path d="M5 2.5h6V6a3 3 0 0 1-6 0Zm0 1H2.5c0 2.5 1 3.5 2.7 3.7M11 3.5h2.5c0 2.5-1 3.5-2.7 3.7M8 9v3m-2.5 1.5h5" />
  ),
  podium: <path d="M6 13.500v-9h4v9M2 13.500V8h4m4-1.500h4v7M1.500 13.500h13" />,
  coin: (
    <path d="M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0ZM10 6c-.4-.7-1.2-1-2-1-1.2 0-2 .6-2 1.5S7 8 8 8s2 .5 2 1.5S9.2 11 8 11c-.8 0-1.6-.3-2-1M8 4v1m0 6v1" />
  ),
  bell: <path d="M4 11.5V7a4 4 0 0 1 8 0v4.500l1 1H3Zm3 2.500h2" />,
  megaphone: (
    <path d="M3 6.500h2l6-3v9l-6-3H3a.5.5 0 0 1-.5-.5V7a.5.5 0 0 1 .5-.5Zm2.500 3.500v3h1.500v-2.500M13 6.500v3" />
  ),
  star: <path d="m8 1.8 1.9 4 4.3.6-3.1 3 .8 4.4L8 11.7l-3.9 2.1.8-4.4-3.1-3 4.3-.6Z" />,
  gear: (
    <path d="M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm0-8.500v1.500m0 10v1.500M14.500 8H13M3 8H1.500M12.600 3.400l-1.100 1.100m-7 7-1.100 1.100m9.200 0-1.100-1.100m-7-7L3.400 3.400" />
  ),
  shield: <path d="M8 1.5 13.5 3.5V8c0 3.3-2.3 5.4-5.5 6.5C4.8 13.4 2.5 11.3 2.5 8V3.5Z" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof PATHS | keyof typeof MORE;

const known: Partial<Record<IconName, ReactNode>> = { ...PATHS };
let rest: Promise<unknown> | undefined;

/** Fetch those that no first picture needs, once. Whatever is fetched later waits for them. */
export async function restOfIcons(): Promise<void> {
  rest ??= import("./more-icons").then(({ MORE }) => Object.assign(known, MORE));
  await rest.catch((error: unknown) => {
    rest = undefined;
    throw error;
  });
}

export function iconNames(): IconName[] {
  return Object.keys(known) as IconName[];
}

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {known[name]}
    </svg>
  );
}
