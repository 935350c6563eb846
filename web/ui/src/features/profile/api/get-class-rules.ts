// What each class is worth, as the company's present rules say. The page holds no figure of its own.
import { api } from "@/lib/api";
import type { ClassRules } from "@/lib/types";

const getClassRules = api.injectEndpoints({
  endpoints: (build) => ({
    getClassRules: build.query<ClassRules, void>({ query: () => "/rules" }),
  }),
});

export const { useGetClassRulesQuery } = getClassRules;
