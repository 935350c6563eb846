// The requests about payouts that members and creators share.
import { api } from "./api";
import type { Payout, PayoutsMade, PayoutState } from "./types";

export interface PayoutPage {
  payouts: Payout[];
  next: string | null;
}

export interface PayoutWish {
  currency?: string;
  everybody?: boolean;
  method?: "whop" | "manual";
}

const PAGE_SIZE = 20;

const payoutApi = api.injectEndpoints({
  endpoints: (build) => ({
    getPayouts: build.infiniteQuery<PayoutPage, { mine: boolean; state: PayoutState | "" }, string | null>({
      infiniteQueryOptions: {
        initialPageParam: null,
        getNextPageParam: (last) => last.next ?? undefined,
      },
      query: ({ queryArg: { mine, state }, pageParam }) => {
        const asked = new URLSearchParams({ limit: String(PAGE_SIZE), mine: String(mine) });
        if (state) asked.set("state", state);
        if (pageParam !== null) asked.set("after", pageParam);
        return `/payouts?${asked.toString()}`;
      },
      transformResponse: (payouts: Payout[], meta) => ({
        payouts,
        next: meta?.page?.has_next ? meta.page.next : null,
      }),
      providesTags: ["Payouts"],
    }),
    makePayouts: build.mutation<PayoutsMade, PayoutWish>({
      query: (body) => ({ path: "/payouts", method: "POST", body }),
      invalidatesTags: ["Payouts", "Commissions", "Profile", "Receipts"],
    }),
  }),
});

export const { useGetPayoutsInfiniteQuery, useMakePayoutsMutation } = payoutApi;

/** Still on its way, so neither here nor there. */
export function isOpen(state: PayoutState): boolean {
  return state === "requested" || state === "approved" || state === "sending";
}
