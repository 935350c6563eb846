// Further lists over the one connection: asked for by their cursors, told apart by their names.
import { expect, test, vi } from "vitest";
import { Channels, type ChannelFrame } from "./channels";
import { LiveConnection, type Ears } from "./live";

function follower(cursor: number) {
  const heard: number[] = [];
  return { heard, lost: vi.fn(), cursor: () => cursor, ears: (frame: ChannelFrame) => heard.push(frame.id ?? 0) };
}

const follow = (channels: Channels, name: string, one: ReturnType<typeof follower>) =>
  channels.follow(name, { cursor: one.cursor, heard: one.ears, lost: one.lost });

test("each list is asked for from its own number and hears its own frames", () => {
  const channels = new Channels();
  const [seven, eight] = [follower(12), follower(0)];
  follow(channels, "guild:7", seven);
  const leave = follow(channels, "guild:8", eight);

  channels.hear({ channel: "guild:7", type: "guild_message", id: 13, data: {}, at: "" });
  expect(channels.cursors()).toEqual(["guild:7:12", "guild:8:0"]);
  expect([seven.heard, eight.heard]).toEqual([[13], []]);

  leave();
  expect(channels.cursors()).toEqual(["guild:7:12"]);
});

test("the connection comes again for another list, and a list's numbers are not the member's", async () => {
  const channels = new Channels();
  const urls: string[] = [];
  const arrived: unknown[] = [];
  let ears: Ears | undefined;
  const ticket = { ticket: "t", url: "ws://relay/ws", sse_url: "", expires_at: "", last_id: 0 };
  const connection = new LiveConnection(
    {
      requestTicket: async () => ticket,
      fetchSince: async () => ({ notices: [], last_id: 0, epoch: "a", complete: true }),
      openSocket: (url, opened) => {
        urls.push(url);
        ears = opened;
        return { close: () => undefined };
      },
      chance: () => 0.5,
      channels,
    },
    {
      stateChanged: () => undefined,
      noticesArrived: (notices) => arrived.push(...notices),
      stateLost: () => undefined,
    },
    0,
  );
  channels.whenChanged(() => connection.refollow());
  connection.start();
  await vi.waitFor(() => expect(urls).toHaveLength(1));

  const one = follower(5);
  follow(channels, "guild:7", one);
  await vi.waitFor(() => expect(urls).toHaveLength(2));
  ears?.heard(JSON.stringify({ channel: "guild:7", type: "guild_message", id: 6, data: {} }));

  expect(urls[1]).toContain("cursor=guild%3A7%3A5");
  expect(one.heard).toEqual([6]);
  expect(arrived).toEqual([]);
  connection.stop();
  expect(one.lost).toHaveBeenCalled();
});
