// Words to all members of the company, and what was said before.
import { api } from "@/lib/api";
import type { Announcement } from "@/lib/types";

export interface NewAnnouncement {
  severity: "info" | "warning" | "error";
  title: string;
  text: string;
}

const announcementsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getAnnouncements: build.query<Announcement[], void>({
      query: () => "/announcements",
      providesTags: ["Announcements"],
    }),
    announce: build.mutation<unknown, NewAnnouncement>({
      query: (body) => ({ path: "/announcements", method: "POST", body }),
      invalidatesTags: ["Announcements"],
    }),
  }),
});

export const { useGetAnnouncementsQuery, useAnnounceMutation } = announcementsApi;
