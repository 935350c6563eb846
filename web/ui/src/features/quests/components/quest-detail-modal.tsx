// A quest in full, in front of the page. Its code is fetched with the first one that opens.
import { lazy, Suspense } from "react";
import { preloadModal } from "@/components/modal";
import { withWords } from "@/components/later";
import type { Quest } from "@/lib/types";

const load = withWords(() => import("./quest-detail"));
const QuestDetail = lazy(load);

export interface QuestDetailProps {
  quest: Quest;
  onClose: () => void;
}

export function QuestDetailModal(props: QuestDetailProps) {
  return (
    <Suspense fallback={null}>
      <QuestDetail {...props} />
    </Suspense>
  );
}

export function preloadDetail(): void {
  preloadModal();
  void load().catch(() => undefined);
}
