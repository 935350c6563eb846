// The quest board: today, this week, this month.
import type { MessageDescriptor } from "@lingui/core";
import { msg, t } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { Skeleton } from "frosted-ui";
import { OpenPanel } from "@/components/panel";
import { Nothing, Problem } from "@/components/problem";
import { useNow } from "@/components/use-now";
import { printLeft } from "@/lib/times";
import type { Quest, QuestWindow } from "@/lib/types";
import { useGetQuestsQuery } from "../api/get-quests";
import { questsOf } from "../quest-order";
import { QuestCard } from "./quest-card";
import "./quests.css";

const WINDOWS = [
  { window: "special", title: msg`Special quests`, places: 0 },
  { window: "daily", title: msg`Today's quests`, places: 3 },
  { window: "weekly", title: msg`This week`, places: 2 },
  { window: "monthly", title: msg`This month`, places: 1 },
] as const satisfies { window: QuestWindow; title: MessageDescriptor; places: number }[];

/** `only` shows the quests of one window. */
export function QuestPanels({ only }: { only?: QuestWindow }) {
  const { i18n } = useLingui();
  const { data: quests, error, refetch } = useGetQuestsQuery();
  const now = useNow();
  if (!quests && error) {
    return (
      <OpenPanel title={t`Quests`}>
        <Problem what={t`Your quests`} error={error} retry={() => void refetch()} />
      </OpenPanel>
    );
  }
  const isShown = (window: QuestWindow) =>
    // Special ones are there or not; no place is kept for them.
    only ? window === only : window !== "special" || quests?.some((quest) => quest.window === window);
  return (
    <div className="quest-panels">
      {WINDOWS.filter(({ window }) => isShown(window)).map(({ window, title, places }) => (
        <QuestPanel
          key={window}
          window={window}
          title={i18n._(title)}
          places={places}
          quests={quests && questsOf(quests, window)}
          now={now}
        />
      ))}
    </div>
  );
}

interface QuestPanelProps {
  window: QuestWindow;
  title: string;
  /** How many quests the window has: the size of its skeleton. */
  places: number;
  quests: Quest[] | undefined;
  now: number;
}

function QuestPanel({ window, title, places, quests, now }: QuestPanelProps) {
  // Special quests end one by one: each says so itself.
  const ends = window === "special" ? undefined : quests?.at(-1)?.ends_at;
  return (
    <div className="quest-panel" data-window={window}>
      <OpenPanel title={title} note={ends ? printLeft(ends, now) : undefined} busy={!quests}>
        {quests?.length === 0 && (
          <Nothing title={t`No quests right now`} text={t`New ones come with the next day, week or month.`} />
        )}
        <ul className="quests" role="list">
          {quests?.map((quest) => (
            <QuestCard key={quest.id} quest={quest} left={window === "special" ? printLeft(quest.ends_at, now) : ""} />
          ))}
          {!quests && Array.from({ length: places }, (_, at) => <Skeleton.Rect key={at} className="quest-skeleton" />)}
        </ul>
      </OpenPanel>
    </div>
  );
}
