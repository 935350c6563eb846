// Taking an import back asks first: members see their figures go down.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button } from "frosted-ui";
import { Modal } from "@/components/modal";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { useUndoImportMutation } from "../api/whop-runs";

export function UndoForm({ onClose }: { onClose: () => void }) {
  const [undo, { isLoading }] = useUndoImportMutation();
  const takeBack = async () => {
    const answer = await undo();
    if (answer.error) tell("error", t`Not taken back`, asFailure(answer.error).message);
    onClose();
  };
  return (
    <Modal
      open
      asks
      onClose={onClose}
      title={t`Take the import back?`}
      description={t`Commission and XP that came with it are taken back from your members. Badges they earned stay.`}
    >
      <div className="modal-foot">
        <Button type="button" size="3" variant="soft" color="gray" onClick={onClose}>
          <Trans>Keep it</Trans>
        </Button>
        <Button
          type="button"
          size="3"
          variant="solid"
          color="danger"
          loading={isLoading}
          onClick={() => void takeBack()}
        >
          <Trans>Take it back</Trans>
        </Button>
      </div>
    </Modal>
  );
}
