// The query cache that holds everything the server knows. Features add their own requests to it.
import { t } from "@lingui/core/macro";
import type { ThunkDispatch, UnknownAction } from "@reduxjs/toolkit";
import { createApi, type BaseQueryFn } from "@reduxjs/toolkit/query/react";
import { useDispatch } from "react-redux";
import { call, type Call, type Failure, type Page } from "./http";
import { session } from "./session";

export const TAGS = [
  "Profile",
  "Quests",
  "Receipts",
  "Achievements",
  "Referrals",
  "Commissions",
  "Payouts",
  "Boards",
  "Operations",
  "Company",
  "Credits",
  "Guilds",
  "Notices",
  "Settings",
  "Announcements",
  "Rules",
  "Perks",
  "Creations",
] as const;
export type Tag = (typeof TAGS)[number];

export interface AnswerMeta {
  page: Page | null;
}

type Request = string | Omit<Call, "token" | "signal">;

/** Send with the session's token; on 401 get a new session once and send again. */
export const sendWithSession: BaseQueryFn<Request, unknown, Failure, object, AnswerMeta> = async (
  request,
  { signal },
) => {
  const asked = typeof request === "string" ? { path: request } : request;
  const token = session.currentToken();
  let answer = await call({ ...asked, token, signal });
  if (!answer.ok && answer.failure.kind === "refused" && answer.failure.status === 401) {
    const fresh = await session.renewed(token);
    if (fresh) answer = await call({ ...asked, token: fresh, signal });
  }
  return answer.ok ? { data: answer.data ?? null, meta: { page: answer.page } } : { error: answer.failure };
};

export const api = createApi({
  reducerPath: "api",
  baseQuery: sendWithSession,
  tagTypes: TAGS,
  refetchOnReconnect: true,
  endpoints: () => ({}),
});

export type ApiState = { api: ReturnType<typeof api.reducer> };
export type ApiDispatch = ThunkDispatch<ApiState, unknown, UnknownAction>;
export const useApiDispatch = (): ApiDispatch => useDispatch<ApiDispatch>();

/** Read an error of the cache; anything that is not ours becomes `unreachable`. */
export function asFailure(error: unknown): Failure {
  if (typeof error === "object" && error !== null && "kind" in error) return error as Failure;
  return { kind: "unreachable", message: t`Something went wrong on this page.` };
}
