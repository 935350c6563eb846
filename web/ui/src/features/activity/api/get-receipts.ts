// The member's receipts, newest first, fetched page by page.
import { api } from "@/lib/api";
import type { Receipt } from "@/lib/types";

interface ReceiptPage {
  receipts: Receipt[];
  next: string | null;
}

const PAGE_SIZE = 6;

const getReceipts = api.injectEndpoints({
  endpoints: (build) => ({
    getReceipts: build.infiniteQuery<ReceiptPage, void, string | null>({
      infiniteQueryOptions: {
        initialPageParam: null,
        getNextPageParam: (last) => last.next ?? undefined,
      },
      query: ({ pageParam }) => {
        const after = pageParam === null ? "" : `&after=${encodeURIComponent(pageParam)}`;
        return `/users/me/receipts?limit=${PAGE_SIZE}${after}`;
      },
      transformResponse: (receipts: Receipt[], meta) => ({
        receipts,
        next: meta?.page?.has_next ? meta.page.next : null,
      }),
      providesTags: ["Receipts"],
    }),
  }),
});

export const { useGetReceiptsInfiniteQuery } = getReceipts;
