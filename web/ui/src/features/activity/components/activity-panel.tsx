// The member's recent activity: every change of the books, newest first.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Skeleton } from "frosted-ui";
import { Panel } from "@/components/panel";
import { Nothing, Problem } from "@/components/problem";
import { useNow } from "@/components/use-now";
import { useGetReceiptsInfiniteQuery } from "../api/get-receipts";
import { ReceiptItem } from "./receipt-item";
import "./activity.css";

export function ActivityPanel() {
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useGetReceiptsInfiniteQuery();
  const now = useNow(20_000);
  const receipts = data?.pages.flatMap((page) => page.receipts);
  return (
    <Panel title={t`Recent activity`} busy={!receipts && !error}>
      {!receipts && error && <Problem what={t`Your activity`} error={error} retry={() => void refetch()} />}
      {!receipts && !error && <Waiting />}
      {receipts?.length === 0 && (
        <Nothing
          title={t`Quiet so far`}
          text={t`Payments, quests and achievements will be listed here, each with its sum.`}
        />
      )}
      {receipts && receipts.length > 0 && (
        <ul className="receipts" role="list">
          {receipts.map((receipt) => (
            <ReceiptItem key={receipt.id} receipt={receipt} now={now} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button size="2" variant="soft" color="gray" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          <Trans>Show older</Trans>
        </Button>
      )}
    </Panel>
  );
}

function Waiting() {
  return (
    <div className="receipts-waiting">
      {[0, 1, 2, 3, 4, 5].map((at) => (
        <Skeleton.Rect key={at} className="receipt-skeleton" />
      ))}
    </div>
  );
}
