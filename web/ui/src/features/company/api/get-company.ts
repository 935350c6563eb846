// The company of the session.
import { api } from "@/lib/api";
import type { Company } from "@/lib/types";

const companyApi = api.injectEndpoints({
  endpoints: (build) => ({
    getCompany: build.query<Company, void>({ query: () => "/company", providesTags: ["Company"] }),
  }),
});

export const { useGetCompanyQuery } = companyApi;
