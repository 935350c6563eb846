// The icons that no first picture needs; see `restOfIcons`.
import type { ReactNode } from "react";

export const MORE = {
  close: <path d="m3.5 3.5 9 9m0-9-9 9" />,
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
  undo: <path d="M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6m-3-7 3-3m-3 3 3 3" />,
  book: <path d="M8 4.5C6.5 3.2 4.5 3 2.5 3v9c2 0 4 .2 5.5 1.5C9.5 12.2 11.5 12 13.5 12V3c-2 0-4 .2-5.5 1.5Zm0 0v9" />,
  person: <path d="M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-5.5 6c0-3 2.5-4.5 5.5-4.5s5.5 1.5 5.5 4.5" />,
  flame: <path d="M8 1.5c.5 3 4 4.5 4 8a4 4 0 0 1-8 0c0-1.5.7-2.5 1.5-3.5.3 1 .8 1.5 1.5 1.5C8 6 7 4 8 1.5Z" />,
  share: (
    <path d="M8 9.5v-7m0 0L5.500 5M8 2.500 10.500 5M4 7.500H3.500a1 1 0 0 0-1 1v4a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-4a1 1 0 0 0-1-1H12" />
  ),
  snow: <path d="M8 2v12M2.800 5l10.400 6M13.200 5 2.800 11M6.500 3 8 4.500 9.500 3M6.500 13 8 11.500 9.500 13" />,
} satisfies Record<string, ReactNode>;
