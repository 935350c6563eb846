// Another daily quest in the place of one that was not begun.
import { api } from "@/lib/api";
import type { Quest, QuestDetail } from "@/lib/types";

const questApi = api.injectEndpoints({
  endpoints: (build) => ({
    rerollQuest: build.mutation<Quest, string>({
      query: (id) => ({ path: `/quests/${encodeURIComponent(id)}/reroll`, method: "POST", body: {} }),
      // Also after a refusal: what we show is not what the server has.
      invalidatesTags: ["Quests"],
    }),
    getQuest: build.query<QuestDetail, string>({
      query: (id) => `/quests/${encodeURIComponent(id)}`,
      providesTags: ["Quests"],
    }),
  }),
});

export const { useRerollQuestMutation, useGetQuestQuery } = questApi;
