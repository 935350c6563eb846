// Ready words to share a link with. Pure.
import { t } from "@lingui/core/macro";

export interface ReadyText {
  name: string;
  text: string;
}

export function readyTexts(url: string, community: string): ReadyText[] {
  const place = community || t`my community`;
  return [
    { name: t`Short`, text: t`I'm in ${place}. Come along: ${url}` },
    { name: t`Personal`, text: t`Hey! I get a lot out of ${place} and thought of you. Have a look: ${url}` },
    { name: t`For a post`, text: t`If you have been thinking about ${place}: this is a good day to start. ${url}` },
  ];
}
