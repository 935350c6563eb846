// The member's links with their numbers, what they can belong to and sell, and appeals.
import { api } from "@/lib/api";
import type { Appeal, CampaignView, OwnLink, Plan, Tie, Visits } from "@/lib/types";

const links = api.injectEndpoints({
  endpoints: (build) => ({
    getLinks: build.query<OwnLink[], void>({ query: () => "/referrals/links?limit=100", providesTags: ["Referrals"] }),
    getVisits: build.query<Visits, string>({
      query: (code) => `/referrals/links/${encodeURIComponent(code)}/visits`,
      providesTags: ["Referrals"],
    }),
    getCommunity: build.query<string, void>({
      query: () => "/company",
      transformResponse: ({ title }: { title: string }) => title,
      providesTags: ["Company"],
    }),
    getPlans: build.query<Plan[], void>({
      query: () => "/referrals/plans",
      transformResponse: ({ plans }: { plans: Plan[] }) => plans,
    }),
    getMyCampaigns: build.query<CampaignView[], void>({
      query: () => "/referrals/campaigns",
      transformResponse: ({ campaigns }: { campaigns: CampaignView[] }) => campaigns,
      providesTags: ["Referrals"],
    }),
    makeMyCampaign: build.mutation<{ id: string }, string>({
      query: (name) => ({ path: "/referrals/campaigns", method: "POST", body: { name } }),
      invalidatesTags: ["Referrals"],
    }),
    getMyTies: build.query<Tie[], void>({
      query: () => "/referrals/promo-codes",
      transformResponse: ({ ties }: { ties: Tie[] }) => ties,
      providesTags: ["Referrals"],
    }),
    getMyAppeals: build.query<Appeal[], void>({
      query: () => "/referrals/appeals?limit=20",
      providesTags: ["Referrals"],
    }),
    makeAppeal: build.mutation<Appeal, { buyer: string; text: string }>({
      query: ({ buyer, text }) => ({
        path: `/referrals/${encodeURIComponent(buyer)}/appeal`,
        method: "POST",
        body: { text },
      }),
      invalidatesTags: ["Referrals"],
    }),
  }),
});

export const {
  useGetLinksQuery,
  useGetVisitsQuery,
  useGetCommunityQuery,
  useGetPlansQuery,
  useGetMyCampaignsQuery,
  useMakeMyCampaignMutation,
  useGetMyTiesQuery,
  useGetMyAppealsQuery,
  useMakeAppealMutation,
} = links;
