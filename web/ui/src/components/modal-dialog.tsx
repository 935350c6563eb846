// The dialog itself, in Frosted UI's clothes: it keeps the focus inside and gives it back where it came from.
import { AlertDialog, Dialog } from "frosted-ui";
import type { ModalProps } from "./modal";
import "./modal.css";

export default function ModalDialog({ open, onClose, title, description, asks, wide, action, children }: ModalProps) {
  const Kind = asks ? AlertDialog : Dialog;
  return (
    <Kind.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Kind.Content size="3" className="modal" data-wide={wide || undefined}>
        <div className="modal-head">
          <Kind.Title>{title}</Kind.Title>
          {action}
        </div>
        {description && (
          <Kind.Description size="2" color="gray">
            {description}
          </Kind.Description>
        )}
        {children}
      </Kind.Content>
    </Kind.Root>
  );
}
