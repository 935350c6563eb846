// The two requests of the live connection: a ticket for the socket, and the list behind it.
import { api } from "@/lib/api";
import type { NoticePage, Ticket } from "@/lib/types";

export const liveApi = api.injectEndpoints({
  endpoints: (build) => ({
    requestTicket: build.mutation<Ticket, void>({
      query: () => ({ path: "/websocket", method: "POST", body: {} }),
    }),
    // A mutation on purpose: its answer is a stream of news and must never be served from the cache.
    fetchNotices: build.mutation<NoticePage, number>({
      query: (after) => `/notifications?after=${after}&limit=100`,
    }),
  }),
});
