// One link: its QR code, words to share it with, how far people got and how they came.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Skeleton } from "frosted-ui";
import { lazy, Suspense, useRef } from "react";
import { Answer } from "@/components/answer";
import { Count } from "@/components/figures";
import { Icon } from "@/components/icons";
import { Modal } from "@/components/modal";
import { Stat, Stats } from "@/components/stat";
import { DataTable } from "@/components/table";
import { tell } from "@/components/toasts";
import { printCount } from "@/lib/numbers";
import type { OwnLink, Visits } from "@/lib/types";
import { useGetCommunityQuery, useGetVisitsQuery } from "../api/links";
import { copyText } from "../copy";
import { readyTexts } from "../ready-texts";

const QrCode = lazy(() => import("@/components/qr-code").then(({ QrCode: Drawn }) => ({ default: Drawn })));

export function LinkDetails({ one, onClose }: { one: OwnLink; onClose: () => void }) {
  const { link, funnel } = one;
  const visits = useGetVisitsQuery(link.code);
  return (
    <Modal open onClose={onClose} title={link.name || t`Main link`} description={link.url}>
      <div className="link-details">
        <Suspense fallback={<Skeleton.Rect className="qr-code" />}>
          <QrCode text={link.url} label={t`QR code of your link`} />
        </Suspense>
        <ReadyTexts url={link.url} />
        <Stats columns={3}>
          <Stat name={t`Clicks`} value={<Count value={funnel.clicks} />} hint={t`every time it was followed`} />
          <Stat name={t`Visitors`} value={<Count value={funnel.visitors} />} hint={t`each counted once`} />
          <Stat name={t`At checkout`} value={<Count value={funnel.checkouts} />} hint={t`clicks that led there`} />
          <Stat name={t`Bought`} value={<Count value={funnel.referrals} />} hint={t`credited to you`} />
          <Stat name={t`New`} value={<Count value={funnel.conversions} />} hint={t`first purchases`} />
          <Stat name={t`Renewals`} value={<Count value={funnel.renewals} />} hint={t`payments after that`} />
        </Stats>
        <Answer query={visits} what={t`How people came`}>
          {(known) => <HowTheyCame visits={known} />}
        </Answer>
      </div>
    </Modal>
  );
}

function ReadyTexts({ url }: { url: string }) {
  const { data: community } = useGetCommunityQuery();
  const field = useRef<HTMLTextAreaElement>(null);
  const copy = async (text: string) => {
    const copied = await copyText(text, field.current);
    if (copied) tell("success", t`Copied`, "", { id: "text-copied", duration: 2_000 });
    else tell("info", t`Copy it by hand`, text);
  };
  return (
    <section className="ready-texts">
      <h3>
        <Trans>Words to share</Trans>
      </h3>
      {readyTexts(community || t`a community`, url).map(({ key, text }) => (
        <div key={key} className="ready-text">
          <p>{text}</p>
          <Button size="2" variant="soft" aria-label={t`Copy: ${text}`} onClick={() => void copy(text)}>
            <Icon name="copy" /> <Trans>Copy</Trans>
          </Button>
        </div>
      ))}
    </section>
  );
}

function HowTheyCame({ visits }: { visits: Visits }) {
  const rows = [
    ...visits.devices.map((part) => ({ ...part, kind: t`Device`, shown: deviceName(part.name) })),
    ...visits.countries.filter(({ name }) => name).map((part) => ({ ...part, kind: t`Country`, shown: part.name })),
    ...visits.sources.filter(({ name }) => name).map((part) => ({ ...part, kind: t`Source`, shown: part.name })),
  ];
  if (rows.length === 0) return null;
  return (
    <DataTable
      caption={t`How people came`}
      keyOf={({ kind, name }) => `${kind} ${name}`}
      rows={rows}
      columns={[
        { key: "what", name: t`How people came`, cell: ({ shown }) => shown },
        { key: "kind", name: t`By`, cell: ({ kind }) => kind },
        { key: "clicks", name: t`Clicks`, isFigure: true, cell: ({ clicks }) => printCount(clicks) },
      ]}
    />
  );
}

function deviceName(name: string): string {
  const names: Record<string, string> = { phone: t`Phone`, tablet: t`Tablet`, desktop: t`Computer` };
  return names[name] ?? t`Not known`;
}
