// All links of the member, each with how far people got who followed it.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button } from "frosted-ui";
import { useState } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Icon } from "@/components/icons";
import { Money } from "@/components/figures";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import type { Funnel, OwnLink } from "@/lib/types";
import { useGetLinksQuery, useGetMyCampaignsQuery } from "../api/links";
import { steps } from "../funnel";
import { LinkDetails } from "./link-details";
import { LinkForm } from "./link-form";
import "./links.css";

export function LinksPanel() {
  const query = useGetLinksQuery();
  const { data: campaigns = [] } = useGetMyCampaignsQuery();
  const [open, setOpen] = useState<OwnLink | "new" | null>(null);
  const names = new Map(campaigns.map(({ campaign }) => [campaign.id, campaign.name]));
  const close = () => setOpen(null);
  return (
    <Panel
      title={t`Your links`}
      busy={isBusy(query)}
      action={
        <Button size="2" variant="soft" onClick={() => setOpen("new")}>
          <Icon name="link" /> <Trans>New link</Trans>
        </Button>
      }
    >
      <Answer
        query={query}
        what={t`Your links`}
        isEmpty={(all) => all.length === 0}
        empty={
          <Nothing title={t`No link yet`} text={t`Make one for each place you share in: you will see which works.`} />
        }
      >
        {(all) => (
          <List label={t`Your links`}>
            {all.map((one) => (
              <LinkLine key={one.link.code} one={one} campaign={names.get(one.link.campaign_id ?? "")} open={setOpen} />
            ))}
          </List>
        )}
      </Answer>
      {open === "new" && <LinkForm onClose={close} />}
      {open !== null && open !== "new" && <LinkDetails one={open} onClose={close} />}
    </Panel>
  );
}

interface LineProps {
  one: OwnLink;
  campaign: string | undefined;
  open: (one: OwnLink) => void;
}

function LinkLine({ one, campaign, open }: LineProps) {
  const { name, code } = one.link;
  const title = [campaign, name].filter(Boolean).join(" · ") || t`Main link`;
  return (
    <Line
      title={
        <button type="button" className="link-open" onClick={() => open(one)}>
          {title}
        </button>
      }
      text={
        <>
          <span className="link-code">{code}</span> · {steps(one.funnel)}
        </>
      }
      figures={<Earned funnel={one.funnel} />}
    />
  );
}

function Earned({ funnel }: { funnel: Funnel }) {
  return funnel.earned.map((money) => (
    <div key={money.currency}>
      <Money value={money} />
    </div>
  ));
}
