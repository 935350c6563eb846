// Beginning the run anew. It names the prestige that is meant, so that a second press begins no second one.
import { api } from "@/lib/api";
import { rememberMember } from "@/lib/member";
import type { Member } from "@/lib/types";

const prestigeApi = api.injectEndpoints({
  endpoints: (build) => ({
    prestige: build.mutation<Member, number>({
      query: (level) => ({ path: "/users/me/prestige", method: "POST", body: { prestige_level: level } }),
      onQueryStarted: async (_level, { dispatch, queryFulfilled }) => {
        const { data } = await queryFulfilled.catch(() => ({ data: null }));
        if (data) void dispatch(rememberMember(data));
      },
      invalidatesTags: (member) => (member ? ["Achievements", "Receipts", "Quests"] : ["Profile"]),
    }),
  }),
});

export const { usePrestigeMutation } = prestigeApi;
