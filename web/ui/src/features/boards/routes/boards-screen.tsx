// Who stands where: of all time, this week, this month, in one's class; the league; what has closed.
import { t } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { CLASS_TITLES } from "@/components/emblem";
import { ScreenHead } from "@/components/screen-head";
import { useGetProfileQuery } from "@/lib/member";
import type { BoardCategory } from "@/lib/types";
import type { BoardChoice } from "../api/boards";
import { CATEGORY_NAMES } from "../board-words";
import { BoardPanel } from "../components/board-panel";
import { Choices } from "../components/choices";
import { HistoryPanel } from "../components/history-panel";
import { LeaguePanel } from "../components/league-panel";
import "../components/boards.css";

type Part = "week" | "last_week" | "month" | "all" | "class" | "league" | "history";

const CATEGORIES: BoardCategory[] = ["xp", "referrals", "commission", "level"];

export default function BoardsScreen() {
  const { i18n } = useLingui();
  const { data: member } = useGetProfileQuery();
  const [part, setPart] = useState<Part>("week");
  const [wanted, setWanted] = useState<BoardCategory>("xp");
  const played = member?.character_class ?? null;
  const isWindow = part === "week" || part === "last_week" || part === "month";
  const category = isWindow && wanted === "level" ? "xp" : wanted;
  const choice = choiceOf(part, category, played);
  const parts = [
    { key: "week", name: t`This week` },
    { key: "last_week", name: t`Last week` },
    { key: "month", name: t`This month` },
    { key: "all", name: t`All time` },
    ...(played ? [{ key: "class", name: CLASS_TITLES[played] } as const] : []),
    { key: "league", name: t`League` },
    { key: "history", name: t`History` },
  ] as const;
  const name = parts.find(({ key }) => key === part)?.name ?? "";
  return (
    <>
      <ScreenHead title={t`Boards`} text={t`Where you stand, and who is right ahead of you.`} />
      <Choices label={t`Which board`} names={parts} chosen={part} onChoose={setPart} />
      {choice && (
        <>
          <Choices
            label={t`What counts`}
            names={CATEGORIES.filter((one) => !isWindow || one !== "level").map((key) => ({
              key,
              name: i18n._(CATEGORY_NAMES[key]),
            }))}
            chosen={category}
            onChoose={setWanted}
          />
          <BoardPanel
            key={JSON.stringify(choice)}
            title={`${name} · ${i18n._(CATEGORY_NAMES[category])}`}
            choice={choice}
          />
        </>
      )}
      {part === "league" && <LeaguePanel />}
      {part === "history" && <HistoryPanel />}
    </>
  );
}

/** The board behind a part of the screen; null where it is none. */
function choiceOf(part: Part, category: BoardCategory, played: string | null): BoardChoice | null {
  if (part === "week") return { type: "weekly", category };
  if (part === "last_week") return { type: "weekly", category, isLast: true };
  if (part === "month") return { type: "monthly", category };
  if (part === "all") return { type: "global", category };
  if (part === "class" && played) return { type: "class", category, characterClass: played };
  return null;
}
