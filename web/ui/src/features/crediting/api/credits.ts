// Who is credited for whom, as the creator sees and decides it.
import { api } from "@/lib/api";
import type { Appeal, CampaignView, Credited, Journal, Tie } from "@/lib/types";

interface CreditPage {
  credited: Credited[];
  next: string | null;
}

export interface Decision {
  buyer_id: string;
  referrer_id: string | null;
  payment_id?: string;
  reason: string;
}

export interface Verdict {
  buyer: string;
  appeal_id: string;
  decision: "granted" | "refused";
  answer: string;
}

const PAGE_SIZE = 20;

const credits = api.injectEndpoints({
  endpoints: (build) => ({
    getCredited: build.infiniteQuery<CreditPage, string, string | null>({
      infiniteQueryOptions: {
        initialPageParam: null,
        getNextPageParam: (last) => last.next ?? undefined,
      },
      query: ({ queryArg, pageParam }) => {
        const search = queryArg && `&search=${encodeURIComponent(queryArg)}`;
        const after = pageParam === null ? "" : `&after=${encodeURIComponent(pageParam)}`;
        return `/referrals/credited?limit=${PAGE_SIZE}${search}${after}`;
      },
      transformResponse: (credited: Credited[], meta) => ({
        credited,
        next: meta?.page?.has_next ? meta.page.next : null,
      }),
      providesTags: ["Credits"],
    }),
    getJournal: build.query<Journal, string>({
      query: (buyer) => `/referrals/${encodeURIComponent(buyer)}/journal`,
      providesTags: ["Credits"],
    }),
    decide: build.mutation<unknown, Decision>({
      query: (body) => ({ path: "/referrals", method: "POST", body }),
      invalidatesTags: ["Credits"],
    }),
    getAppeals: build.query<Appeal[], void>({
      query: () => "/referrals/appeals?limit=50",
      providesTags: ["Credits"],
    }),
    review: build.mutation<Appeal, Verdict>({
      query: ({ buyer, ...body }) => ({
        path: `/referrals/${encodeURIComponent(buyer)}/review`,
        method: "POST",
        body,
      }),
      invalidatesTags: ["Credits"],
    }),
    getTies: build.query<Tie[], void>({
      query: () => "/referrals/promo-codes",
      transformResponse: ({ ties }: { ties: Tie[] }) => ties,
      providesTags: ["Credits"],
    }),
    tie: build.mutation<Tie, { promo_code_id: string; code: string; user_id: string }>({
      query: (body) => ({ path: "/referrals/promo-codes", method: "POST", body }),
      invalidatesTags: ["Credits"],
    }),
    untie: build.mutation<unknown, string>({
      query: (id) => ({ path: `/referrals/promo-codes/${encodeURIComponent(id)}`, method: "DELETE" }),
      invalidatesTags: ["Credits"],
    }),
    getCampaigns: build.query<CampaignView[], void>({
      query: () => "/referrals/campaigns",
      transformResponse: ({ campaigns }: { campaigns: CampaignView[] }) => campaigns,
      providesTags: ["Credits"],
    }),
    makeCampaign: build.mutation<unknown, string>({
      query: (name) => ({ path: "/referrals/campaigns", method: "POST", body: { name } }),
      invalidatesTags: ["Credits"],
    }),
  }),
});

export const {
  useGetCreditedInfiniteQuery,
  useGetJournalQuery,
  useDecideMutation,
  useGetAppealsQuery,
  useReviewMutation,
  useGetTiesQuery,
  useTieMutation,
  useUntieMutation,
  useGetCampaignsQuery,
  useMakeCampaignMutation,
} = credits;
