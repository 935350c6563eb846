// Whom the member brought, newest first, fetched page by page.
import { api } from "@/lib/api";
import type { Referral } from "@/lib/types";

interface ReferralPage {
  referrals: Referral[];
  next: string | null;
}

const PAGE_SIZE = 20;

const getReferrals = api.injectEndpoints({
  endpoints: (build) => ({
    getReferrals: build.infiniteQuery<ReferralPage, void, string | null>({
      infiniteQueryOptions: {
        initialPageParam: null,
        getNextPageParam: (last) => last.next ?? undefined,
      },
      query: ({ pageParam }) => {
        const after = pageParam === null ? "" : `&after=${encodeURIComponent(pageParam)}`;
        return `/referrals?limit=${PAGE_SIZE}${after}`;
      },
      transformResponse: (referrals: Referral[], meta) => ({
        referrals,
        next: meta?.page?.has_next ? meta.page.next : null,
      }),
      providesTags: ["Referrals"],
    }),
  }),
});

export const { useGetReferralsInfiniteQuery } = getReferrals;
