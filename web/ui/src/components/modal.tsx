// A question or a task in front of the page. Its code is fetched with the first one that opens.
import { lazy, Suspense, type ReactNode } from "react";

const load = () => import("./modal-dialog");
const ModalDialog = lazy(load);

export interface ModalProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  /** Asks for a decision: a press beside it does not close it. */
  asks?: boolean;
  wide?: boolean;
  /** What stands beside the title: a way out that comes first, so that a long dialog opens at its top. */
  action?: ReactNode;
  children: ReactNode;
}

export function Modal(props: ModalProps) {
  if (!props.open) return null;
  return (
    <Suspense fallback={null}>
      <ModalDialog {...props} />
    </Suspense>
  );
}

export function preloadModal(): void {
  void load();
}
