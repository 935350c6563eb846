// Guilds: the list to choose from, the one the member is in, who is in it, who wants to be, what it does together.
import { api, type AnswerMeta } from "@/lib/api";
import type { Guild, GuildAccess, GuildMember, GuildQuest, GuildRequest, GuildRole } from "@/lib/types";

export interface Part<Item> {
  items: Item[];
  next: string | null;
}

interface GuildList {
  search: string;
  only: "" | "invited";
}

export interface GuildWords {
  name: string;
  about: string;
  access: GuildAccess;
}

interface Somebody {
  guild: string;
  member: string;
}

const at = (guild: string, rest = "") => `/guilds/${encodeURIComponent(guild)}${rest}`;
const whom = ({ guild, member }: Somebody, of: string) => at(guild, `/${of}/${encodeURIComponent(member)}`);
const part = <Item>(items: Item[], meta: AnswerMeta | undefined): Part<Item> => ({
  items,
  next: meta?.page?.next ?? null,
});
const paged = { initialPageParam: "", getNextPageParam: (last: Part<unknown>) => last.next ?? undefined };
const behind = (query: Record<string, string>, after: string) =>
  String(new URLSearchParams({ ...query, limit: "30", ...(after && { after }) }));

const guildsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getMyGuild: build.query<Guild | null, void>({
      query: () => "/guilds?only=mine&limit=1",
      transformResponse: (found: Guild[]) => found[0] ?? null,
      providesTags: ["Guilds"],
    }),
    getGuilds: build.infiniteQuery<Part<Guild>, GuildList, string>({
      infiniteQueryOptions: paged,
      query: ({ queryArg: { search, only }, pageParam }) => `/guilds?${behind({ search, only }, pageParam)}`,
      transformResponse: part<Guild>,
      providesTags: ["Guilds"],
    }),
    getGuildMembers: build.infiniteQuery<Part<GuildMember>, string, string>({
      infiniteQueryOptions: paged,
      query: ({ queryArg, pageParam }) => at(queryArg, `/members?${behind({}, pageParam)}`),
      transformResponse: part<GuildMember>,
      providesTags: ["Guilds"],
    }),
    getGuildRequests: build.query<GuildRequest[], string>({
      query: (guild) => at(guild, "/requests?limit=100"),
      providesTags: ["Guilds"],
    }),
    getGuildQuests: build.query<GuildQuest[], string>({
      query: (guild) => at(guild, "/quests?limit=8"),
      providesTags: ["Guilds"],
    }),
    foundGuild: build.mutation<Guild, GuildWords>({
      query: (body) => ({ path: "/guilds", method: "POST", body }),
      invalidatesTags: ["Guilds", "Achievements", "Profile"],
    }),
    editGuild: build.mutation<Guild, GuildWords & { guild: string }>({
      query: ({ guild, ...body }) => ({ path: at(guild), method: "PATCH", body }),
      invalidatesTags: ["Guilds"],
    }),
    disbandGuild: build.mutation<unknown, string>({
      query: (guild) => ({ path: at(guild), method: "DELETE" }),
      invalidatesTags: ["Guilds"],
    }),
    joinGuild: build.mutation<Guild, string>({
      query: (guild) => ({ path: at(guild, "/members"), method: "POST", body: {} }),
      invalidatesTags: ["Guilds", "Achievements", "Profile"],
    }),
    askGuild: build.mutation<Guild, string>({
      query: (guild) => ({ path: at(guild, "/requests"), method: "POST", body: {} }),
      invalidatesTags: ["Guilds"],
    }),
    removeFromGuild: build.mutation<unknown, Somebody>({
      query: (one) => ({ path: whom(one, "members"), method: "DELETE" }),
      invalidatesTags: ["Guilds"],
    }),
    giveGuildRole: build.mutation<Guild, Somebody & { role: GuildRole }>({
      query: ({ role, ...one }) => ({ path: whom(one, "members"), method: "PATCH", body: { role } }),
      invalidatesTags: ["Guilds"],
    }),
    answerRequest: build.mutation<Guild, Somebody & { answer: "accept" | "decline" }>({
      query: ({ answer, ...one }) => ({ path: `${whom(one, "requests")}/${answer}`, method: "POST", body: {} }),
      invalidatesTags: ["Guilds"],
    }),
    inviteToGuild: build.mutation<Guild, { guild: string; username: string }>({
      query: ({ guild, username }) => ({ path: at(guild, "/invites"), method: "POST", body: { username } }),
      invalidatesTags: ["Guilds"],
    }),
  }),
});

export const {
  useGetMyGuildQuery,
  useGetGuildsInfiniteQuery,
  useGetGuildMembersInfiniteQuery,
  useGetGuildRequestsQuery,
  useGetGuildQuestsQuery,
  useFoundGuildMutation,
  useEditGuildMutation,
  useDisbandGuildMutation,
  useJoinGuildMutation,
  useAskGuildMutation,
  useRemoveFromGuildMutation,
  useGiveGuildRoleMutation,
  useAnswerRequestMutation,
  useInviteToGuildMutation,
} = guildsApi;
