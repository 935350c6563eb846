// The live connection: a ticket, a socket, and polling of the same numbered list when the socket fails.
// It knows nothing of React or of what a notice means; it promises each number once and in order.
import { CLOSE_FOREIGN_ORIGIN, waitBeforeRetry } from "./backoff";
import type { ChannelFrame, Channels } from "./channels";
import { isObject } from "./http";
import { NoticeLog, type Hello } from "./notice-log";
import type { Notice, NoticePage, Ticket } from "./types";

/** `polling`: no socket, but news still arrives every few seconds. `offline`: nothing arrives. */
export type LiveState = "connecting" | "live" | "reconnecting" | "polling" | "offline";

/** Called by an open socket with what it hears and, once, with the code it closed with. */
export interface Ears {
  heard(data: unknown): void;
  closed(code: number): void;
}

export interface Socket {
  close(): void;
}

export interface LivePorts {
  requestTicket(): Promise<Ticket>;
  /** Notices after this number, oldest first. */
  fetchSince(after: number): Promise<NoticePage>;
  openSocket(url: string, ears: Ears): Socket;
  /** From 0 to 1. */
  chance(): number;
  /** Further lists over the same connection. */
  channels?: Channels;
}

export interface LiveListener {
  stateChanged(state: LiveState): void;
  /** `caughtUp`: they were missed and fetched, so one summary is kinder than ten toasts. */
  noticesArrived(notices: Notice[], caughtUp: boolean): void;
  /** What the page shows may be old: fetch it again. */
  stateLost(): void;
}

export const POLL_EVERY_MS = 5_000;
const POLL_AFTER_FAILURES = 3;
const GREETING_WITHIN_MS = 10_000;
/** The relay sends what was missed by itself; ask for it only if it has not come by then. */
const CATCH_UP_WITHIN_MS = 1_500;
/** A connection that lived this long was a good one, and its end starts the count anew. */
const STEADY_AFTER_MS = 5_000;
/** Nothing heard for this long: ask once, because a dead mobile link never closes a socket. */
const QUIET_CHECK_MS = 240_000;
/** A page longer than this many requests behind fetches its state instead. */
const CATCH_UP_PAGES = 20;

/** What asking for missed notices gave. */
type Fetched = "news" | "nothing" | "no answer";

type Timer = "greeting" | "catchUp" | "steady" | "quiet" | "retry" | "poll";

export class LiveConnection {
  private readonly log = new NoticeLog();
  private readonly timers = new Map<Timer, ReturnType<typeof setTimeout>>();
  private socket: Socket | null = null;
  private state: LiveState = "connecting";
  private attempt = 0;
  private failures = 0;
  private running = false;
  private greeted = false;
  private filling = false;
  /** False until the page's state was fetched behind a standing subscription (or a first poll). */
  private synced = false;

  /**
   * `after` is the number behind which everything the page fetches lies: with it the first connection makes
   * nothing old, as what came since arrives as notices. Null = not known; then the state is fetched again once.
   */
  constructor(
    private readonly ports: LivePorts,
    private readonly listener: LiveListener,
    after: number | null = null,
  ) {
    if (after === null) return;
    this.log.begin(after);
    this.synced = true;
  }

  start(): void {
    this.running = true;
    this.listener.stateChanged(this.state);
    void this.connect();
  }

  stop(): void {
    this.running = false;
    this.attempt += 1;
    this.timers.forEach((timer) => clearTimeout(timer));
    this.timers.clear();
    this.dropSocket();
  }

  /** The page became visible or the network came back: look at once, do not wait for a timer. */
  wake(): void {
    if (!this.running) return;
    if (this.socket) void this.check();
    else this.retryAfter(0);
  }

  /** The device says it has no network. */
  networkLost(): void {
    if (!this.running) return;
    this.dropSocket();
    this.failures = Math.max(this.failures, POLL_AFTER_FAILURES);
    this.show("offline");
    this.retryAfter(POLL_EVERY_MS);
  }

  /** Other lists are wanted: the same connection again, with their cursors. */
  refollow(): void {
    if (this.running && this.socket) void this.connect();
  }

  private async connect(): Promise<void> {
    const attempt = ++this.attempt;
    this.dropSocket();
    try {
      const ticket = await this.ports.requestTicket();
      if (attempt !== this.attempt) return;
      if (this.log.cursor === null) this.log.begin(ticket.last_id);
      this.open(this.socketUrl(ticket), attempt);
    } catch {
      if (attempt === this.attempt) this.failed(0);
    }
  }

  private socketUrl(ticket: Ticket): string {
    const query = new URLSearchParams({ ticket: ticket.ticket, after: String(this.log.cursor ?? 0) });
    if (this.log.epoch) query.set("epoch", this.log.epoch);
    for (const cursor of this.ports.channels?.cursors() ?? []) query.append("cursor", cursor);
    return `${ticket.url}?${query}`;
  }

  /** What a socket of an earlier attempt still says is not listened to. */
  private open(url: string, attempt: number): void {
    const current = () => attempt === this.attempt && this.socket !== null;
    this.socket = this.ports.openSocket(url, {
      heard: (data) => current() && this.hear(data),
      closed: (code) => current() && this.failed(code),
    });
    this.after("greeting", GREETING_WITHIN_MS, () => this.failed(0));
  }

