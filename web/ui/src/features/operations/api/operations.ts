// What operators see and do: queues, and dead letters that are sent through again or dropped.
import { api } from "@/lib/api";
import type { CompanyWhopRun, DeadLetter, Queues } from "@/lib/types";

const operationsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getQueues: build.query<Queues, void>({ query: () => "/ops/queues", providesTags: ["Operations"] }),
    getDeadLetters: build.query<DeadLetter[], void>({
      query: () => "/ops/dead-letters?limit=50",
      providesTags: ["Operations"],
    }),
    getWhopRuns: build.query<CompanyWhopRun[], void>({ query: () => "/ops/whop-runs", providesTags: ["Operations"] }),
    replayLetter: build.mutation<DeadLetter, string>({
      query: (id) => ({ path: `/ops/dead-letters/${encodeURIComponent(id)}/replay`, method: "POST", body: {} }),
      invalidatesTags: ["Operations"],
    }),
    discardLetter: build.mutation<DeadLetter, { id: string; reason: string }>({
      query: ({ id, reason }) => ({
        path: `/ops/dead-letters/${encodeURIComponent(id)}/discard`,
        method: "POST",
        body: { reason },
      }),
      invalidatesTags: ["Operations"],
    }),
  }),
});

export const {
  useGetQueuesQuery,
  useGetDeadLettersQuery,
  useGetWhopRunsQuery,
  useReplayLetterMutation,
  useDiscardLetterMutation,
} = operationsApi;
