// The connection against a scripted server: sockets and lists are played by the test, time by vitest.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LiveConnection, POLL_EVERY_MS, type Ears, type LiveState } from "./live";
import type { Notice, NoticePage } from "./types";

class Server {
  notices: Notice[] = [];
  epoch = "a";
  reachable = true;
  sockets: { url: string; ears: Ears; open: boolean }[] = [];
  tickets = 0;
  asked: number[] = [];

  ports = {
    requestTicket: async () => {
      if (!this.reachable) throw new Error("unreachable");
      this.tickets += 1;
      const ticket = `t${this.tickets}`;
      return { ticket, url: "ws://relay/ws", sse_url: "", expires_at: "", last_id: this.notices.length };
    },
    fetchSince: async (after: number): Promise<NoticePage> => {
      if (!this.reachable) throw new Error("unreachable");
      this.asked.push(after);
      const notices = this.notices.slice(after, after + 100);
      return { notices, last_id: this.notices.length, epoch: this.epoch, complete: true };
    },
    openSocket: (url: string, ears: Ears) => {
      const socket = { url, ears, open: true };
      this.sockets.push(socket);
      return { close: () => (socket.open = false) };
    },
    chance: () => 0.5,
  };

  get socket() {
    return this.sockets.at(-1)!;
  }

  write(count = 1): Notice[] {
    const added = Array.from({ length: count }, (_, at) => {
      return { id: this.notices.length + at + 1, type: "level_up", data: {}, at: "" };
    });
    this.notices.push(...added);
    return added;
  }

  say(frame: object) {
    this.socket.ears.heard(JSON.stringify(frame));
  }

  greet(changes: object = {}) {
    this.say({
      type: "connected",
      data: { last_id: this.notices.length, complete: true, epoch: this.epoch, ...changes },
    });
  }
}

