// Makes a referral link of the member's. Asking again for the same one gives the same.
import { api } from "@/lib/api";
import type { ReferralLink } from "@/lib/types";

/** Nothing named = the main link. */
interface WantedLink {
  name: string;
  campaign_id: string | null;
  plan_id: string;
}

const generateLink = api.injectEndpoints({
  endpoints: (build) => ({
    generateLink: build.mutation<ReferralLink, void>({
      query: () => ({ path: "/referrals/generate", method: "POST", body: {} }),
    }),
    makeLink: build.mutation<ReferralLink, WantedLink>({
      query: (body) => ({ path: "/referrals/generate", method: "POST", body }),
      invalidatesTags: ["Referrals"],
    }),
  }),
});

export const { useGenerateLinkMutation, useMakeLinkMutation } = generateLink;
