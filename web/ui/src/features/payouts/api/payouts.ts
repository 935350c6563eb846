// What creators ask about payouts and do with them.
import { api } from "@/lib/api";
import type { Payout, PayoutOverview, Pools, Statement } from "@/lib/types";

const payoutsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getPayoutOverview: build.query<PayoutOverview, void>({
      query: () => "/payouts/overview",
      providesTags: ["Payouts"],
    }),
    approvePayout: build.mutation<Payout, string>({
      query: (id) => ({ path: `/payouts/${encodeURIComponent(id)}/approve`, method: "POST", body: {} }),
      invalidatesTags: ["Payouts"],
    }),
    rejectPayout: build.mutation<Payout, { id: string; reason: string }>({
      query: ({ id, reason }) => ({
        path: `/payouts/${encodeURIComponent(id)}/reject`,
        method: "POST",
        body: { reason },
      }),
      invalidatesTags: ["Payouts"],
    }),
    markPaid: build.mutation<Payout, { id: string; note: string }>({
      query: ({ id, note }) => ({
        path: `/payouts/${encodeURIComponent(id)}/mark-paid`,
        method: "POST",
        body: { note },
      }),
      invalidatesTags: ["Payouts"],
    }),
    getCompanyMonth: build.query<Statement, void>({
      query: () => "/commissions/statement?whose=company",
      providesTags: ["Payouts"],
    }),
    getPools: build.query<Pools, void>({ query: () => "/company/pool", providesTags: ["Payouts"] }),
    bookFunds: build.mutation<Pools, { amount_minor: number; currency: string; note: string }>({
      query: (body) => ({ path: "/company/pool", method: "POST", body }),
      invalidatesTags: ["Payouts"],
    }),
    setPayoutLimit: build.mutation<PayoutOverview, number>({
      query: (second_above_usd_cents) => ({
        path: "/payouts/settings",
        method: "POST",
        body: { second_above_usd_cents },
      }),
      invalidatesTags: ["Payouts"],
    }),
  }),
});

export const {
  useGetPayoutOverviewQuery,
  useApprovePayoutMutation,
  useRejectPayoutMutation,
  useMarkPaidMutation,
  useSetPayoutLimitMutation,
  useGetPoolsQuery,
  useGetCompanyMonthQuery,
  useBookFundsMutation,
} = payoutsApi;