function open(server: Server, after: number | null = null) {
  const seen: number[] = [];
  const states: LiveState[] = [];
  let resyncs = 0;
  const connection = new LiveConnection(
    server.ports,
    {
      stateChanged: (state) => states.push(state),
      noticesArrived: (notices) => seen.push(...notices.map((notice) => notice.id ?? 0)),
      stateLost: () => (resyncs += 1),
    },
    after,
  );
  connection.start();
  return { connection, seen, states, resyncs: () => resyncs };
}

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a live connection", () => {
  test("is live only after the greeting, and then fetches the state once", async () => {
    const server = new Server();
    const page = open(server);
    await pass(0);
    expect(page.states).toEqual(["connecting"]);
    server.greet();
    expect(page.states).toEqual(["connecting", "live"]);
    expect(page.resyncs()).toBe(1);
  });

  test("that begins where the session said fetches nothing twice and misses nothing", async () => {
    const server = new Server();
    server.write(3);
    const page = open(server, 1);
    await pass(0);
    expect(server.socket.url).toContain("after=1");
    server.greet();
    for (const notice of server.notices) server.say(notice);
    expect(page.seen).toEqual([2, 3]);
    expect(page.resyncs()).toBe(0);
  });

  test("that begins where the session said fetches its state where the numbers do not go on", async () => {
    const server = new Server();
    const page = open(server, 7);
    await pass(0);
    server.greet();
    expect(page.resyncs()).toBe(1);
  });

  test("shows each number once when the server repeats itself", async () => {
    const server = new Server();
    const page = open(server);
    await pass(0);
    server.greet();
    const [first, second] = server.write(2);
    server.say(first!);
    server.say(first!);
    server.say(second!);
    expect(page.seen).toEqual([1, 2]);
  });

  test("fills a gap from the list and keeps the order", async () => {
    const server = new Server();
    const page = open(server);
    await pass(0);
    server.greet();
    const notices = server.write(3);
    server.say(notices[2]!);
    expect(page.seen).toEqual([]);
    await pass(0);
    expect(page.seen).toEqual([1, 2, 3]);
    expect(server.asked).toEqual([0]);
  });

  test("asks for missed notices when the relay greets but does not send them", async () => {
    const server = new Server();
    const page = open(server);
    await pass(0);
    server.write(2);
    server.greet();
    await pass(2_000);
    expect(page.seen).toEqual([1, 2]);
  });

  test("comes back where it was, with its number and epoch", async () => {
    const server = new Server();
    const page = open(server);
    await pass(0);
    server.greet();
    server.say(server.write(1)[0]!);
    server.socket.ears.closed(1012);
    expect(page.states.at(-1)).toBe("reconnecting");
    await pass(4_000);
    expect(server.sockets).toHaveLength(2);
    expect(server.socket.url).toBe("ws://relay/ws?ticket=t2&after=1&epoch=a");
    server.greet();
    expect(page.states.at(-1)).toBe("live");
    expect(page.resyncs()).toBe(1);
  });

  test.each([[{ complete: false }], [{ epoch: "b" }]])("fetches the state again after %o", async (change) => {
    const server = new Server();
    const page = open(server);
    await pass(0);
    server.greet();
    server.socket.ears.closed(1006);
    await pass(4_000);
    server.greet(change);
    expect(page.resyncs()).toBe(2);
  });

  test("takes a new ticket at once when the old one is refused", async () => {
    const server = new Server();
    open(server);
    await pass(0);
    server.socket.ears.closed(4001);
    await pass(0);
    expect(server.tickets).toBe(2);
  });

  test("polls every five seconds after three failures and returns to the socket when it works again", async () => {
    const server = new Server();
    const page = open(server);
    await pass(0);
    server.greet();
    for (let failure = 0; failure < 3; failure += 1) {
      server.socket.ears.closed(1006);
      await pass(failure < 2 ? 5_000 : 0);
    }
    expect(page.states.at(-1)).toBe("polling");
    server.write(2);
    await pass(POLL_EVERY_MS);
    expect(page.seen).toEqual([1, 2]);
    while (!server.socket.open) await pass(500);
    server.greet();
    expect(page.states.at(-1)).toBe("live");
    const polls = server.asked.length;
    await pass(60_000);
    expect(server.asked).toHaveLength(polls);
  });

  test("says offline when nothing answers, and catches up afterwards without a reload", async () => {
    const server = new Server();
    const page = open(server);
    await pass(0);
    server.greet();
    server.reachable = false;
    server.socket.ears.closed(1006);
    await pass(20_000);
    expect(page.states.at(-1)).toBe("offline");
    server.write(3);
    server.reachable = true;
    page.connection.wake();
    await pass(POLL_EVERY_MS);
    expect(page.seen).toEqual([1, 2, 3]);
  });

  test("gives up on a socket that never greets", async () => {
    const server = new Server();
    open(server);
    await pass(0);
    const silent = server.socket;
    await pass(15_000);
    expect(silent.open).toBe(false);
    expect(server.tickets).toBe(2);
  });

  test("finds out about a dead socket when the page is looked at again", async () => {
    const server = new Server();
    const page = open(server);
    await pass(0);
    server.greet();
    server.write(1);
    page.connection.wake();
    await pass(0);
    expect(page.seen).toEqual([1]);
    expect(server.tickets).toBe(2);
  });

  test("is too far behind to catch up: fetches the state instead of two thousand notices", async () => {
    const server = new Server();
    const page = open(server);
    await pass(0);
    server.greet();
    server.write(5_000);
    server.say(server.notices.at(-1)!);
    await pass(0);
    server.greet();
    expect(page.resyncs()).toBe(2);
    expect(server.socket.url).toContain("after=5000");
  });

  test("ignores frames it cannot read", async () => {
    const server = new Server();
    const page = open(server);
    await pass(0);
    server.greet();
    for (const junk of ["", "null", "[1]", "{", '{"id":1}']) server.socket.ears.heard(junk);
    expect(page.seen).toEqual([]);
    expect(page.states.at(-1)).toBe("live");
  });

  test("is silent once stopped", async () => {
    const server = new Server();
    const page = open(server);
    await pass(0);
    server.greet();
    page.connection.stop();
    server.say(server.write(1)[0]!);
    server.socket.ears.closed(1006);
    await pass(60_000);
    expect(page.seen).toEqual([]);
    expect(server.tickets).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
