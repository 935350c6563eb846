// All quests of today, this week and this month.
import { t } from "@lingui/core/macro";
import { ScreenHead } from "@/components/screen-head";
import { QuestPanels } from "../components/quest-panels";

export default function QuestsScreen() {
  return (
    <>
      <ScreenHead title={t`Quests`} text={t`Finish them, then claim the XP.`} />
      <QuestPanels />
    </>
  );
}
