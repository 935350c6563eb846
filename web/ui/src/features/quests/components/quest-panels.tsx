// The quest board: today, this week, this month.
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

const WINDOWS: { window: QuestWindow; title: string; places: number }[] = [
  { window: "daily", title: "Today's quests", places: 3 },
  { window: "weekly", title: "This week", places: 2 },
  { window: "monthly", title: "This month", places: 1 },
];

export function QuestPanels() {
  const { data: quests, error, refetch } = useGetQuestsQuery();
  const now = useNow();
  if (!quests && error) {
    return (
      <OpenPanel title="Quests">
        <Problem what="Your quests" error={error} retry={() => void refetch()} />
      </OpenPanel>
    );
  }
  return (
    <div className="quest-panels">
      {WINDOWS.map(({ window, title, places }) => (
        <QuestPanel
          key={window}
          window={window}
          title={title}
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
  const ends = quests?.at(-1)?.ends_at;
  return (
    <div className="quest-panel" data-window={window}>
      <OpenPanel title={title} note={ends ? printLeft(ends, now) : undefined} busy={!quests}>
        {quests?.length === 0 && (
          <Nothing title="No quests right now" text="New ones are dealt when the next window begins." />
        )}
        <ul className="quests">
          {quests?.map((quest) => (
            <QuestCard key={quest.id} quest={quest} />
          ))}
          {!quests && Array.from({ length: places }, (_, at) => <Skeleton.Rect key={at} className="quest-skeleton" />)}
        </ul>
      </OpenPanel>
    </div>
  );
}
