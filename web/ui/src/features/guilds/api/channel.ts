// A guild's channel: its newest entries, followed live while the screen is open, read upwards page by page.
import { api, type AnswerMeta } from "@/lib/api";
import { channels, type ChannelFrame } from "@/lib/channels";
import { Fields } from "@/lib/notices";
import type { GuildEntry } from "@/lib/types";
import { added, taken, type Channel } from "../channel";

interface Answer {
  entries: GuildEntry[];
  last_number: number;
}

interface NewMessage {
  guild: string;
  text: string;
  /** Our own name for it: sent again under the same one it is the same message. */
  key: string;
}

const POLL_EVERY_MS = 5_000;
const CATCH_UP = 100;
const path = (guild: string, query: string) => `/guilds/${encodeURIComponent(guild)}/messages?${query}`;

export const channelApi = api.injectEndpoints({
  endpoints: (build) => ({
    getChannel: build.query<Channel, string>({
      query: (guild) => path(guild, "limit=50"),
      transformResponse: ({ entries, last_number }: Answer, meta: AnswerMeta | undefined) => ({
        entries,
        last: last_number,
        hasOlder: meta?.page?.has_next ?? false,
        online: 0,
        isLive: false,
      }),
      keepUnusedDataFor: 5,
      onCacheEntryAdded: async (guild, cache) => {
        const { dispatch, cacheDataLoaded, cacheEntryRemoved } = cache;
        const change = (recipe: (channel: Channel) => Channel) =>
          void dispatch(channelApi.util.updateQueryData("getChannel", guild, recipe));
        const last = () => cache.getCacheEntry().data?.last ?? 0;
        const catchUp = () =>
          void dispatch(channelApi.endpoints.getNewer.initiate({ guild, after: last() }, { track: false }));
        try {
          await cacheDataLoaded;
        } catch {
          return; // it could not be fetched, and says so
        }
        const unfollow = channels.follow(`guild:${guild}`, {
          cursor: last,
          lost: () => change((channel) => ({ ...channel, isLive: false })),
          heard: (frame) => {
            if (frame.type === "presence") {
              const online = new Fields(frame.data).count("online");
              change((channel) => ({ ...channel, online }));
            } else if (frame.type === "connected") {
              change((channel) => ({ ...channel, isLive: true }));
              if (frame.data["complete"] === false) catchUp();
            } else if (frame.id !== undefined) {
              change((channel) => added(channel, [entryOf(frame)]));
              if (frame.type === "guild_changed") dispatch(api.util.invalidateTags(["Guilds"]));
            } else if (frame.type === "disconnected") dispatch(api.util.invalidateTags(["Guilds"]));
          },
        });
        // While the connection is away the same list is asked for instead.
        const timer = setInterval(() => !cache.getCacheEntry().data?.isLive && catchUp(), POLL_EVERY_MS);
        await cacheEntryRemoved;
        clearInterval(timer);
        unfollow();
      },
    }),
    getNewer: build.mutation<Answer, { guild: string; after: number }>({
      query: ({ guild, after }) => path(guild, `after=${after}&limit=${CATCH_UP}`),
      onQueryStarted: async ({ guild }, { dispatch, queryFulfilled }) => {
        const answer = await queryFulfilled.catch(() => null);
        const entries = answer?.data.entries ?? [];
        if (entries.length === 0) return;
        dispatch(channelApi.util.updateQueryData("getChannel", guild, (channel) => added(channel, entries)));
        if (entries.some(({ type }) => type === "guild_changed")) dispatch(api.util.invalidateTags(["Guilds"]));
      },
    }),
    getOlder: build.mutation<Answer & { hasOlder: boolean }, { guild: string; before: number }>({
      query: ({ guild, before }) => path(guild, `before=${before}&limit=50`),
      transformResponse: (answer: Answer, meta: AnswerMeta | undefined) => ({
        ...answer,
        hasOlder: meta?.page?.has_next ?? false,
      }),
      onQueryStarted: async ({ guild }, { dispatch, queryFulfilled }) => {
        const answer = await queryFulfilled.catch(() => null);
        if (!answer) return;
        const { entries, hasOlder } = answer.data;
        dispatch(
          channelApi.util.updateQueryData("getChannel", guild, (channel) => ({
            ...channel,
            hasOlder,
            entries: [...entries, ...channel.entries],
          })),
        );
      },
    }),
    sayInGuild: build.mutation<GuildEntry, NewMessage>({
      query: ({ guild, ...body }) => ({
        path: `/guilds/${encodeURIComponent(guild)}/messages`,
        method: "POST",
        body,
      }),
    }),
    deleteMessage: build.mutation<unknown, { guild: string; number: number }>({
      query: ({ guild, number }) => ({
        path: `/guilds/${encodeURIComponent(guild)}/messages/${number}`,
        method: "DELETE",
      }),
      onQueryStarted: async ({ guild, number }, { dispatch, queryFulfilled }) => {
        const done = await queryFulfilled.catch(() => null);
        if (done) dispatch(channelApi.util.updateQueryData("getChannel", guild, (channel) => taken(channel, number)));
      },
    }),
    reportMessage: build.mutation<unknown, { guild: string; number: number }>({
      query: ({ guild, number }) => ({
        path: `/guilds/${encodeURIComponent(guild)}/messages/${number}/report`,
        method: "POST",
        body: {},
      }),
    }),
  }),
});

function entryOf(frame: ChannelFrame): GuildEntry {
  const fields = new Fields(frame.data);
  return {
    number: frame.id ?? 0,
    type: frame.type as GuildEntry["type"],
    member_id: fields.text("member_id"),
    username: fields.text("username"),
    text: fields.text("text"),
    deleted: frame.data["deleted"] === true,
    what: fields.text("what"),
    about: fields.text("about"),
    progress: fields.count("progress"),
    target: fields.count("target"),
    at: frame.at,
    reports: 0,
    may_delete: false,
  };
}

export const {
  useGetChannelQuery,
  useGetOlderMutation,
  useSayInGuildMutation,
  useDeleteMessageMutation,
  useReportMessageMutation,
} = channelApi;
