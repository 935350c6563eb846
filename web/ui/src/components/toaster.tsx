// The toasts themselves: a chunk of its own, because nobody needs one before the page stands.
import { toast, Toaster } from "frosted-ui";
import { useEffect } from "react";
import { isWide, useIsWide } from "./use-wide";
import "./toasts.css";

let mounted: () => void;
const standing = new Promise<void>((resolve) => (mounted = resolve));

/**
 * Where they cover nothing that can be pressed: beside the page below the side bar's links on a desk, over the
 * page's head on a phone.
 */
export default function Toasts() {
  const wide = useIsWide();
  useEffect(() => mounted(), []);
  return <Toaster position={positionFor(wide)} limit={3} />;
}

function positionFor(wide: boolean) {
  return wide ? "bottom-left" : "top-center";
}

/** Give a toast to the toaster once it stands; what comes earlier would be lost. */
export async function show(
  tone: "success" | "info" | "warning" | "error",
  title: string,
  options: { id?: string; description?: string | undefined; duration?: number; onClose?: () => void },
): Promise<void> {
  await standing;
  toast[tone](title, { position: positionFor(isWide()), ...options });
}
