// All achievements of the company with the member's progress.
import { api } from "@/lib/api";
import type { Achievement, Perk } from "@/lib/types";

const getAchievements = api.injectEndpoints({
  endpoints: (build) => ({
    getAchievements: build.query<Achievement[], void>({
      query: () => "/achievements",
      providesTags: ["Achievements"],
    }),
    // A new level may have opened one: profile and perks get old together.
    getPerks: build.query<Perk[], void>({
      query: () => "/perks?limit=100",
      providesTags: ["Perks", "Profile"],
    }),
  }),
});

export const { useGetAchievementsQuery, useGetPerksQuery } = getAchievements;
