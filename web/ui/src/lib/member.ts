// The member's own figures. Shared by all features: a session, a claim and a class choice all bring fresh ones.
import { api } from "./api";
import type { Member } from "./types";

export const memberApi = api.injectEndpoints({
  endpoints: (build) => ({
    getProfile: build.query<Member, void>({
      query: () => "/users/me/profile",
      providesTags: ["Profile"],
    }),
  }),
});

export const { useGetProfileQuery } = memberApi;

/** Put a member that came with another answer where the profile is read. */
export function rememberMember(member: Member) {
  return memberApi.util.upsertQueryData("getProfile", undefined, member);
}
