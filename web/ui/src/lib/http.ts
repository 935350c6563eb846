// One request to our own API: the envelope opened, every kind of failure given a name.
import { t } from "@lingui/core/macro";
import { noteServerTime } from "./clock";

export interface Page {
  next: string | null;
  has_next: boolean;
  limit: number;
}

/** `refused` = the server said no, with its code; `unreachable` = no usable answer came back. */
export type Failure =
  | { kind: "refused"; status: number; code: string; message: string; details: Record<string, unknown> }
  | { kind: "unreachable"; message: string };

export type Answer = { ok: true; data: unknown; page: Page | null } | { ok: false; failure: Failure };

export interface Call {
  path: string;
  method?: "GET" | "POST" | "PATCH" | "DELETE" | undefined;
  body?: unknown;
  token?: string | undefined;
  signal?: AbortSignal | undefined;
}

interface Kept {
  etag: string;
  answer: Answer;
}

/** Longer than any answer the server gives; without it a dead network leaves a spinner for minutes. */
const ANSWER_WITHIN_MS = 15_000;
const NOT_MODIFIED = 304;

/**
 * The newest answer to each read, so that "nothing changed" costs a few bytes. Browsers keep none of them
 * (`no-store`: figures of one member must not lie on a shared device), so this page does, in memory.
 */
const kept = new Map<string, Kept>();

/** Somebody else signs in: nothing of the one before stays. */
export function forgetAnswers(): void {
  kept.clear();
}

/** Addresses are relative on purpose: Whop's proxy signs same-origin requests only. */
export async function call(request: Call): Promise<Answer> {
  const isRead = (request.method ?? "GET") === "GET";
  const known = isRead ? kept.get(request.path) : undefined;
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(`/api/v1${request.path}`, fetchOptions(request, known?.etag));
    if (response.status === NOT_MODIFIED && known) return known.answer;
    body = await response.json();
  } catch {
    return unreachable(t`The server could not be reached.`);
  }
  const answer = read(response.status, body);
  const etag = response.headers.get("ETag");
  if (isRead && answer.ok && etag) kept.set(request.path, { etag, answer });
  return answer;
}

function fetchOptions(request: Call, etag: string | undefined): RequestInit {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (request.token) headers["Authorization"] = `Bearer ${request.token}`;
  if (request.body !== undefined) headers["Content-Type"] = "application/json";
  if (etag) headers["If-None-Match"] = etag;
  const limit = AbortSignal.timeout(ANSWER_WITHIN_MS);
  return {
    method: request.method ?? "GET",
    headers,
    body: request.body === undefined ? null : JSON.stringify(request.body),
    signal: request.signal ? AbortSignal.any([request.signal, limit]) : limit,
  };
}

/** Open an envelope. Anything that is not one (a proxy's error page) counts as unreachable. */
export function read(status: number, body: unknown): Answer {
  if (!isObject(body) || typeof body["success"] !== "boolean") {
    return unreachable(t`The server gave an answer we cannot read (${status}).`);
  }
  if (isObject(body["meta"])) noteServerTime(String(body["meta"]["timestamp"]));
  if (body["success"]) return { ok: true, data: body["data"], page: asPage(body["page"]) };
  return { ok: false, failure: refusal(status, body["error"]) };
}

function refusal(status: number, error: unknown): Failure {
  const fields = isObject(error) ? error : {};
  return {
    kind: "refused",
    status,
    code: typeof fields["code"] === "string" ? fields["code"] : "unknown",
    message: typeof fields["message"] === "string" ? fields["message"] : t`The server refused this.`,
    details: isObject(fields["details"]) ? fields["details"] : {},
  };
}

function asPage(page: unknown): Page | null {
  return isObject(page) ? (page as unknown as Page) : null;
}

function unreachable(message: string): Answer {
  return { ok: false, failure: { kind: "unreachable", message } };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
