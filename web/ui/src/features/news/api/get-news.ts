// The list of notices as people read it, newest first; what is read of it; and what the member wants to pop up.
import { api } from "@/lib/api";
import type { NoticeHistory, OwnSettings } from "@/lib/types";

/** Above every number there can be: the newest page. */
export const NEWEST = Number.MAX_SAFE_INTEGER;
export const PAGE = 25;

interface SettingsChange {
  notices?: Record<string, boolean>;
  anonymous?: boolean;
}

const newsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getNews: build.query<NoticeHistory, number>({
      query: (before) => `/notifications?before=${before}&limit=${PAGE}`,
      providesTags: ["Notices"],
    }),
    markRead: build.mutation<{ read_up_to: number }, number>({
      query: (upTo) => ({ path: "/notifications/read", method: "POST", body: { up_to: upTo } }),
      invalidatesTags: ["Notices"],
    }),
    getSettings: build.query<OwnSettings, void>({ query: () => "/users/me/settings", providesTags: ["Settings"] }),
    changeSettings: build.mutation<OwnSettings, SettingsChange>({
      query: (body) => ({ path: "/users/me/settings", method: "PATCH", body }),
      invalidatesTags: ["Settings", "Profile"],
    }),
  }),
});

export const { useGetNewsQuery, useMarkReadMutation, useGetSettingsQuery, useChangeSettingsMutation } = newsApi;