  private hear(raw: unknown): void {
    this.after("quiet", QUIET_CHECK_MS, () => void this.check());
    const frame = parseFrame(raw);
    if (!frame) return;
    if (frame.channel) return this.ports.channels?.hear(frame as ChannelFrame);
    if (frame.type === "connected") this.welcome(frame.data as unknown as Hello);
    else this.deliver(this.log.accept(frame), false);
    if (this.greeted && this.log.hasGap()) void this.fillGap();
  }

  /** Live begins here and not at `open`: only now is the subscription known to stand. */
  private welcome(hello: Hello): void {
    const continues = this.log.greet(hello);
    this.greeted = true;
    this.cancel("greeting");
    this.cancel("poll");
    this.cancel("retry");
    this.show("live");
    if (!this.synced || !continues) this.resync();
    this.after("steady", STEADY_AFTER_MS, () => (this.failures = 0));
    this.after("catchUp", CATCH_UP_WITHIN_MS, () => {
      if ((this.log.cursor ?? 0) < hello.last_id) void this.fillGap();
    });
  }

  private failed(code: number): void {
    if (!this.running) return;
    this.dropSocket();
    this.failures += 1;
    if (code === CLOSE_FOREIGN_ORIGIN) this.failures = Math.max(this.failures, POLL_AFTER_FAILURES);
    if (this.failures >= POLL_AFTER_FAILURES) {
      if (!this.timers.has("poll")) void this.poll();
    } else {
      this.show(this.log.epoch === null ? "connecting" : "reconnecting");
    }
    this.retryAfter(waitBeforeRetry(code, this.failures, this.ports.chance()));
  }

  private retryAfter(wait: number): void {
    this.after("retry", wait, () => void this.connect());
  }

  private async poll(): Promise<void> {
    this.after("poll", POLL_EVERY_MS, () => void this.poll());
    const fetched = await this.fillGap();
    if (this.running && !this.greeted) this.show(fetched === "no answer" ? "offline" : "polling");
  }

  /** Fetch what is missing, page by page. One run at a time; a second caller need not wait. */
  private async fillGap(): Promise<Fetched> {
    if (this.filling) return "nothing";
    this.filling = true;
    try {
      return await this.fetchPages();
    } catch {
      this.after("catchUp", CATCH_UP_WITHIN_MS, () => this.log.hasGap() && void this.fillGap());
      return "no answer";
    } finally {
      this.filling = false;
    }
  }

  private async fetchPages(): Promise<Fetched> {
    let news: Fetched = "nothing";
    for (let pages = 0; pages < CATCH_UP_PAGES; pages += 1) {
      const page = await this.ports.fetchSince(this.log.cursor ?? 0);
      if (!this.running) return news;
      const ready = this.take(page);
      if (ready > 0) news = "news";
      if (ready === 0 || (this.log.cursor ?? 0) >= page.last_id) return news;
    }
    this.startOver();
    return news;
  }

  /** Take one page; how many notices of it were new. */
  private take(page: NoticePage): number {
    const { ready, continues } = this.log.acceptPage(page);
    if (!this.synced || !continues) this.resync();
    this.deliver(ready, true);
    return ready.length;
  }

  private resync(): void {
    this.synced = true;
    this.listener.stateLost();
  }

  /** A socket can be dead without having closed: if the list knows more than we do, it is. */
  private async check(): Promise<void> {
    const fetched = await this.fillGap();
    if (!this.running || !this.socket) return;
    if (fetched !== "nothing") void this.connect();
    else this.after("quiet", QUIET_CHECK_MS, () => void this.check());
  }

  /** Too far behind to catch up: subscribe anew and fetch the state behind it. */
  private startOver(): void {
    this.log.cursor = null;
    this.synced = false;
    void this.connect();
  }

  private deliver(notices: Notice[], caughtUp: boolean): void {
    if (notices.length > 0) this.listener.noticesArrived(notices, caughtUp);
    if (this.log.isOverfull()) this.startOver();
  }

  private show(state: LiveState): void {
    if (state === this.state) return;
    this.state = state;
    this.listener.stateChanged(state);
  }

  private dropSocket(): void {
    const old = this.socket;
    this.socket = null;
    this.greeted = false;
    this.ports.channels?.lose();
    for (const timer of ["greeting", "steady", "quiet"] as const) this.cancel(timer);
    old?.close();
  }

  private after(name: Timer, wait: number, then: () => void): void {
    this.cancel(name);
    if (!this.running) return;
    const timer = setTimeout(() => {
      this.timers.delete(name);
      then();
    }, wait);
    this.timers.set(name, timer);
  }

  private cancel(name: Timer): void {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }
}

/** Read one frame; null for anything that is not a typed object. */
export function parseFrame(raw: unknown): (Notice & { channel?: string | undefined }) | null {
  if (typeof raw !== "string") return null;
  let frame: unknown;
  try {
    frame = JSON.parse(raw);
  } catch {
    return null;
  }
  if (!isObject(frame) || typeof frame["type"] !== "string") return null;
  return {
    channel: typeof frame["channel"] === "string" ? frame["channel"] : undefined,
    id: typeof frame["id"] === "number" ? frame["id"] : undefined,
    type: frame["type"],
    data: isObject(frame["data"]) ? frame["data"] : {},
    at: typeof frame["at"] === "string" ? frame["at"] : "",
  };
}
