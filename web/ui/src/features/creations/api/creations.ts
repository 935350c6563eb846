// What creators make: listed, made, changed, ended.
import { api } from "@/lib/api";
import type { Creation, Metric, Perk } from "@/lib/types";

export type Kind = "quest" | "achievement";

export interface Draft {
  [name: string]: unknown;
  state?: "draft" | "published" | "ended";
}

const LISTS: Record<Kind, string> = { quest: "/quests/special", achievement: "/achievements/made" };
const PLACES: Record<Kind, string> = { quest: "/quests", achievement: "/achievements" };

const creationApi = api.injectEndpoints({
  endpoints: (build) => ({
    getCreations: build.query<Creation[], Kind>({
      query: (kind) => `${LISTS[kind]}?limit=100`,
      providesTags: ["Creations"],
    }),
    getMetrics: build.query<Metric[], Kind>({
      query: () => "/quests/metrics",
      transformResponse: ({ metrics }: { metrics: Metric[] }, _meta, kind) =>
        metrics.filter((metric) => metric.kind === kind),
    }),
    makeCreation: build.mutation<{ id: string }, { kind: Kind; draft: Draft }>({
      query: ({ kind, draft }) => ({ path: PLACES[kind], method: "POST", body: draft }),
      invalidatesTags: ["Creations", "Quests", "Achievements"],
    }),
    changeCreation: build.mutation<{ id: string }, { kind: Kind; id: string; draft: Draft }>({
      query: ({ kind, id, draft }) => ({
        path: `${PLACES[kind]}/${encodeURIComponent(id)}`,
        method: "PATCH",
        body: draft,
      }),
      invalidatesTags: ["Creations", "Quests", "Achievements"],
    }),
    getAllPerks: build.query<Perk[], void>({ query: () => "/perks?limit=100", providesTags: ["Perks"] }),
    addPerk: build.mutation<Perk, Omit<Perk, "id" | "created_at">>({
      query: (perk) => ({ path: "/perks", method: "POST", body: perk }),
      invalidatesTags: ["Perks"],
    }),
    removePerk: build.mutation<object, string>({
      query: (id) => ({ path: `/perks/${encodeURIComponent(id)}`, method: "DELETE" }),
      invalidatesTags: ["Perks"],
    }),
  }),
});

export const {
  useGetCreationsQuery,
  useGetMetricsQuery,
  useMakeCreationMutation,
  useChangeCreationMutation,
  useGetAllPerksQuery,
  useAddPerkMutation,
  useRemovePerkMutation,
} = creationApi;
