// A further link: what it is called, the campaign it counts in, and what it sells.
import { msg, t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Button, TextField } from "frosted-ui";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Field } from "@/components/field";
import { Modal } from "@/components/modal";
import { Select } from "@/components/select";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { planName } from "@/lib/plans";
import { useMakeLinkMutation } from "../api/generate-link";
import { useGetMyCampaignsQuery, useGetPlansQuery, useMakeMyCampaignMutation } from "../api/links";

const LONGEST = 60;
const MISSING = msg`Give it a name, such as the place you share it in.`;
const TOO_LONG = msg`At most 60 characters.`;

export function LinkForm({ onClose }: { onClose: () => void }) {
  const { i18n } = useLingui();
  const { data: campaigns = [] } = useGetMyCampaignsQuery();
  const { data: plans = [] } = useGetPlansQuery();
  const [make, making] = useMakeLinkMutation();
  const [begin, beginning] = useMakeMyCampaignMutation();
  const short = v.pipe(v.string(), v.trim(), v.maxLength(LONGEST, i18n._(TOO_LONG)));
  const schema = v.object({
    name: v.pipe(short, v.minLength(1, i18n._(MISSING))),
    campaign: v.string(),
    fresh: short,
    plan: v.string(),
  });
  const form = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { name: "", campaign: "", fresh: "", plan: "" },
  });
  const submit = form.handleSubmit(async ({ name, campaign, fresh, plan }) => {
    const began = fresh ? await begin(fresh) : undefined;
    if (began?.error) return form.setError("fresh", { message: asFailure(began.error).message });
    const campaignId = began?.data.id ?? (campaign || null);
    const answer = await make({ name, campaign_id: campaignId, plan_id: plan });
    if (answer.error) return form.setError("name", { message: asFailure(answer.error).message });
    tell("success", t`Your link is ready`);
    onClose();
  });
  const { errors } = form.formState;
  return (
    <Modal open onClose={onClose} title={t`New link`} description={t`Each link is counted by itself.`}>
      <form className="link-form" noValidate onSubmit={(event) => void submit(event)}>
        <Field name={t`Name`} hint={t`Only you see it.`} error={errors.name?.message}>
          {(control) => (
            <TextField.Root size="3">
              <TextField.Input {...control} {...form.register("name")} />
            </TextField.Root>
          )}
        </Field>
        {campaigns.length > 0 && (
          <Field name={t`Campaign`}>
            {(control) => (
              <Select
                {...control}
                {...form.register("campaign")}
                options={[
                  { value: "", name: t`None` },
                  ...campaigns.map(({ campaign }) => ({ value: campaign.id, name: campaign.name })),
                ]}
              />
            )}
          </Field>
        )}
        <Field
          name={t`Begin a campaign`}
          hint={t`Leave it empty unless several links belong together.`}
          error={errors.fresh?.message}
        >
          {(control) => (
            <TextField.Root size="3">
              <TextField.Input {...control} {...form.register("fresh")} />
            </TextField.Root>
          )}
        </Field>
        {plans.length > 0 && (
          <Field name={t`What it sells`}>
            {(control) => (
              <Select
                {...control}
                {...form.register("plan")}
                options={[
                  { value: "", name: t`What the community's links sell` },
                  ...plans.map((plan) => ({ value: plan.id, name: planName(plan) })),
                ]}
              />
            )}
          </Field>
        )}
        <div className="modal-foot">
          <Button type="button" size="3" variant="soft" color="gray" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" size="3" variant="solid" loading={making.isLoading || beginning.isLoading}>
            <Trans>Make the link</Trans>
          </Button>
        </div>
      </form>
    </Modal>
  );
}
