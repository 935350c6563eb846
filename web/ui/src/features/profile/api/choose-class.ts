// Choosing a class. The answer is the whole member, so it replaces the cached one at once.
import { api } from "@/lib/api";
import { rememberMember } from "@/lib/member";
import type { CharacterClass, Member } from "@/lib/types";

const chooseClass = api.injectEndpoints({
  endpoints: (build) => ({
    chooseClass: build.mutation<Member, CharacterClass>({
      query: (name) => ({ path: "/users/me/class", method: "POST", body: { class: name } }),
      onQueryStarted: async (_name, { dispatch, queryFulfilled }) => {
        const { data } = await queryFulfilled.catch(() => ({ data: null }));
        if (data) void dispatch(rememberMember(data));
      },
      // Choosing the first class unlocks an achievement.
      invalidatesTags: (member) => (member ? ["Achievements", "Receipts"] : ["Profile"]),
    }),
  }),
});

export const { useChooseClassMutation } = chooseClass;
