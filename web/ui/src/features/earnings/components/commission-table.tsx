// Every payment that earned something, and where its commission stands.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button } from "frosted-ui";
import { Answer, isBusy } from "@/components/answer";
import { DateOf, DayOf, Money } from "@/components/figures";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { DataTable, type Column } from "@/components/table";
import type { Commission, CommissionState } from "@/lib/types";
import { useGetCommissionsInfiniteQuery } from "../api/get-balances";

export function CommissionTable() {
  const query = useGetCommissionsInfiniteQuery();
  const commissions = query.data?.pages.flatMap((page) => page.commissions);
  return (
    <Panel title={t`Payment by payment`} busy={isBusy(query)}>
      <Answer
        query={{ ...query, data: commissions }}
        what={t`Your commissions`}
        isEmpty={(all) => all.length === 0}
        empty={<Nothing title={t`No payments yet`} text={t`Every payment through your link is listed here.`} />}
      >
        {(all) => (
          <DataTable
            caption={t`Your commission, payment by payment`}
            columns={columns()}
            rows={all}
            keyOf={({ payment_id }) => payment_id}
          />
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

function columns(): Column<Commission>[] {
  return [
    { key: "at", name: t`Paid on`, cell: ({ at }) => <DateOf at={at} /> },
    { key: "kind", name: t`For`, cell: ({ kind }) => (kind === "renewal" ? t`Renewal` : t`New referral`) },
    { key: "base", name: t`Without tax`, isFigure: true, cell: ({ base }) => <Money value={base} /> },
    { key: "kept", name: t`Your share`, isFigure: true, cell: ({ kept }) => <Money value={kept} /> },
    { key: "state", name: t`Where it stands`, isFigure: true, cell: (one) => <Standing commission={one} /> },
  ];
}

function Standing({ commission: { state, due_at } }: { commission: Commission }) {
  if (state === "pending") {
    return (
      <Trans>
        comes on <DayOf at={due_at} />
      </Trans>
    );
  }
  return stateName(state);
}

function stateName(state: Exclude<CommissionState, "pending">): string {
  return {
    payable: t`ready to be paid out`,
    held: t`on hold`,
    cancelled: t`taken back`,
    paid: t`paid out`,
  }[state];
}
