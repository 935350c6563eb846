// How the member's referrals stand, in counts.
import { api } from "@/lib/api";
import type { ReferralStats } from "@/lib/types";

const getStats = api.injectEndpoints({
  endpoints: (build) => ({
    getReferralStats: build.query<ReferralStats, void>({
      query: () => "/referrals/stats",
      providesTags: ["Referrals"],
    }),
  }),
});

export const { useGetReferralStatsQuery } = getStats;
