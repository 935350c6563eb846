// The member's link, made when it is first wanted. Asking again gives the same one.
import { api } from "@/lib/api";
import type { ReferralLink } from "@/lib/types";

const shareLinkApi = api.injectEndpoints({
  endpoints: (build) => ({
    getShareLink: build.query<ReferralLink, void>({
      query: () => ({ path: "/referrals/generate", method: "POST", body: {} }),
    }),
  }),
});

export const { useGetShareLinkQuery } = shareLinkApi;
