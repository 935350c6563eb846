// Claiming a finished quest: shown as claimed at once, taken back when the server refuses.
import { api, asFailure } from "@/lib/api";
import { rememberMember } from "@/lib/member";
import type { Quest, QuestClaim } from "@/lib/types";
import { getQuests } from "./get-quests";

const claimQuest = api.injectEndpoints({
  endpoints: (build) => ({
    claimQuest: build.mutation<QuestClaim, string>({
      query: (id) => ({ path: `/quests/${encodeURIComponent(id)}/complete`, method: "POST", body: {} }),
      onQueryStarted: async (id, { dispatch, queryFulfilled }) => {
        const show = (change: (quest: Quest) => Quest) =>
          dispatch(
            getQuests.util.updateQueryData("getQuests", undefined, (quests) =>
              quests.map((quest) => (quest.id === id ? change(quest) : quest)),
            ),
          );
        const shown = show((quest) => ({ ...quest, state: "claimed" }));
        try {
          const { data } = await queryFulfilled;
          show(() => data.quest);
          void dispatch(rememberMember(data.member));
        } catch (error) {
          if (!wasClaimedElsewhere(error)) shown.undo();
        }
      },
      // A claim moves the weekly quest "finish quests" and perhaps an achievement.
      invalidatesTags: (claim) => (claim ? ["Quests", "Receipts", "Achievements"] : ["Quests", "Profile", "Receipts"]),
    }),
  }),
});

/** Another tab was quicker: what we show is true, and no reason for an alarm. */
export function wasClaimedElsewhere(error: unknown): boolean {
  const inner = typeof error === "object" && error !== null && "error" in error ? error.error : error;
  const failure = asFailure(inner);
  return failure.kind === "refused" && failure.code === "quest_already_claimed";
}

export const { useClaimQuestMutation } = claimQuest;
