// Work that may wait until the page has nothing better to do. Safari has no such notion: there it waits two seconds.
const LATEST_MS = 2_000;

export function whenIdle(...work: (() => void)[]): () => void {
  const run = () => work.forEach((one) => one());
  if (typeof window.requestIdleCallback === "function") {
    const asked = window.requestIdleCallback(run, { timeout: LATEST_MS });
    return () => window.cancelIdleCallback(asked);
  }
  const timer = setTimeout(run, LATEST_MS);
  return () => clearTimeout(timer);
}
