// The few line icons the page uses. Decorative: words stand beside each.
import type { ReactNode } from "react";

const PATHS = {
  bolt: <path d="M9.5 1.5 3 9.5h4l-1 5 6.5-8h-4Z" fill="currentColor" stroke="none" />,
  close: <path d="m3.5 3.5 9 9m0-9-9 9" />,
  home: <path d="M2.5 7.5 8 2.5l5.5 5v5.5a.5.5 0 0 1-.5.5H10V10H6v3.5H3a.5.5 0 0 1-.5-.5Z" />,
  more: <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" />,
  chart: <path d="M2.5 13.5h11M4.500 11V8M8 11V3.500M11.500 11V6" />,
  check: <path d="m3 8.5 3.5 3.5L13 4.5" />,
  chevron: <path d="m4 6 4 4 4-4" />,
  clock: <path d="M8 4.5V8l2.5 1.5M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z" />,
  copy: (
    <path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2m1-5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z" />
  ),
  link: (
    <path d="M6.5 9.5a3 3 0 0 0 4.3 0l2-2a3 3 0 0 0-4.3-4.3l-.7.7m1.7 2.6a3 3 0 0 0-4.3 0l-2 2a3 3 0 0 0 4.3 4.3l.7-.7" />
  ),
  lock: (
    <path d="M4.5 7V5a3.5 3.5 0 0 1 7 0v2m-7.5 0h8a1 1 0 0 1 1 1v4.5a1 1 0 0 1-1 1h-8a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1Z" />
  ),
  people: (
    <path d="M8.5 5.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0ZM1.5 13c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 3.2a2.5 2.5 0 0 1 0 4.6m2 1.7c1.3.6 2 1.9 2 3.5" />
  ),
  repeat: <path d="M3 7a4 4 0 0 1 4-3.5h5.5m0 0L10.5 1.5m2 2-2 2M13 9a4 4 0 0 1-4 3.5H3.5m0 0 2 2m-2-2 2-2" />,
  scroll: <path d="M4.5 2.5h7a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1ZM6 6h4M6 8.5h4M6 11h2" />,
  trophy: (
    <path d="M5 2.5h6V6a3 3 0 0 1-6 0Zm0 1H2.5c0 2.5 1 3.5 2.7 3.7M11 3.5h2.5c0 2.5-1 3.5-2.7 3.7M8 9v3m-2.5 1.5h5" />
  ),
  undo: <path d="M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6m-3-7 3-3m-3 3 3 3" />,
  book: <path d="M8 4.5C6.5 3.2 4.5 3 2.5 3v9c2 0 4 .2 5.5 1.5C9.5 12.2 11.5 12 13.5 12V3c-2 0-4 .2-5.5 1.5Zm0 0v9" />,
  person: <path d="M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-5.5 6c0-3 2.5-4.5 5.5-4.5s5.5 1.5 5.5 4.5" />,
  flame: <path d="M8 1.5c.5 3 4 4.5 4 8a4 4 0 0 1-8 0c0-1.5.7-2.5 1.5-3.5.3 1 .8 1.5 1.5 1.5C8 6 7 4 8 1.5Z" />,
  coin: (
    <path d="M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0ZM10 6c-.4-.7-1.2-1-2-1-1.2 0-2 .6-2 1.5S7 8 8 8s2 .5 2 1.5S9.2 11 8 11c-.8 0-1.6-.3-2-1M8 4v1m0 6v1" />
  ),
  bell: <path d="M4 11.5V7a4 4 0 0 1 8 0v4.500l1 1H3Zm3 2.500h2" />,
  share: (
    <path d="M8 9.5v-7m0 0L5.500 5M8 2.500 10.500 5M4 7.500H3.500a1 1 0 0 0-1 1v4a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-4a1 1 0 0 0-1-1H12" />
  ),
  megaphone: (
    <path d="M3 6.500h2l6-3v9l-6-3H3a.5.5 0 0 1-.5-.5V7a.5.5 0 0 1 .5-.5Zm2.500 3.500v3h1.500v-2.500M13 6.500v3" />
  ),
  snow: <path d="M8 2v12M2.800 5l10.400 6M13.200 5 2.800 11M6.500 3 8 4.500 9.500 3M6.500 13 8 11.500 9.500 13" />,
  star: <path d="m8 1.8 1.9 4 4.3.6-3.1 3 .8 4.4L8 11.7l-3.9 2.1.8-4.4-3.1-3 4.3-.6Z" />,
  shield: <path d="M8 1.5 13.5 3.5V8c0 3.3-2.3 5.4-5.5 6.5C4.8 13.4 2.5 11.3 2.5 8V3.5Z" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof PATHS;

export const ICONS = Object.keys(PATHS) as IconName[];

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
      {PATHS[name]}
    </svg>
  );
}
