// The device's own way of sharing, where there is one and the frame around the page allows it.

export function canShare(): boolean {
  return typeof navigator.share === "function";
}

export function canShareFile(file: File): boolean {
  return canShare() && typeof navigator.canShare === "function" && navigator.canShare({ files: [file] });
}

/** Somebody who closes the device's sheet has changed their mind: that is no fault. */
export async function share(what: ShareData): Promise<void> {
  try {
    await navigator.share(what);
  } catch {
    return;
  }
}
