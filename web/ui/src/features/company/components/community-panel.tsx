// The community by name and by its clock.
import { t } from "@lingui/core/macro";
import { Answer, isBusy } from "@/components/answer";
import { Panel } from "@/components/panel";
import { Stat, Stats } from "@/components/stat";
import { useGetCompanyQuery } from "../api/get-company";

export function CommunityPanel() {
  const query = useGetCompanyQuery();
  return (
    <Panel title={t`Your community`} busy={isBusy(query)}>
      <Answer query={query} what={t`Your community`}>
        {(company) => (
          <Stats>
            <Stat name={t`Name`} value={company.title || company.id} />
            <Stat name={t`Time zone`} value={company.time_zone} hint={t`days and weeks begin at its midnight`} />
          </Stats>
        )}
      </Answer>
    </Panel>
  );
}
