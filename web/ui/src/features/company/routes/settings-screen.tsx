// The creator's settings: what the community is called, its clock, what links sell, and the team.
import { t } from "@lingui/core/macro";
import { Answer, isBusy } from "@/components/answer";
import { Panel } from "@/components/panel";
import { ScreenHead } from "@/components/screen-head";
import { useGetChoicesQuery } from "../api/change-company";
import { useGetCompanyQuery } from "../api/get-company";
import { SettingsForm } from "../components/settings-form";
import { TeamPanel } from "../components/team-panel";

export default function SettingsScreen() {
  const company = useGetCompanyQuery();
  const choices = useGetChoicesQuery();
  return (
    <>
      <ScreenHead title={t`Settings`} text={t`Every change is kept with who made it.`} />
      <div className="columns">
        <Panel title={t`Your community`} busy={isBusy(company) || isBusy(choices)}>
          <Answer query={company} what={t`Your settings`}>
            {(known) => (
              <Answer query={choices} what={t`Your settings`}>
                {(chosen) => <SettingsForm company={known} choices={chosen} />}
              </Answer>
            )}
          </Answer>
        </Panel>
        <div className="side">{choices.data && <TeamPanel team={choices.data.team} />}</div>
      </div>
    </>
  );
}
