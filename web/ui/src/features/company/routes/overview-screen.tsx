// The team's first page: the community, and the rules its members play by right now.
import { t } from "@lingui/core/macro";
import { ScreenHead } from "@/components/screen-head";
import { ClassesPanel } from "../components/classes-panel";
import { CommunityPanel } from "../components/community-panel";
import { RulesPanel } from "../components/rules-panel";

export default function OverviewScreen() {
  return (
    <>
      <ScreenHead title={t`Overview`} text={t`How the game in your community is set up right now.`} />
      <div className="columns">
        <RulesPanel />
        <div className="side">
          <CommunityPanel />
        </div>
        <ClassesPanel />
      </div>
    </>
  );
}
