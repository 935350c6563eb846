// What happened, newest first, with what is new in it marked. Looking at the list is reading it.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { useEffect, useState } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Icon } from "@/components/icons";
import { Panel } from "@/components/panel";
import { useNow } from "@/components/use-now";
import type { Registry } from "@/lib/notices";
import { printAgo } from "@/lib/times";
import type { Notice, NoticeHistory } from "@/lib/types";
import { NEWEST, useGetNewsQuery, useMarkReadMutation } from "../api/get-news";
import { wordsOf } from "../words";
import "./news.css";

export function NewsPanel({ registry }: { registry: Registry }) {
  const query = useGetNewsQuery(NEWEST);
  const [pages, setPages] = useState<number[]>([]);
  const newSince = useReading(query.data);
  return (
    <Panel title={t`What happened`} busy={isBusy(query)}>
      <Answer query={query} what={t`Your news`} isEmpty={({ notices }) => notices.length === 0} empty={<Nothing />}>
        {(first) => (
          <>
            <List notices={first.notices} newSince={newSince} registry={registry} />
            {pages.map((before) => (
              <OlderPage key={before} before={before} newSince={newSince} registry={registry} />
            ))}
            <More last={pages.at(-1)} first={first} onMore={(before) => setPages([...pages, before])} />
          </>
        )}
      </Answer>
    </Panel>
  );
}

/** Marks what is there as read, and remembers what was unread when the list was opened. */
function useReading(history: NoticeHistory | undefined): number {
  const [markRead] = useMarkReadMutation();
  const [opened, setOpened] = useState<number | null>(null);
  if (opened === null && history) setOpened(history.read_up_to);
  const last = history?.last_id ?? 0;
  const read = history?.read_up_to ?? 0;
  useEffect(() => {
    if (last > read && document.visibilityState === "visible") void markRead(last);
  }, [last, read, markRead]);
  return opened ?? 0;
}

function OlderPage({ before, newSince, registry }: { before: number; newSince: number; registry: Registry }) {
  const query = useGetNewsQuery(before);
  return (
    <Answer query={query} what={t`Older news`}>
      {({ notices }) => <List notices={notices} newSince={newSince} registry={registry} />}
    </Answer>
  );
}

function More({
  last,
  first,
  onMore,
}: {
  last: number | undefined;
  first: NoticeHistory;
  onMore: (before: number) => void;
}) {
  const { data } = useGetNewsQuery(last ?? NEWEST);
  const lowest = (last === undefined ? first : data)?.notices.at(-1)?.id;
  if (lowest === undefined || lowest <= 1) return null;
  return (
    <Button size="2" variant="soft" color="gray" onClick={() => onMore(lowest)}>
      <Trans>Show older</Trans>
    </Button>
  );
}

interface ListProps {
  notices: Notice[];
  newSince: number;
  registry: Registry;
}

function List({ notices, newSince, registry }: ListProps) {
  const now = useNow();
  return (
    <ul className="news" role="list">
      {notices.map((notice) => {
        const { icon, title, text } = wordsOf(notice, registry);
        const isNew = (notice.id ?? 0) > newSince;
        return (
          <li key={notice.id} className="news-line" data-new={isNew || undefined}>
            <span className="news-icon">
              <Icon name={icon} size={18} />
            </span>
            <div className="news-words">
              <Text size="2" weight="medium" render={<p />}>
                {title}
                {isNew && (
                  <span className="hidden">
                    {" "}
                    <Trans>(new)</Trans>
                  </span>
                )}
              </Text>
              {text && (
                <Text size="2" color="gray" render={<p />}>
                  {text}
                </Text>
              )}
            </div>
            <Text size="1" color="gray" className="news-when" render={<time dateTime={notice.at} />}>
              {printAgo(notice.at, now)}
            </Text>
          </li>
        );
      })}
    </ul>
  );
}

function Nothing() {
  return (
    <Text size="2" color="gray" render={<p className="plain" />}>
      <Trans>Nothing yet. Your first quests, sales and levels will show up here.</Trans>
    </Text>
  );
}
