// The member's link to share, and how the referrals through it stand.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Skeleton, Text, TextArea } from "frosted-ui";
import { useRef } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Count } from "@/components/figures";
import { Icon } from "@/components/icons";
import { Panel } from "@/components/panel";
import { Stat, Stats } from "@/components/stat";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { useGetProfileQuery } from "@/lib/member";
import { printDate } from "@/lib/times";
import type { ReferralLink, ReferralStats } from "@/lib/types";
import { useGenerateLinkMutation } from "../api/generate-link";
import { useGetReferralStatsQuery } from "../api/get-stats";
import { completedNote } from "../completed-note";
import { copyText } from "../copy";
import "./referrals.css";

const COPIED_MS = 2_000;

export function ReferralPanel() {
  const query = useGetReferralStatsQuery();
  const { data: member } = useGetProfileQuery();
  return (
    <Panel title={t`Your referral link`} busy={isBusy(query)}>
      <Answer query={query} what={t`Your link`} waiting={<Skeleton.Rect className="referral-skeleton" />}>
        {(stats) => (
          <>
            <LinkOrGet known={stats.link} />
            <Counts stats={stats} counted={member?.total_referrals} />
          </>
        )}
      </Answer>
    </Panel>
  );
}

/** The link is made once it is wanted; where the figures could not be had, nobody knows whether there is one. */
function LinkOrGet({ known }: { known: ReferralLink | null }) {
  const [generate, { data: made, isLoading }] = useGenerateLinkMutation({ fixedCacheKey: "referral-link" });
  const link = made ?? known;
  const get = async () => {
    const answer = await generate();
    if (answer.error) tell("error", t`No link this time`, asFailure(answer.error).message);
  };
  if (link) return <Link link={link} />;
  return (
    <div className="referral-get">
      <Text size="2" color="gray" render={<p />}>
        <Trans>Share it. Whoever buys through it counts for you.</Trans>
      </Text>
      <Button size="3" variant="solid" loading={isLoading} onClick={() => void get()}>
        <Icon name="link" /> <Trans>Get my link</Trans>
      </Button>
    </div>
  );
}

function Link({ link }: { link: ReferralLink }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const ends = link.expires_at && printDate(link.expires_at);
  const copy = async () => {
    const copied = await copyText(link.url, field.current);
    if (copied) tell("success", t`Link copied`, "", { id: "link-copied", duration: COPIED_MS });
    else tell("info", t`Copy it by hand`, t`The link is selected.`);
  };
  return (
    <div className="referral-link">
      {/* Two lines where the browser cannot fit a field to its text: an address has to be seen whole. */}
      <TextArea
        ref={field}
        className="referral-field"
        size="2"
        rows={2}
        readOnly
        value={link.url}
        aria-label={t`Your referral link`}
        onFocus={(event) => event.target.select()}
      />
      <div className="referral-row">
        <Text size="1" color="gray">
          <Trans>
            Code <b>{link.code}</b>
          </Trans>
          {ends && <Trans> · ends {ends}</Trans>}
        </Text>
        <Button size="3" variant="solid" onClick={() => void copy()}>
          <Icon name="copy" /> <Trans>Copy</Trans>
        </Button>
      </div>
    </div>
  );
}

function Counts({ stats, counted }: { stats: ReferralStats; counted: number | undefined }) {
  const note = completedNote(stats.completed, counted);
  return (
    <div className="referral-counts">
      <Stats columns={3}>
        <Stat name={t`Clicks`} value={<Count value={stats.clicks} />} hint={t`followed your link`} />
        <Stat name={t`Waiting`} value={<Count value={stats.pending} />} hint={t`have not paid yet`} />
        <Stat name={t`Completed`} value={<Count value={stats.completed} />} hint={t`paid through you`} />
      </Stats>
      {note && (
        <Text size="1" color="gray" render={<p />}>
          {note}
        </Text>
      )}
    </div>
  );
}
