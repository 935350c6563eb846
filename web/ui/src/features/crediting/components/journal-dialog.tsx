// One buyer: who is credited and why, what else pointed to whom, and the creator's decision.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { useState } from "react";
import { Answer } from "@/components/answer";
import { MomentOf, Money } from "@/components/figures";
import { Line, List } from "@/components/list";
import { Modal } from "@/components/modal";
import { DataTable } from "@/components/table";
import { printRate } from "@/lib/numbers";
import type { Journal } from "@/lib/types";
import { useGetJournalQuery } from "../api/credits";
import { sourceName, whoIs } from "../words";
import { DecisionForm } from "./decision-form";

export function JournalDialog({ buyer, onClose }: { buyer: string; onClose: () => void }) {
  const query = useGetJournalQuery(buyer);
  const name = query.data?.buyer_name || buyer;
  return (
    <Modal open wide onClose={onClose} title={name}>
      <Answer query={query} what={t`This buyer`}>
        {(journal) => <Told journal={journal} />}
      </Answer>
    </Modal>
  );
}

function Told({ journal }: { journal: Journal }) {
  const [isDeciding, setDeciding] = useState(false);
  const who = whoIs(journal.referrer);
  const how = sourceName(journal.source);
  return (
    <div className="journal">
      <Text size="2" render={<p />}>
        {journal.referrer.user_id ? (
          <Trans>
            Credited to <b>{who}</b> by {how}.
          </Trans>
        ) : (
          <Trans>Credited to nobody.</Trans>
        )}
      </Text>
      {isDeciding ? (
        <DecisionForm journal={journal} onClose={() => setDeciding(false)} />
      ) : (
        <div className="credit-acts">
          <Button size="3" variant="soft" onClick={() => setDeciding(true)}>
            <Trans>Credit somebody else</Trans>
          </Button>
        </div>
      )}
      <Payments journal={journal} />
      <Touches journal={journal} />
      <Models journal={journal} />
      <Decisions journal={journal} />
    </div>
  );
}

function Payments({ journal }: { journal: Journal }) {
  const kinds: Record<string, string> = { conversion: t`First purchase`, renewal: t`Renewal`, none: t`Earns nobody` };
  return (
    <section>
      <h3>
        <Trans>Payments</Trans>
      </h3>
      <List label={t`Payments`}>
        {journal.payments.map((one) => (
          <Line
            key={one.payment_id}
            title={kinds[one.kind]}
            text={<MomentOf at={one.at} />}
            figures={<Money value={one.total} />}
          />
        ))}
      </List>
    </section>
  );
}

function Touches({ journal }: { journal: Journal }) {
  if (journal.touches.length === 0) return null;
  return (
    <section>
      <h3>
        <Trans>Everything that pointed to somebody</Trans>
      </h3>
      <List label={t`Everything that pointed to somebody`}>
        {journal.touches.map((one) => (
          <Line
            key={`${one.kind} ${one.word}`}
            title={one.is_own ? t`Themself: counts for nobody` : whoIs(one.referrer)}
            text={
              <>
                {sourceName(one.kind)} · <MomentOf at={one.at} />
              </>
            }
          />
        ))}
      </List>
    </section>
  );
}

function Models({ journal }: { journal: Journal }) {
  const names: Record<string, string> = {
    first_click: t`First click`,
    linear: t`All alike`,
    time_decay: t`The later, the more`,
  };
  const rows = journal.models.flatMap(({ model, shares }) =>
    shares.map((share) => ({ model: names[model], share, key: `${model} ${share.referrer.user_id}` })),
  );
  if (rows.length === 0) return null;
  return (
    <section>
      <h3>
        <Trans>What other ways of counting would have given</Trans>
      </h3>
      <DataTable
        caption={t`What other ways of counting would have given`}
        keyOf={({ key }) => key}
        rows={rows}
        columns={[
          { key: "model", name: t`Way`, cell: ({ model }) => model },
          { key: "who", name: t`Member`, cell: ({ share }) => whoIs(share.referrer) },
          { key: "share", name: t`Share`, isFigure: true, cell: ({ share }) => printRate(share.share_bp) },
        ]}
      />
      <Text size="1" color="gray" render={<p />}>
        <Trans>For comparison only: nothing of it is booked.</Trans>
      </Text>
    </section>
  );
}

function Decisions({ journal }: { journal: Journal }) {
  if (journal.decisions.length === 0) return null;
  return (
    <section>
      <h3>
        <Trans>Decisions</Trans>
      </h3>
      <List label={t`Decisions`}>
        {journal.decisions.map((one) => (
          <Line key={one.at} title={whoIs(one.referrer)} text={one.reason} figures={<MomentOf at={one.at} />} />
        ))}
      </List>
    </section>
  );
}
