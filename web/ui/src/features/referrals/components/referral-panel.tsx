// The member's link to share, and how the referrals through it stand.
import { Button, Skeleton, Text, TextField, toast } from "frosted-ui";
import { useRef } from "react";
import { Icon } from "@/components/icons";
import { Panel } from "@/components/panel";
import { asFailure } from "@/lib/api";
import { printCount } from "@/lib/numbers";
import { printDate } from "@/lib/times";
import type { ReferralLink, ReferralStats } from "@/lib/types";
import { useGenerateLinkMutation } from "../api/generate-link";
import { useGetReferralStatsQuery } from "../api/get-stats";
import { copyText } from "../copy";
import "./referrals.css";

export function ReferralPanel() {
  const { data: stats, isLoading: isAsking } = useGetReferralStatsQuery();
  const [generate, { data: made, isLoading }] = useGenerateLinkMutation({ fixedCacheKey: "referral-link" });
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
      {stats && <Stats stats={stats} />}
    </Panel>
  );
}

function Link({ link }: { link: ReferralLink }) {
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    if (await copyText(link.url, field.current)) toast.success("Link copied");
    else toast.info("Copy it by hand", { description: "The link is selected." });
  };
  return (
    <div className="referral-link">
      <div className="referral-row">
        <TextField.Root size="3" className="referral-field">
          <TextField.Input ref={field} readOnly value={link.url} aria-label="Your referral link" onFocus={(event) => event.target.select()} />
        </TextField.Root>
        <Button size="3" variant="solid" onClick={() => void copy()}>
          <Icon name="copy" /> Copy
        </Button>
      </div>
      <Text size="1" color="gray">
        Code <b>{link.code}</b>
        {link.expires_at && ` · ends ${printDate(link.expires_at)}`}
      </Text>
    </div>
  );
}

function Stats({ stats }: { stats: ReferralStats }) {
  const figures = [
    { title: "Clicks", value: stats.clicks },
    { title: "Waiting", value: stats.pending },
    { title: "Completed", value: stats.completed },
  ];
  return (
    <dl className="referral-stats">
      {figures.map(({ title, value }) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd className="num">{printCount(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
