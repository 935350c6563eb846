// What the team or the operators say to everybody.
import { t } from "@lingui/core/macro";
import type { Fields, Message, NoticeKind, Tone } from "@/lib/notices";

export const announcementNotices: NoticeKind[] = [{ type: "system_notification", makesOld: [], tell: announced }];

/** The newest one; its severity is one of ours or nothing. */
function announced(heard: Fields[]): Message | null {
  const newest = heard.at(-1);
  if (!newest) return null;
  return {
    tone: toneOf(newest.text("severity")),
    title: newest.text("title") || t`Message`,
    text: newest.text("text"),
  };
}

function toneOf(severity: string): Tone {
  return severity === "warning" || severity === "error" ? severity : "info";
}
