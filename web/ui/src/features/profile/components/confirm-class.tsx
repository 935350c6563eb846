// Asks before a class is taken, because the next change is a long time away.
import { t } from "@lingui/core/macro";
import { Button } from "frosted-ui";
import { CLASS_TITLES, Emblem } from "@/components/emblem";
import { Modal } from "@/components/modal";
import type { CharacterClass } from "@/lib/types";

interface ConfirmClassProps {
  /** The class that is asked about; null while nothing is. */
  name: CharacterClass | null;
  present: CharacterClass | null;
  terms: string;
  choosing: boolean;
  onTake: (name: CharacterClass) => void;
  onClose: () => void;
}

export function ConfirmClass({ name, present, terms, choosing, onTake, onClose }: ConfirmClassProps) {
  if (!name) return null;
  const title = CLASS_TITLES[name];
  const old = present && CLASS_TITLES[present];
  return (
    <Modal
      open
      asks
      onClose={() => !choosing && onClose()}
      title={
        <span className="modal-title">
          <Emblem name={name} size={48} />
          {t`Become a ${title}?`}
        </span>
      }
      description={terms}
    >
      <div className="modal-foot">
        <Button size="3" variant="soft" color="gray" disabled={choosing} focusableWhenDisabled onClick={onClose}>
          {old ? t`Stay a ${old}` : t`Not yet`}
        </Button>
        <Button size="3" variant="solid" loading={choosing} focusableWhenDisabled onClick={() => onTake(name)}>
          {t`Become a ${title}`}
        </Button>
      </div>
    </Modal>
  );
}
