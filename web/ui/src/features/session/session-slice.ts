// Where the session stands: what decides between the screens and the pages that say why not.
import { createSlice, type PayloadAction } from "@reduxjs/toolkit";
import type { Failure } from "@/lib/http";
import type { Company, Role, SessionAnswer } from "@/lib/types";

/**
 * `outside` = nobody vouches for the visitor; `refused` = Whop says no access (or a ban);
 * `failed` = it could not be found out; `expired` = it was open and could not be renewed.
 */
export type SessionPhase = "starting" | "open" | "outside" | "refused" | "failed" | "expired";

export interface SessionState {
  phase: SessionPhase;
  company: Company | null;
  role: Role | null;
  /** False for an operator who is no member of the company. */
  isMember: boolean;
  /** The newest notice when the session was opened first: everything fetched since is at least as new. */
  lastNotice: number | null;
  message: string;
}

const initialState: SessionState = {
  phase: "starting",
  company: null,
  role: null,
  isMember: false,
  lastNotice: null,
  message: "",
};

export const sessionSlice = createSlice({
  name: "session",
  initialState,
  reducers: {
    sessionStarting: (state) => {
      state.phase = "starting";
      state.message = "";
    },
    sessionOpened: (state, action: PayloadAction<Pick<SessionAnswer, "company" | "role" | "member" | "last_id">>) => {
      const { company, role, member, last_id } = action.payload;
      state.phase = "open";
      state.company = company;
      state.role = role;
      state.isMember = member !== null;
      state.lastNotice ??= last_id;
      state.message = "";
    },
    sessionLost: (state, action: PayloadAction<Failure>) => {
      state.phase = phaseAfter(action.payload, state.phase);
      state.message = action.payload.message;
    },
  },
});

export const { sessionStarting, sessionOpened, sessionLost } = sessionSlice.actions;

function phaseAfter(failure: Failure, phase: SessionPhase): SessionPhase {
  const wasOpen = phase === "open" || phase === "expired";
  if (failure.kind === "refused" && failure.status === 401) return wasOpen ? "expired" : "outside";
  if (failure.kind === "refused" && failure.status < 500) return "refused";
  return wasOpen ? "expired" : "failed";
}
