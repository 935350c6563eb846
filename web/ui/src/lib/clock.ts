// The server's time as far as this page knows it, so that a wrong device clock breaks no countdown.

let offsetMs = 0;

/** Take the server's time from an answer's `meta.timestamp`. Nonsense is ignored. */
export function noteServerTime(timestamp: string): void {
  const server = Date.parse(timestamp);
  if (!Number.isNaN(server)) offsetMs = server - Date.now();
}

export function serverNow(): number {
  return Date.now() + offsetMs;
}
