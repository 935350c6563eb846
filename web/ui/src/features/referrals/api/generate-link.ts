// Makes the member's referral link. Asking again gives the same one.
import { api } from "@/lib/api";
import type { ReferralLink } from "@/lib/types";

const generateLink = api.injectEndpoints({
  endpoints: (build) => ({
    generateLink: build.mutation<ReferralLink, void>({
      query: () => ({ path: "/referrals/generate", method: "POST", body: {} }),
    }),
  }),
});

export const { useGenerateLinkMutation } = generateLink;
