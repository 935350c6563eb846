// The company's campaigns: every member's links in them, counted together.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, TextField } from "frosted-ui";
import { useState, type SubmitEvent } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Money } from "@/components/figures";
import { Field } from "@/components/field";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { printCount } from "@/lib/numbers";
import { useGetCampaignsQuery, useMakeCampaignMutation } from "../api/credits";

export function CampaignsPanel() {
  const query = useGetCampaignsQuery();
  return (
    <Panel title={t`Campaigns`} busy={isBusy(query)}>
      <Answer query={query} what={t`The campaigns`}>
        {(all) =>
          all.length > 0 && (
            <List label={t`Campaigns`}>
              {all.map(({ campaign, links, funnel }) => (
                <Line
                  key={campaign.id}
                  title={campaign.name}
                  text={t`${printCount(links)} links · ${printCount(funnel.visitors)} visitors · ${printCount(funnel.referrals)} bought`}
                  figures={funnel.earned.map((money) => (
                    <div key={money.currency}>
                      <Money value={money} />
                    </div>
                  ))}
                />
              ))}
            </List>
          )
        }
      </Answer>
      <NewCampaign />
    </Panel>
  );
}

function NewCampaign() {
  const [name, setName] = useState("");
  const [make, { isLoading }] = useMakeCampaignMutation();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const answer = await make(name.trim());
    if (answer.error) tell("error", t`No campaign this time`, asFailure(answer.error).message);
    else setName("");
  };
  return (
    <form className="credit-search" onSubmit={(event) => void submit(event)}>
      <Field name={t`New campaign`} hint={t`Members choose it for their links.`}>
        {(control) => (
          <TextField.Root size="3">
            <TextField.Input
              {...control}
              maxLength={60}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </TextField.Root>
        )}
      </Field>
      <Button type="submit" size="3" variant="soft" disabled={name.trim() === ""} loading={isLoading}>
        <Trans>Add</Trans>
      </Button>
    </form>
  );
}
