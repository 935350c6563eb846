// Boards that moved, and what a closed one or a league's week came to.
import { t } from "@lingui/core/macro";
import type { Fields, Message, NoticeKind } from "@/lib/notices";

export const boardNotices: NoticeKind[] = [{ type: "leaderboard_updated", makesOld: ["Boards"], tell: ended }];

/** A frame without a board only says that places moved. */
function ended(heard: Fields[]): Message | null {
  const last = heard.filter((fields) => fields.text("board")).at(-1);
  if (!last) return null;
  const place = last.count("rank");
  const step = last.count("step");
  const title = last.text("board") === "league" ? t`Your league week ended` : t`A board closed`;
  const moved = step > 0 ? t`You go up.` : step < 0 ? t`You go down.` : "";
  return { tone: step < 0 ? "info" : "success", title, text: `${t`You came in at place ${place}.`} ${moved}`.trim() };
}
