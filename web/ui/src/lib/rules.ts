// The company's present rules as far as people choose by them. The page holds no figure of its own.
import { api } from "@/lib/api";
import type { Rules } from "@/lib/types";

const rulesApi = api.injectEndpoints({
  endpoints: (build) => ({
    getRules: build.query<Rules, void>({ query: () => "/rules", providesTags: ["Rules"] }),
  }),
});

export const { useGetRulesQuery } = rulesApi;
