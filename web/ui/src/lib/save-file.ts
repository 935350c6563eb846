// A table of the API saved as a file. A link could not carry the session, so the page fetches it.
import { session } from "./session";

/** True once the browser has it. */
export async function saveFile(path: string, name: string): Promise<boolean> {
  const headers = { Authorization: `Bearer ${session.currentToken() ?? ""}` };
  const answer = await fetch(`/api/v1${path}`, { headers }).catch(() => null);
  if (!answer?.ok) return false;
  const address = URL.createObjectURL(await answer.blob());
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  URL.revokeObjectURL(address);
  return true;
}
