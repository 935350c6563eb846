// Words to share a link with. They speak of the community only and promise nobody an income.
import { t } from "@lingui/core/macro";

export interface ReadyText {
  key: string;
  text: string;
}

export function readyTexts(community: string, url: string): ReadyText[] {
  return [
    { key: "short", text: t`I am in ${community}. Have a look: ${url}` },
    { key: "friend", text: t`You asked me where I learn this: ${community}. This is the door I came through: ${url}` },
    {
      key: "post",
      text: t`What I like about ${community}: the people answer. If you want to see for yourself, here it is: ${url}`,
    },
  ];
}
