// The member's link to share, and how the referrals through it stand.
import { Button, Skeleton, Text, TextArea, toast } from "frosted-ui";
import { useRef } from "react";
import { Icon } from "@/components/icons";
import { Panel } from "@/components/panel";
import { asFailure } from "@/lib/api";
import { useGetProfileQuery } from "@/lib/member";
import { printCount } from "@/lib/numbers";
import { printDate } from "@/lib/times";
import type { ReferralLink, ReferralStats } from "@/lib/types";
import { useGenerateLinkMutation } from "../api/generate-link";
import { useGetReferralStatsQuery } from "../api/get-stats";
import { copyText } from "../copy";
import { completedNote } from "../completed-note";
import "./referrals.css";

const COPIED_MS = 2_000;

export function ReferralPanel() {
  const { data: stats, isLoading: isAsking } = useGetReferralStatsQuery();
  const [generate, { data: made, isLoading }] = useGenerateLinkMutation({ fixedCacheKey: "referral-link" });
  const { data: member } = useGetProfileQuery();
  const link = made ?? stats?.link;
  const get = async () => {
    const answer = await generate();
    if (answer.error) toast.error("No link this time", { description: asFailure(answer.error).message });
  };
  return (
    <Panel title="Your referral link">
      {isAsking && <Skeleton.Rect className="referral-skeleton" />}
      {link && <Link link={link} />}
      {!link && !isAsking && (
        <div className="referral-get">
          <Text size="2" color="gray" render={<p />}>
            Share it. Whoever buys through it counts for you.
          </Text>
          <Button size="3" variant="solid" loading={isLoading} onClick={() => void get()}>
            <Icon name="link" /> Get my link
          </Button>
        </div>
      )}
      {stats && <Stats stats={stats} counted={member?.total_referrals} />}
    </Panel>
  );
}

function Link({ link }: { link: ReferralLink }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const copy = async () => {
    if (await copyText(link.url, field.current))
      toast.success("Link copied", { id: "link-copied", duration: COPIED_MS });
    else toast.info("Copy it by hand", { description: "The link is selected." });
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
        aria-label="Your referral link"
        onFocus={(event) => event.target.select()}
      />
      <div className="referral-row">
        <Text size="1" color="gray">
          Code <b>{link.code}</b>
          {link.expires_at && ` · ends ${printDate(link.expires_at)}`}
        </Text>
        <Button size="3" variant="solid" onClick={() => void copy()}>
          <Icon name="copy" /> Copy
        </Button>
      </div>
    </div>
  );
}

function Stats({ stats, counted }: { stats: ReferralStats; counted: number | undefined }) {
  const note = completedNote(stats.completed, counted);
  const figures = [
    { title: "Clicks", value: stats.clicks },
    { title: "Waiting", value: stats.pending },
    { title: "Completed", value: stats.completed },
  ];
  return (
    <div className="referral-counts">
      <dl className="referral-stats">
        {figures.map(({ title, value }) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd className="num">{printCount(value)}</dd>
          </div>
        ))}
      </dl>
      {note && (
        <Text size="1" color="gray" render={<p />}>
          {note}
        </Text>
      )}
    </div>
  );
}
