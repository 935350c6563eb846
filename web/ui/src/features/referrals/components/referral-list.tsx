// Whom the member brought: how each referral stands, what it earned and when that comes.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button } from "frosted-ui";
import { Answer, isBusy } from "@/components/answer";
import { Ago, DayOf, Money } from "@/components/figures";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import type { Referral, ReferralState } from "@/lib/types";
import { useGetReferralsInfiniteQuery } from "../api/get-referrals";

export function ReferralList() {
  const query = useGetReferralsInfiniteQuery();
  const referrals = query.data?.pages.flatMap((page) => page.referrals);
  return (
    <Panel title={t`People you brought`} busy={isBusy(query)}>
      <Answer
        query={{ ...query, data: referrals }}
        what={t`Your referrals`}
        isEmpty={(all) => all.length === 0}
        empty={<Nothing title={t`Nobody yet`} text={t`Everybody who follows your link shows up here.`} />}
      >
        {(all) => (
          <List label={t`People you brought`}>
            {all.map((referral) => (
              <ReferralLine key={referral.id} referral={referral} />
            ))}
          </List>
        )}
      </Answer>
      {query.hasNextPage && (
        <Button
          size="2"
          variant="soft"
          color="gray"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          <Trans>Show older</Trans>
        </Button>
      )}
    </Panel>
  );
}

function ReferralLine({ referral }: { referral: Referral }) {
  const state = stateName(referral.state);
  return (
    <Line
      title={referral.buyer_username ?? (referral.source === "click" ? t`Somebody who clicked` : t`Somebody`)}
      text={
        <>
          {state} · <Ago at={referral.conversion_at ?? referral.started_at} />
        </>
      }
      figures={referral.commission && <Earned referral={referral} />}
    />
  );
}

/** "$4.41 on 28 Dec" while it waits, "$4.41" afterwards. */
function Earned({ referral: { commission, due_at } }: { referral: Referral }) {
  if (!commission) return null;
  return (
    <>
      <Money value={commission} />
      {due_at && (
        <small>
          <Trans>
            on <DayOf at={due_at} />
          </Trans>
        </small>
      )}
    </>
  );
}

function stateName(state: ReferralState): string {
  const names: Record<ReferralState, string> = {
    pending: t`Has not paid yet`,
    completed: t`Completed`,
    review: t`Being checked`,
    reversed: t`Taken back`,
    refunded: t`Refunded`,
    expired: t`Did not buy in time`,
  };
  return names[state];
}
