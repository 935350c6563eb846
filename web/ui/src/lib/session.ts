// The member's session: its token lives in this module's memory only and is renewed before it ends.
// No cookie, no storage: inside a frame both may be refused, and a token that is nowhere cannot leak.
import { serverNow } from "./clock";
import { call, forgetAnswers, type Answer, type Failure } from "./http";
import type { SessionAnswer } from "./types";

/** Renew when a fifth of the life is left, so that a slow answer still comes in time. */
const RENEW_AT_SHARE = 0.8;
const RETRY_MS = 5_000;

/** Where one wants in: a member's page of an experience, or the team's of a company. */
export type Place = { experience_id: string } | { company_id: string };

export interface SessionListener {
  opened(answer: SessionAnswer): void;
  /** The session is gone and could not be had again. */
  lost(failure: Failure): void;
}

export class Session {
  private token: string | undefined;
  private place: Place | undefined;
  private opening: Promise<Answer> | null = null;
  private renewal: ReturnType<typeof setTimeout> | undefined;
  private listener: SessionListener | undefined;

  /** Open the session of this place and keep it open until `close`. */
  start(place: Place, listener: SessionListener): void {
    if (JSON.stringify(place) !== JSON.stringify(this.place)) forgetAnswers();
    this.place = place;
    this.listener = listener;
    void this.open();
  }

  close(): void {
    clearTimeout(this.renewal);
    this.listener = undefined;
    this.token = undefined;
  }

  currentToken(): string | undefined {
    return this.token;
  }

  /**
   * Get a token other than `refused`. Callers that fail together share one request.
   * Undefined when no session can be had; the listener has then been told.
   */
  async renewed(refused: string | undefined): Promise<string | undefined> {
    if (this.token === refused) await this.open();
    return this.token === refused ? undefined : this.token;
  }

  private async open(): Promise<void> {
    this.opening ??= call({
      path: "/auth",
      method: "POST",
      body: this.place,
    });
    const mine = this.opening;
    const answer = await mine;
    if (this.opening !== mine) return;
    this.opening = null;
    this.take(answer);
  }

  private take(answer: Answer): void {
    clearTimeout(this.renewal);
    if (!this.listener) return;
    if (answer.ok) {
      const session = answer.data as SessionAnswer;
      this.token = session.token;
      const lifeMs = Date.parse(session.expires_at) - serverNow();
      this.renewal = setTimeout(() => void this.open(), Math.max(RETRY_MS, lifeMs * RENEW_AT_SHARE));
      this.listener.opened(session);
      return;
    }
    const passing = answer.failure.kind === "unreachable" || answer.failure.status >= 500;
    // While a token is still in hand a passing failure is nobody's concern: try again quietly.
    if (passing && this.token) this.renewal = setTimeout(() => void this.open(), RETRY_MS);
    else this.listener.lost(answer.failure);
  }
}

export const session = new Session();
