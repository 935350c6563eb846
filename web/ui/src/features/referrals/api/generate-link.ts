// The member's referral link. Asking again gives the same code, so it is read by asking for it.
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
