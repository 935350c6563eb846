// For the operators of the installation: how far deliveries are, and those that need a person.
import { t } from "@lingui/core/macro";
import { ScreenHead } from "@/components/screen-head";
import { LettersPanel } from "../components/letters-panel";
import { QueuesPanel } from "../components/queues-panel";
import { RunsPanel } from "../components/runs-panel";

export default function OperationsScreen() {
  return (
    <>
      <ScreenHead title={t`Operations`} text={t`Of the whole installation, all communities together.`} />
      <QueuesPanel />
      <LettersPanel />
      <RunsPanel />
    </>
  );
}
