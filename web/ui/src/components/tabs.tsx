// Parts of one screen behind each other. Screens of their own are links in the navigation instead.
import { Tabs as FrostedTabs } from "frosted-ui";
import type { ReactNode } from "react";

export interface Tab {
  key: string;
  name: string;
  content: ReactNode;
}

export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  return (
    <FrostedTabs.Root defaultValue={tabs[0]?.key}>
      <FrostedTabs.List aria-label={label}>
        {tabs.map(({ key, name }) => (
          <FrostedTabs.Trigger key={key} value={key}>
            {name}
          </FrostedTabs.Trigger>
        ))}
      </FrostedTabs.List>
      {tabs.map(({ key, content }) => (
        <FrostedTabs.Content key={key} value={key}>
          {content}
        </FrostedTabs.Content>
      ))}
    </FrostedTabs.Root>
  );
}
