// What the team adds to the game: special quests, achievements, and what levels open.
import { t } from "@lingui/core/macro";
import type { ReactNode } from "react";
import { ScreenHead } from "@/components/screen-head";
import { Tabs } from "@/components/tabs";
import { CreationsPanel } from "../components/creations-panel";
import { PerksPanel } from "../components/perks-panel";

export default function CreationsScreen() {
  return (
    <>
      <ScreenHead
        title={t`Quests & rewards`}
        text={t`Yours stand beside the game's own. Members find what you publish within minutes.`}
      />
      <Tabs
        label={t`Quests & rewards`}
        tabs={[
          {
            key: "quests",
            name: t`Quests`,
            content: (
              <Part>
                <CreationsPanel kind="quest" />
              </Part>
            ),
          },
          {
            key: "achievements",
            name: t`Achievements`,
            content: (
              <Part>
                <CreationsPanel kind="achievement" />
              </Part>
            ),
          },
          {
            key: "perks",
            name: t`Perks`,
            content: (
              <Part>
                <PerksPanel />
              </Part>
            ),
          },
        ]}
      />
    </>
  );
}

function Part({ children }: { children: ReactNode }) {
  return <div className="creation-tab">{children}</div>;
}
