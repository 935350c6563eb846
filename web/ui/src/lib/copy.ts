// Copying to the clipboard from inside a frame, where the modern way is often not allowed.

/** True when the text is on the clipboard. `field` must show the text; it is left selected otherwise. */
export async function copyText(text: string, field: HTMLTextAreaElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    field?.focus();
    field?.select();
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way in a frame without the permission
    return document.execCommand("copy");
  }
}
