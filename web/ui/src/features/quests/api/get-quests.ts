// The member's quests of today, this week and this month.
import { api } from "@/lib/api";
import type { Quest } from "@/lib/types";

export const getQuests = api.injectEndpoints({
  endpoints: (build) => ({
    getQuests: build.query<Quest[], void>({
      query: () => "/quests",
      providesTags: ["Quests"],
    }),
  }),
});

export const { useGetQuestsQuery } = getQuests;
