// What a referral is worth to a member, and what that means for whoever pays it.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Text } from "frosted-ui";
import { Answer, isBusy } from "@/components/answer";
import { Panel } from "@/components/panel";
import { Stat, Stats } from "@/components/stat";
import { printRate } from "@/lib/numbers";
import { useGetRulesQuery } from "@/lib/rules";
import { printDays } from "@/lib/times";
import type { Rules } from "@/lib/types";

export function RulesPanel() {
  const query = useGetRulesQuery();
  return (
    <Panel title={t`What a referral is worth`} busy={isBusy(query)}>
      <Answer query={query} what={t`Your rules`}>
        {(rules) => <Told rules={rules} />}
      </Answer>
    </Panel>
  );
}

function Told({ rules }: { rules: Rules }) {
  const [rate, hold, change] = [
    printRate(rules.commission_rate_bp),
    printDays(rules.hold_days),
    printDays(rules.class_change_days),
  ];
  return (
    <>
      <Stats columns={3}>
        <Stat name={t`Commission`} value={rate} hint={t`of a payment without its tax`} />
        <Stat name={t`Waits`} value={hold} hint={t`before it can be paid out`} />
        <Stat name={t`Class switch`} value={change} hint={t`between two changes`} />
      </Stats>
      <Text size="2" color="gray" className="plain" render={<p />}>
        <Trans>
          A member earns {rate} of what a buyer pays who came through their link. It becomes theirs after {hold}; a
          refund or a lost dispute takes it back by itself.
        </Trans>
      </Text>
    </>
  );
}
