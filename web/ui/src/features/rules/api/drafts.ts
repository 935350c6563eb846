// A draft of the rules: tried on what really happened, then published as a new version.
import { api } from "@/lib/api";
import type { RulesDocument, RulesPreview } from "@/lib/types";

const draftsApi = api.injectEndpoints({
  endpoints: (build) => ({
    askPreview: build.mutation<{ id: string }, { document: RulesDocument; days: number }>({
      query: (body) => ({ path: "/rules/preview", method: "POST", body }),
    }),
    getPreview: build.query<RulesPreview, string>({ query: (id) => `/rules/previews/${encodeURIComponent(id)}` }),
    publishRules: build.mutation<
      { version: number; valid_from: string },
      { document: RulesDocument; based_on: number; valid_from: string | null }
    >({
      query: (body) => ({ path: "/rules", method: "POST", body }),
      invalidatesTags: ["Rules"],
    }),
  }),
});

export const { useAskPreviewMutation, useGetPreviewQuery, usePublishRulesMutation } = draftsApi;
