// Asks before a class is taken, because the next change is a long time away.
import { AlertDialog, Button } from "frosted-ui";
import { CLASS_TITLES, Emblem } from "@/components/emblem";
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
  return (
    <AlertDialog.Root open={name !== null} onOpenChange={(open) => !open && !choosing && onClose()}>
      <AlertDialog.Content size="3" className="class-confirm">
        {name && (
          <>
            <div className="class-confirm-head">
              <Emblem name={name} size={48} />
              <AlertDialog.Title>{question(name)}</AlertDialog.Title>
            </div>
            <AlertDialog.Description>{terms}</AlertDialog.Description>
            <div className="class-confirm-foot">
              <AlertDialog.Cancel>
                <Button size="3" variant="soft" color="gray" disabled={choosing} focusableWhenDisabled>
                  {present ? `Stay a ${CLASS_TITLES[present]}` : "Not yet"}
                </Button>
              </AlertDialog.Cancel>
              <Button size="3" variant="solid" loading={choosing} focusableWhenDisabled onClick={() => onTake(name)}>
                {`Become a ${CLASS_TITLES[name]}`}
              </Button>
            </div>
          </>
        )}
      </AlertDialog.Content>
    </AlertDialog.Root>
  );
}

function question(name: CharacterClass): string {
  return `Become a ${CLASS_TITLES[name]}?`;
}
