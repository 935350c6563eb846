// What the member's own deeds were worth, would be worth in another class, and would be with one more sale. All of it
// changes with the profile's figures, so it is read again with them.
import { api } from "./api";
import type { ClassComparison, Outlook, SinceVisit } from "./types";

interface Sale {
  amount_minor: number;
  currency: string;
}

export const aheadApi = api.injectEndpoints({
  endpoints: (build) => ({
    getClasses: build.query<ClassComparison, void>({
      query: () => "/users/me/classes",
      providesTags: ["Profile"],
    }),
    getOutlook: build.query<Outlook, Sale>({
      query: ({ amount_minor, currency }) => `/users/me/outlook?amount_minor=${amount_minor}&currency=${currency}`,
      providesTags: ["Profile"],
    }),
    getSince: build.query<SinceVisit, void>({
      query: () => "/users/me/since",
      providesTags: ["Profile", "Referrals"],
    }),
  }),
});

export const { useGetClassesQuery, useGetOutlookQuery, useGetSinceQuery } = aheadApi;
