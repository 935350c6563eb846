// The member's balances with the days on which pending money comes, and the commissions they are made of.
import { api } from "@/lib/api";
import type { BalanceAhead, Commission, Statement } from "@/lib/types";

interface CommissionPage {
  commissions: Commission[];
  next: string | null;
}

const PAGE_SIZE = 20;

const earningsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getBalances: build.query<BalanceAhead[], void>({
      query: () => "/commissions/balance",
      providesTags: ["Commissions"],
    }),
    getStatement: build.query<Statement, string>({
      query: (month) => `/commissions/statement?month=${encodeURIComponent(month)}`,
      providesTags: ["Commissions"],
    }),
    getCommissions: build.infiniteQuery<CommissionPage, void, string | null>({
      infiniteQueryOptions: {
        initialPageParam: null,
        getNextPageParam: (last) => last.next ?? undefined,
      },
      query: ({ pageParam }) => {
        const after = pageParam === null ? "" : `&after=${encodeURIComponent(pageParam)}`;
        return `/commissions?limit=${PAGE_SIZE}${after}`;
      },
      transformResponse: (commissions: Commission[], meta) => ({
        commissions,
        next: meta?.page?.has_next ? meta.page.next : null,
      }),
      providesTags: ["Commissions"],
    }),
  }),
});

export const { useGetBalancesQuery, useGetStatementQuery, useGetCommissionsInfiniteQuery } = earningsApi;
