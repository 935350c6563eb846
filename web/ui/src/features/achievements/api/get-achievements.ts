// All achievements of the company with the member's progress.
import { api } from "@/lib/api";
import type { Achievement } from "@/lib/types";

const getAchievements = api.injectEndpoints({
  endpoints: (build) => ({
    getAchievements: build.query<Achievement[], void>({
      query: () => "/achievements",
      providesTags: ["Achievements"],
    }),
  }),
});

export const { useGetAchievementsQuery } = getAchievements;
