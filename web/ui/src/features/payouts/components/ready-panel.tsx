// Paying everybody who is ready at once, through Whop or by hand.
import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { useState } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Money } from "@/components/figures";
import { Line, List } from "@/components/list";
import { Modal } from "@/components/modal";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { useMakePayoutsMutation } from "@/lib/payouts";
import type { PayoutOverview } from "@/lib/types";
import { useGetPayoutOverviewQuery } from "../api/payouts";

export function ReadyPanel() {
  const query = useGetPayoutOverviewQuery();
  const [isAsking, setAsking] = useState(false);
  return (
    <Panel title={t`Ready to be paid`} busy={isBusy(query)}>
      <Answer
        query={query}
        what={t`What is ready`}
        isEmpty={({ ready }) => ready.length === 0}
        empty={<Nothing title={t`Nobody waits`} text={t`Commissions show up here when their hold is over.`} />}
      >
        {(overview) => (
          <>
            <List label={t`Ready to be paid`}>
              {overview.ready.map((one) => (
                <Line
                  key={one.amount.currency}
                  title={<Money value={one.amount} />}
                  text={[
                    plural(one.payouts, { one: "# member", other: "# members" }),
                    one.too_small > 0 && t`${one.too_small} below the smallest payout`,
                  ]
                    .filter(Boolean)
                    .join(" · ")}
                />
              ))}
            </List>
            <Button size="3" variant="solid" disabled={countOf(overview) === 0} onClick={() => setAsking(true)}>
              <Trans>Pay everybody</Trans>
            </Button>
            {isAsking && <Confirm overview={overview} onClose={() => setAsking(false)} />}
          </>
        )}
      </Answer>
    </Panel>
  );
}

function countOf({ ready }: PayoutOverview): number {
  return ready.reduce((sum, one) => sum + one.payouts, 0);
}

function Confirm({ overview, onClose }: { overview: PayoutOverview; onClose: () => void }) {
  const [make, { isLoading }] = useMakePayoutsMutation();
  const count = countOf(overview);
  const pay = async (method: "whop" | "manual") => {
    const answer = await make({ everybody: true, method });
    if (answer.error) {
      tell("error", t`Nothing was paid`, asFailure(answer.error).message);
      return;
    }
    const { payouts, left } = answer.data;
    const made = plural(payouts.length, { one: "# payout is on its way", other: "# payouts are on their way" });
    tell("success", made, left > 0 ? t`${left} more are ready: pay everybody once more.` : "");
    onClose();
  };
  return (
    <Modal
      open
      asks
      onClose={onClose}
      title={plural(count, { one: "Pay # member?", other: "Pay # members?" })}
      description={t`The money leaves their balances now. Large payouts still wait for a second yes.`}
    >
      <List label={t`What is paid`}>
        {overview.ready
          .filter((one) => one.payouts > 0)
          .map((one) => (
            <Line key={one.amount.currency} title={<Money value={one.amount} />} />
          ))}
      </List>
      <Text size="2" color="gray" render={<p />}>
        <Trans>By hand: you get a table, pay as you like, and note each one as paid.</Trans>
      </Text>
      <div className="modal-foot">
        <Button size="3" variant="soft" color="gray" onClick={onClose}>
          <Trans>Not now</Trans>
        </Button>
        <Button size="3" variant="soft" loading={isLoading} onClick={() => void pay("manual")}>
          <Trans>By hand</Trans>
        </Button>
        <Button size="3" variant="solid" loading={isLoading} onClick={() => void pay("whop")}>
          <Trans>Through Whop</Trans>
        </Button>
      </div>
    </Modal>
  );
}
