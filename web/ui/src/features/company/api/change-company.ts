// What a creator chooses from, and changing the company's settings.
import { api } from "@/lib/api";
import type { Choices, Company } from "@/lib/types";

export interface CompanyChange {
  name?: string;
  time_zone?: string;
  plan_id?: string;
  roles?: { user_id: string; role: "moderator" | "creator" }[];
}

const changes = api.injectEndpoints({
  endpoints: (build) => ({
    getChoices: build.query<Choices, void>({ query: () => "/company/choices", providesTags: ["Company"] }),
    changeCompany: build.mutation<Company, CompanyChange>({
      query: (body) => ({ path: "/company", method: "PATCH", body }),
      invalidatesTags: ["Company"],
    }),
  }),
});

export const { useGetChoicesQuery, useChangeCompanyMutation } = changes;
