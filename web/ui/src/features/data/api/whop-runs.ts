// What the community's books hold against what Whop knows: comparing, bringing history in, taking it back.
import { api } from "@/lib/api";
import type { Reconcile, WhopImport } from "@/lib/types";

export const whopRunsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getReconcile: build.query<Reconcile, void>({ query: () => "/company/reconcile" }),
    reconcile: build.mutation<Reconcile, void>({
      query: () => ({ path: "/company/reconcile", method: "POST", body: {} }),
      async onQueryStarted(_, { dispatch, queryFulfilled }) {
        const answer = await queryFulfilled.catch(() => null);
        if (answer) await dispatch(whopRunsApi.util.upsertQueryData("getReconcile", undefined, answer.data));
      },
    }),
    getImport: build.query<WhopImport, void>({ query: () => "/company/import" }),
    bringIn: build.mutation<WhopImport, string>({
      query: (since) => ({ path: "/company/import", method: "POST", body: { since } }),
      async onQueryStarted(_, { dispatch, queryFulfilled }) {
        const answer = await queryFulfilled.catch(() => null);
        if (answer) await dispatch(whopRunsApi.util.upsertQueryData("getImport", undefined, answer.data));
      },
    }),
    undoImport: build.mutation<WhopImport, void>({
      query: () => ({ path: "/company/import/undo", method: "POST", body: {} }),
      async onQueryStarted(_, { dispatch, queryFulfilled }) {
        const answer = await queryFulfilled.catch(() => null);
        if (answer) await dispatch(whopRunsApi.util.upsertQueryData("getImport", undefined, answer.data));
      },
    }),
  }),
});

export const {
  useGetReconcileQuery,
  useReconcileMutation,
  useGetImportQuery,
  useBringInMutation,
  useUndoImportMutation,
} = whopRunsApi;
