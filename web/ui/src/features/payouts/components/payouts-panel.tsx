// Every payout of the community, newest first, with what a creator can do about it.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Badge, Button, Callout } from "frosted-ui";
import { useState } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Ago, Money } from "@/components/figures";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { Tabs } from "@/components/tabs";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { useGetPayoutsInfiniteQuery } from "@/lib/payouts";
import { saveFile } from "@/lib/save-file";
import { session } from "@/lib/session";
import type { Payout, PayoutState } from "@/lib/types";
import { useApprovePayoutMutation } from "../api/payouts";
import { payoutProblem, payoutStateName } from "../words";
import { DecisionForm, type Decision } from "./decision-form";
import "./payouts.css";

export function PayoutsPanel() {
  const [deciding, setDeciding] = useState<Decision | null>(null);
  const tabs = (
    [
      { key: "requested", name: t`To decide` },
      { key: "approved", name: t`To pay` },
      { key: "", name: t`All` },
    ] as const
  ).map(({ key, name }) => ({
    key: key || "all",
    name,
    content: <Payouts state={key} onDecide={setDeciding} />,
  }));
  return (
    <Panel title={t`Payouts`}>
      <Tabs label={t`Which payouts`} tabs={tabs} />
      {deciding && <DecisionForm decision={deciding} onClose={() => setDeciding(null)} />}
    </Panel>
  );
}

interface ListProps {
  state: PayoutState | "";
  onDecide: (decision: Decision) => void;
}

function Payouts({ state, onDecide }: ListProps) {
  const query = useGetPayoutsInfiniteQuery({ mine: false, state });
  const payouts = query.data?.pages.flatMap((page) => page.payouts);
  return (
    <div className="payouts" aria-busy={isBusy(query)}>
      <Answer
        query={{ ...query, data: payouts }}
        what={t`The payouts`}
        isEmpty={(all) => all.length === 0}
        empty={<Nothing {...nothingOf(state)} />}
      >
        {(all) => (
          <>
            <Table state={state} />
            <List label={t`Payouts`}>
              {all.map((payout) => (
                <Entry key={payout.id} payout={payout} onDecide={onDecide} />
              ))}
            </List>
          </>
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
    </div>
  );
}

function nothingOf(state: PayoutState | "") {
  if (state === "requested") {
    return { title: t`Nothing to decide`, text: t`Payouts that members ask for show up here at once.` };
  }
  if (state === "approved") {
    return { title: t`Nothing to pay by hand`, text: t`Payouts you agreed to wait here until they are sent or paid.` };
  }
  return { title: t`No payouts yet`, text: t`Pay everybody who is ready, or wait until a member asks.` };
}

function Table({ state }: { state: PayoutState | "" }) {
  const save = async () => {
    const asked = new URLSearchParams({ format: "csv", ...(state && { state }) });
    const isSaved = await saveFile(`/payouts?${asked.toString()}`, "payouts.csv");
    if (!isSaved) tell("error", t`Not saved`, t`The table could not be fetched.`);
  };
  return (
    <Button size="2" variant="soft" color="gray" className="payouts-table" onClick={() => void save()}>
      <Trans>Save as table (CSV)</Trans>
    </Button>
  );
}

function Entry({ payout, onDecide }: { payout: Payout; onDecide: ListProps["onDecide"] }) {
  const last = payout.steps.at(-1);
  const problem = payoutProblem(payout.problem);
  return (
    <Line
      title={
        <>
          <Money value={payout.amount} /> · {payout.member.username || payout.member.whop_user_id}{" "}
          <Badge size="1" color={payout.state === "paid" ? "green" : payout.state === "failed" ? "red" : "gray"}>
            {payoutStateName(payout.state)}
          </Badge>
        </>
      }
      text={
        <>
          {payout.method === "manual" ? t`by hand` : t`through Whop`}
          {last && (
            <>
              {" · "}
              <Ago at={last.at} />
            </>
          )}
          {last?.note && ` · ${last.note}`}
          {problem && (
            <Callout.Root color={payout.state === "failed" ? "danger" : "warning"} className="payout-problem">
              <Callout.Description>{problem}</Callout.Description>
            </Callout.Root>
          )}
          <Acts payout={payout} onDecide={onDecide} />
        </>
      }
    />
  );
}

function Acts({ payout, onDecide }: { payout: Payout; onDecide: ListProps["onDecide"] }) {
  const { state, can_be_taken_back: isFree } = payout;
  if (!isFree) return null;
  return (
    <span className="payout-acts">
      {state === "requested" && <Approve payout={payout} />}
      {state === "approved" && (
        <Button size="2" variant="soft" onClick={() => onDecide({ kind: "paid", payout })}>
          <Trans>Note as paid</Trans>
        </Button>
      )}
      <Button size="2" variant="soft" color="gray" onClick={() => onDecide({ kind: "reject", payout })}>
        <Trans>Turn down</Trans>
      </Button>
    </span>
  );
}

/** One yes, or the second of two. Who is alone signs in anew in between: the same press does it. */
function Approve({ payout }: { payout: Payout }) {
  const [approve, { isLoading }] = useApprovePayoutMutation();
  const isSecond = payout.needs_second && payout.agreed.length > 0;
  const agree = async () => {
    let answer = await approve(payout.id);
    const failure = answer.error && asFailure(answer.error);
    if (failure?.kind === "refused" && failure.code === "fresh_sign_in_needed") {
      await session.renewed(session.currentToken());
      answer = await approve(payout.id);
    }
    if (answer.error) {
      tell("error", t`Not approved`, asFailure(answer.error).message);
    } else if (answer.data.state === "requested") {
      tell("info", t`One yes is there`, t`This payout needs a second one.`);
    } else {
      tell("success", t`Approved`);
    }
  };
  return (
    <Button size="2" variant="solid" loading={isLoading} onClick={() => void agree()}>
      {isSecond ? <Trans>Confirm</Trans> : <Trans>Approve</Trans>}
    </Button>
  );
}
